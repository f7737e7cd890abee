"""The measures of a call on its page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.i18n import language
from autoqa.reports.call_page import call_html
from autoqa.types import CallMeasures, EventKind, VoiceMeasures
from tests.reports.html import Element, parse
from tests.reports.samples import samples

AGENT = VoiceMeasures(61_000, 251.34, -26.14)
CUSTOMER = VoiceMeasures(30_500, None, -30.0)
WHOLE = CallMeasures(
    {EventKind.HOLD: 0.52, EventKind.DEAD_AIR: 0.0, EventKind.TALK_OVER: None},
    AGENT,
    CUSTOMER,
    answers=7,
    answer_delay_ms=640,
)


def shown(measures: CallMeasures | None, lang: str = "en") -> list[Element]:
    call, contact, card = samples()["rich"]
    with language(lang):
        page = call_html(replace(call, measures=measures), contact, card)
    return parse(page).all("section", "measured")


def test_each_party_has_its_column() -> None:
    (section,) = shown(WHOLE)
    rows = [[cell.words for cell in row.all("td")] for row in section.all("tr")[1:]]
    assert rows == [["1:01", "0:30"], ["251", "–"], ["-26.1", "-30.0"]]


def test_what_did_not_happen_or_is_not_known_is_left_out() -> None:
    (section,) = shown(WHOLE)
    facts = [(one.words) for one in section.all("dd")]
    assert facts == ["0.6 s", "0.52 a minute"]


def test_without_roles_only_what_happened_is_told() -> None:
    (section,) = shown(replace(WHOLE, agent=None, customer=None, answers=0, answer_delay_ms=None))
    assert section.all("table") == []
    assert [one.words for one in section.all("dd")] == ["0.52 a minute"]


@pytest.mark.parametrize(
    "measures", [None, CallMeasures({}, None, None, answers=0, answer_delay_ms=None)]
)
def test_nothing_measured_shows_nothing(measures: CallMeasures | None) -> None:
    assert shown(measures) == []


def test_it_is_told_in_chinese() -> None:
    (section,) = shown(WHOLE, "zh_CN")
    assert "语速" in section.words
    assert "每分钟 0.52 次" in section.words
