"""Pictures of the pages for README and manual, from a folder that ``autoqa score`` wrote::

    python -m bench.screenshots qa docs/images [--call evening/8026.wav] [--service URL]

makes ``report.png`` and ``call.png``: 1280 pixels wide, in daylight, at twice the density. Without
``--call`` the first call by name is shown. With ``--service`` it makes pictures of the workbench
that is served there instead: of the lists and dashboards, of the call whose id is ``--call``, wide
and narrow, of the coaching of ``--agent``, and of a sample that was drawn before. Needs ``pip
install playwright`` and a Chromium (``apt-get install chromium fonts-noto-cjk``); a development
tool, not part of the product.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import quote

WIDTH, REPORT_HEIGHT, CALL_HEIGHT = 1280, 980, 1100
WIDE, NARROW = (1440, 900), (420, 860)
DRAWN = "document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 2500)))"
"""What a page of the workbench still fetches when it is shown: the peaks of a recording."""


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("qa", type=Path, help="the output folder of autoqa score")
    parser.add_argument("images", type=Path, help="where the pictures go")
    parser.add_argument("--call", help="the recording to show, relative to its folder")
    parser.add_argument("--agent", default="", help="whose coaching is shown, by id")
    parser.add_argument("--browser", default="/usr/bin/chromium", help="path of Chromium")
    parser.add_argument("--service", help="address of a service, for pictures of the workbench")
    options = parser.parse_args()
    if options.service:
        take_workbench(options, options.service)
        return
    calls = options.qa / "calls"
    call = calls / f"{options.call}.html" if options.call else min(calls.rglob("*.html"))
    options.images.mkdir(parents=True, exist_ok=True)
    pages = {"report.png": (options.qa / "report.html", REPORT_HEIGHT)}
    pages["call.png"] = (call, CALL_HEIGHT)
    take(pages, options.images, options.browser)


def take(pages: dict[str, tuple[Path, int]], images: Path, browser: str) -> None:
    """A picture of the top of each page: name → (page, height in pixels)."""
    from playwright.sync_api import sync_playwright  # type: ignore[import-not-found,unused-ignore]

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for name, (page, height) in pages.items():
            tab = chromium.new_page(
                viewport={"width": WIDTH, "height": height},
                color_scheme="light",
                device_scale_factor=2,
            )
            tab.goto(page.resolve().as_uri())
            tab.screenshot(path=str(images / name))
        chromium.close()


def take_workbench(options: argparse.Namespace, service: str) -> None:
    """A picture of each page of the workbench."""
    from playwright.sync_api import sync_playwright  # type: ignore[import-not-found,unused-ignore]

    page = f"/ui/calls/{quote(options.call, safe='')}"
    pages = {
        "workbench-calls.png": ("/ui/calls", WIDE),
        "workbench-call.png": (page, WIDE),
        "workbench-call-narrow.png": (page, NARROW),
        "workbench-samples.png": ("/ui/samples/1", WIDE),
        "workbench-dashboards.png": ("/ui/dashboards", WIDE),
        "survey.png": ("/ui/survey", WIDE),
        "rules.png": ("/ui/rules", WIDE),
        "coaching.png": (f"/ui/coaching?agent={quote(options.agent)}", WIDE),
    }
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=options.browser, args=["--no-sandbox"]
        )
        for name, (path, (width, height)) in pages.items():
            tab = chromium.new_page(
                viewport={"width": width, "height": height}, base_url=service, locale="zh-CN"
            )
            tab.goto(path)
            tab.evaluate(DRAWN)
            tab.screenshot(path=str(options.images / name))
        chromium.close()


if __name__ == "__main__":
    main()
