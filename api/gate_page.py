"""The pages of somebody who is not in yet: no script, nothing from elsewhere, forms to us only."""

from __future__ import annotations

from importlib import resources
from typing import Any

from markupsafe import Markup
from starlette.responses import HTMLResponse

from autoqa.i18n import current_language
from autoqa.reports.pages import COMMON, fragment, policy, style_sheet


def gate_page(template: str, status: int, **values: Any) -> HTMLResponse:
    css = style_sheet(*COMMON) + (resources.files("api") / "templates/gate.css").read_text("utf-8")
    is_english = current_language() == "en"
    html = fragment(
        "api",
        template,
        css=Markup(css),
        lang="en" if is_english else "zh-CN",
        other="zh_CN" if is_english else "en",
        **values,
    )
    headers = {
        "Content-Security-Policy": policy(css, "", "'self'") + "; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        # Forms say where they come from; to others nothing is said.
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(html.encode("utf-8", "replace"), status, headers)
