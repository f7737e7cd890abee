"""An answer is in the language of its reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.app import create_app
from autoqa.settings import Settings
from tests.api.clients import local
from tests.databases import url_of

RULES = Path(__file__).parents[2] / "rules" / "retail-bank"


@pytest.mark.parametrize(
    ("by_browser", "header", "cookie", "said"),
    [
        (False, "en", "", "这里什么都没有"),
        (False, "en", "en", "there is nothing"),
        (False, "en", "fr", "这里什么都没有"),
        (True, "en-GB,zh;q=0.5", "", "there is nothing"),
        (True, "fr, zh-TW;q=0.8, en;q=0.7", "", "这里什么都没有"),
        (True, "en;q=0, zh", "", "这里什么都没有"),
        (True, "fr", "", "这里什么都没有"),
        (True, "en", "zh_CN", "这里什么都没有"),
    ],
)
def test_by_setting_browser_or_choice(
    tmp_path: Path, by_browser: bool, header: str, cookie: str, said: str
) -> None:
    settings = Settings(store=url_of(tmp_path / "autoqa.db"), browser_language=by_browser)
    headers = {"Accept-Language": header}
    if cookie:
        headers["Cookie"] = f"autoqa_language={cookie}"
    with local(create_app(settings, RULES)) as client:
        response = client.get("/v1/nothing", headers=headers)
    assert said in response.json()["detail"]
