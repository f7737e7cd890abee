"""What both kinds of pages share: the template engine, and the seal on what a page may do.

A page is one file: style and script are inlined from ``templates/``, and a content security policy
names them by hash and forbids everything else, so that nothing a customer, an agent or a file name
says can run, and nothing is fetched from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autoqa import __version__
from autoqa.i18n import _, current_language
from autoqa.reports import wording

_HERE = "autoqa.reports"
COMMON = ("palette.css", "dark.css", "common.css")
"""The style sheets that every page begins with."""


def page(template: str, style: tuple[str, ...], script: str, **values: Any) -> str:
    """The HTML of ``template`` with its style sheets and script, ready to write as UTF-8.

    ``script``: empty for a page without one.
    """
    css = style_sheet(*style)
    js = _asset(script) if script else ""
    html = (
        _environment()
        .get_template(template)
        .render(
            css=Markup(css),
            js=Markup(js),
            policy=policy(css, js),
            lang="en" if current_language() == "en" else "zh-CN",
            version=__version__,
            **values,
        )
    )
    # Names of files may hold bytes that are no text; show them rather than fail.
    return html.encode("utf-8", "backslashreplace").decode()


def fragment(package: str, template: str, **values: Any) -> str:
    """The HTML of a template of another package, as part of a page; it may import those here."""
    return _environment(package).get_template(template).render(**values)


def style_sheet(*names: str) -> str:
    """Style sheets of the reports as one text, for pages that look like them."""
    return "".join(_asset(name) for name in names)


def embedded(value: Any) -> Markup:
    """``value`` as JSON that is safe inside a ``<script type="application/json">``."""
    return embedded_text(
        json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    )


def embedded_text(text: str) -> Markup:
    """The same of what is JSON already, in which these signs stand in texts only."""
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def data_uri(data: bytes, mime: str) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def policy(css: str, js: str, forms: str = "'none'") -> str:
    """The content security policy of a page. ``forms``: where its forms may go."""
    return (
        f"default-src 'none'; style-src '{_hash(css)}'; script-src '{_hash(js)}'; "
        f"img-src data:; media-src data:; base-uri 'none'; form-action {forms}"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return (resources.files(_HERE) / "templates" / name).read_text("utf-8")


@cache
def _environment(package: str = _HERE) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in dict.fromkeys((package, _HERE))]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    environment.globals["wording"] = wording
    return environment
