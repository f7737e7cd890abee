"""The pages as people use them, in Chromium, against the service in a process of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from autoqa.access.staff import Staff
from autoqa.store import Store, store_url
from autoqa.types import Duty
from tests.browser.serve import HOSTILE, fill, settings_in
from tests.builders_service import call_files
from tests.rulebook.stores import write_rules

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).parents[2]
WIDE, NARROW = (1440, 900), (420, 860)
PATIENCE_MS = 60_000
"""A machine that does other work, too, must not fail a test."""
expect.set_options(timeout=PATIENCE_MS)


class Service:
    """The service on a folder; it can be killed and started again. ``{port}`` in ``command``: its
    place."""

    def __init__(self, *command: str, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", *(word.format(port=port) for word in command)]
        self._environment = {**os.environ, **environment}
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment)
        until = time.monotonic() + 180
        while not self._answers():
            assert self._process.poll() is None, "the service ended"
            assert time.monotonic() < until, "the service does not answer"
            time.sleep(0.1)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/health/live", timeout=5):
                return True
        except OSError:
            return False


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("workbench")
    fill(folder)
    service = Service("tests.browser.serve", "{port}", str(folder))
    yield service
    service.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@contextmanager
def opened(chromium: Browser, service: Service) -> Iterator[Page]:
    """A tab in which no page may fail, ask another host or run what somebody wrote."""
    context = chromium.new_context(
        viewport={"width": WIDE[0], "height": WIDE[1]}, base_url=service.url, locale="zh-CN"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    yield page
    context.close()
    own = service.url, service.url.replace("http", "ws"), "data:", "blob:"
    assert [url for url in asked if not url.startswith(own)] == []
    assert faults == []


@pytest.fixture
def tab(chromium: Browser, service: Service) -> Iterator[Page]:
    with opened(chromium, service) as page:
        yield page


def open_call(tab: Page, call_id: str = "night%2Fpromise.wav") -> None:
    tab.goto(f"/ui/calls/{call_id}")
    expect(tab.locator(".findings")).to_be_visible()
    connected(tab)


def connected(tab: Page) -> None:
    """A page answers once its socket is there."""
    tab.wait_for_function("window.socket?.connected && window.did_handshake")


def current_time(tab: Page) -> float:
    return float(tab.evaluate("document.querySelector('audio').currentTime"))


def score(tab: Page) -> str:
    return tab.locator(".scores .score b").first.inner_text()


def correct(tab: Page, reason: str) -> None:
    """What is current is passed, by the keyboard."""
    tab.keyboard.press("x")
    tab.get_by_role("radio", name="合格", exact=True).check()
    tab.get_by_label("理由").fill(reason)
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#no-promise .said", has_text=reason)).to_be_visible()


def test_a_clerk_finds_a_call_hears_why_it_failed_and_corrects_it(tab: Page) -> None:
    tab.goto("/")
    expect(tab).to_have_title(re.compile("通话"))
    expect(tab.locator(".calls tbody tr")).to_have_count(3)
    connected(tab)
    tab.get_by_label("结论").select_option("fatal")
    expect(tab.locator(".calls tbody tr")).to_have_count(1)
    expect(tab).to_have_url(re.compile("verdict=fatal"))

    tab.locator("body").press("j")
    tab.keyboard.press("Enter")
    expect(tab.locator(".findings")).to_be_visible()
    expect(tab.locator("#no-promise")).to_contain_text("保证收益")
    assert score(tab) == "0"

    connected(tab)
    tab.keyboard.press("n")
    tab.keyboard.press("e")
    tab.wait_for_function("document.querySelector('audio').currentTime > 12")
    assert 11.5 <= current_time(tab) < 15.5
    expect(tab.locator(".say.now")).to_contain_text("保证收益百分之五")

    correct(tab, "说的是别家的产品")
    expect(tab.locator("#no-promise")).to_contain_text("机器：不合格")
    assert score(tab) == "0"
    tab.keyboard.press("n")
    correct(tab, "同上")
    expect(tab.locator(".scores")).to_contain_text("机器评分 0")
    assert score(tab) == "100"

    tab.keyboard.press("u")
    expect(tab).to_have_url(re.compile("verdict=fatal"))


def test_each_occurrence_is_heard_by_itself(tab: Page) -> None:
    open_call(tab)
    tab.get_by_role("button", name="播放 0:18").first.click()
    tab.wait_for_function("document.querySelector('audio').currentTime > 18")
    assert 17.5 <= current_time(tab) < 20.5


def test_a_word_is_found_and_heard(tab: Page) -> None:
    open_call(tab)
    tab.keyboard.press("/")
    tab.keyboard.type("理财产品")
    expect(tab.locator(".say.found")).to_have_count(1)
    tab.locator(".say.found [data-from]", has_text="财").first.click()
    tab.wait_for_function("document.querySelector('audio').currentTime > 3")
    assert 3.0 <= current_time(tab) < 5.5


def test_keys_move_the_place_in_the_sound(tab: Page) -> None:
    open_call(tab)
    tab.wait_for_function("document.querySelector('audio').readyState >= 1")
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("Math.abs(document.querySelector('audio').currentTime - 5) < 0.1")
    tab.keyboard.press(" ")
    tab.wait_for_function("!document.querySelector('audio').paused")
    tab.keyboard.press(" ")
    tab.wait_for_function("document.querySelector('audio').paused")


def test_the_waveform_is_drawn_from_the_recording(tab: Page) -> None:
    with tab.expect_response(re.compile("/peaks/")) as answer:
        open_call(tab)
    assert answer.value.ok
    lines = answer.value.body()
    half = len(lines) // 2
    assert max(lines[:half]) > 30
    assert max(lines[half:]) > 30


def test_what_was_typed_survives_a_reload_and_a_killed_service(tab: Page, service: Service) -> None:
    open_call(tab)
    tab.keyboard.press("n")
    tab.keyboard.press("m")
    tab.get_by_label("理由").press_sequentially("再听一遍再说")
    tab.wait_for_timeout(1500)
    service.stop()
    tab.goto("about:blank")  # else the page reloads itself once it is answered, as we do
    service.start()
    open_call(tab)
    tab.keyboard.press("n")
    tab.keyboard.press("m")
    expect(tab.get_by_label("理由")).to_have_value("再听一遍再说")
    tab.get_by_role("button", name="提交").click()
    expect(tab.locator("#no-promise .said", has_text="再听一遍再说")).to_be_visible()


def test_names_and_words_are_text_never_markup(tab: Page) -> None:
    tab.goto("/ui/calls")
    row = tab.locator(".calls tbody tr", has_text="<img src=x")
    row.locator("a").click()
    expect(tab.locator(".callhead h1")).to_contain_text(HOSTILE)
    expect(tab.locator("#talk")).to_contain_text(f"账单 {HOSTILE}")
    assert tab.title() != "broken in"
    assert tab.locator("#call img").count() == 0


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("path", ["/ui/calls", "/ui/calls/night%2Fpromise.wav"])
def test_nothing_runs_out_of_the_window(tab: Page, path: str, size: tuple[int, int]) -> None:
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.goto(path)
    expect(tab.locator(".calls, .findings")).to_be_visible()
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= size[0]


def test_a_call_that_is_not_there_says_so_and_leads_back(tab: Page) -> None:
    response = tab.goto("/ui/calls/nothing.wav")
    assert response is not None
    assert response.status == 404
    expect(tab.locator("#main")).to_contain_text("nothing.wav")
    tab.get_by_role("link", name="通话").last.click()
    expect(tab.locator(".calls")).to_be_visible()


def test_an_address_that_nothing_is_at_says_so_and_leads_on(tab: Page) -> None:
    response = tab.goto("/ui/nothing/here")
    assert response is not None
    assert response.status == 404
    expect(tab.locator("#main")).to_contain_text("/ui/nothing/here")
    tab.get_by_role("link", name="通话").last.click()
    expect(tab.locator(".calls")).to_be_visible()


def test_an_address_points_at_a_finding_or_a_moment(tab: Page) -> None:
    open_call(tab, "night%2Fpromise.wav#finding=no-promise.2")
    expect(tab.locator('[id="no-promise.2"]')).to_have_class(re.compile("current"))
    assert current_time(tab) == pytest.approx(18.0, abs=0.1)
    open_call(tab, "night%2Fpolite.wav?at=3000#finding=greeting")
    expect(tab.locator('[id="greeting.1"]')).to_be_visible()
    assert current_time(tab) == pytest.approx(3.0, abs=0.1)


def test_the_other_language_is_a_button_away(tab: Page) -> None:
    tab.goto("/ui/calls")
    tab.get_by_role("button", name="English").click()
    expect(tab.get_by_label("Verdict")).to_be_visible()
    expect(tab.locator("html")).to_have_attribute("lang", "en")


# ---------------------------------------------------------------- several people

PASSWORD = "correct horse battery staple"
PEOPLE = {"王敏": Duty.AGENT, "赵磊": Duty.AGENT, "陈静": Duty.SUPERVISOR}
AGENTS = {"王敏": ["8001"], "赵磊": ["8002"], "陈静": []}


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Service]:
    """A service with people; nobody looks at it without signing in."""
    fill(tmp_path)
    settings = settings_in(tmp_path)
    with Store(store_url(settings.store)) as store:
        staff = Staff(settings, store, lambda: datetime.now(UTC))
        for name, duty in PEOPLE.items():
            staff.add(name, [duty], AGENTS[name])
            staff.set_password(name, PASSWORD)
    service = Service("tests.browser.serve", "{port}", str(tmp_path))
    yield service
    service.stop()


def sign_in(tab: Page, name: str, path: str) -> None:
    tab.goto(path)
    tab.locator("[name=name]").fill(name)
    tab.locator("[type=password]").fill(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.locator(".frame .person")).to_have_text(name)


def test_an_agent_appeals_and_a_supervisor_decides(chromium: Browser, bank: Service) -> None:
    call = "/ui/calls/night%2Fpromise.wav"
    with opened(chromium, bank) as tab:
        sign_in(tab, "王敏", call)
        expect(tab.get_by_role("button", name="更正")).to_have_count(0)
        connected(tab)
        tab.locator(".acts.all").get_by_role("button", name="申诉").click()
        tab.get_by_label("理由").fill("这是客户自己说的")
        tab.keyboard.press("Control+Enter")
        expect(tab.locator(".said", has_text="这是客户自己说的")).to_be_visible()
        tab.goto("/ui/calls")
        expect(tab.locator(".calls tbody tr")).to_have_count(1)
    with opened(chromium, bank) as tab:
        sign_in(tab, "陈静", "/ui/calls?view=queue&appeal=open")
        tab.locator(".calls tbody a").click()
        expect(tab.locator(".findings")).to_be_visible()
        connected(tab)
        tab.get_by_role("button", name="裁决").click()
        tab.get_by_role("radio", name="支持").check()
        tab.get_by_label("理由").fill("录音里确是客户")
        tab.keyboard.press("Control+Enter")
        expect(tab.locator(".scores")).to_contain_text("机器评分 0")
        assert score(tab) == "100"


def test_nobody_sees_another_agents_call(chromium: Browser, bank: Service) -> None:
    with opened(chromium, bank) as tab:
        sign_in(tab, "赵磊", "/ui/calls")
        expect(tab.locator(".calls tbody tr")).to_have_count(2)
        response = tab.goto("/ui/calls/night%2Fpromise.wav")
        assert response is not None
        assert response.status == 404
        for path in ("/workbench/peaks/", "/v1/calls/"):
            there = tab.request.get(f"{path}night%2Fpromise.wav")
            assert there.status == 404


def test_what_was_typed_outlives_the_session(chromium: Browser, bank: Service) -> None:
    call = "/ui/calls/night%2Fpromise.wav"
    with opened(chromium, bank) as tab:
        sign_in(tab, "陈静", call)
        connected(tab)
        tab.keyboard.press("n")
        tab.keyboard.press("m")
        said: dict[str, str | float | bool] = {"form_token": token(tab)}
        origin = {"Origin": bank.url}
        assert tab.request.post("/sign-out", form=said, headers=origin).ok
        tab.get_by_label("理由").fill("写了很久")
        expect(tab.get_by_role("dialog", name="登录已结束")).to_be_visible()
        tab.get_by_role("link", name="登录").click()
        tab.locator("[name=name]").fill("陈静")
        tab.locator("[type=password]").fill(PASSWORD)
        tab.keyboard.press("Enter")
        expect(tab.locator(".findings")).to_be_visible()
        tab.keyboard.press("n")
        tab.keyboard.press("m")
        expect(tab.get_by_label("理由")).to_have_value("写了很久")


def token(tab: Page) -> str:
    return tab.locator(".frame").get_attribute("data-token") or ""


# ---------------------------------------------------------------- a recording comes in


def test_a_dropped_recording_is_followed_to_its_scorecard(
    chromium: Browser, tmp_path: Path
) -> None:
    rules = write_rules(tmp_path / "rules")
    (tmp_path / "moments").mkdir()
    command = ["serve", "--rules", str(rules), "--store", str(tmp_path / "autoqa.db")]
    command += ["--data", str(tmp_path), "--port", "{port}", "--workers", "1"]
    moments = str(tmp_path / "moments")
    service = Service("tests.builders_service", *command, TEST_MOMENTS=moments)
    try:
        with opened(chromium, service) as tab:
            tab.goto("/ui/calls")
            connected(tab)
            (file,) = call_files(tmp_path / "sent", 1)
            tab.locator("#uploads input[type=file]").set_input_files(file)
            expect(tab.locator("#uploads li.done")).to_be_visible(timeout=180_000)
            expect(tab.locator(".calls tbody tr")).to_have_count(1)
            tab.locator("#uploads li.done a").click()
            expect(tab.locator(".findings")).to_be_visible()
            expect(tab.locator("#talk")).to_contain_text("您好请问有什么可以帮您")
    finally:
        service.stop()
