"""What holds of every page: one sealed file, in the reader's language, safe with hostile names."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from autoqa.i18n import language
from autoqa.reports.call_page import call_html
from autoqa.reports.night import night_html
from autoqa.reports.pages import embedded
from autoqa.reports.row import failed_row, row_of
from autoqa.types import Call, Contact, Evidence, Message, Scorecard
from tests.reports.html import parse
from tests.reports.samples import RATIONALES, clips_of, night, samples

HOSTILE = "\"><script>alert(1)</script></script><!--<img src=x onerror=alert(1)>{{7*7}}\u2028&'`"


def pages(lang: str = "zh_CN") -> dict[str, str]:
    """Every kind of page by name."""
    with language(lang):
        made = {
            name: call_html(call, contact, card, clips_of(call, card), RATIONALES)
            for name, (call, contact, card) in samples().items()
        }
        made["night"] = night_html(night(30), title="evening")
        made["nothing"] = night_html([])
        return made


PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_page_fetches_nothing(name: str) -> None:
    for element in parse(PAGES[name]).all():
        for attribute in ("src", "href", "srcset", "data", "poster", "action", "background"):
            value = element.attributes.get(attribute, "")
            assert not re.match(r"[a-z]+:|//", value, re.I), (element.tag, attribute, value[:40])
        assert element.tag not in {"link", "iframe", "object", "embed", "base", "img"}
    assert "@import" not in PAGES[name]
    assert not re.search(r"url\((?!#)", PAGES[name])


@pytest.mark.parametrize("name", PAGES)
def test_policy_allows_the_pages_own_style_and_script_only(name: str) -> None:
    page = parse(PAGES[name])
    (policy,) = [
        meta.attributes["content"]
        for meta in page.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    scripts = [s for s in page.all("script") if s.attributes.get("type") != "application/json"]
    (script,), (style,) = scripts, page.all("style")
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for kind, element in (("script-src", script), ("style-src", style)):
        text = "".join(child.text for child in element.children)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    for element in page.all():
        assert not [name for name in element.attributes if name.startswith("on")]
        assert "style" not in element.attributes


@pytest.mark.parametrize("name", PAGES)
def test_page_stays_small(name: str) -> None:
    assert len(PAGES[name].encode()) < 600_000


def test_three_thousand_calls_fit_in_a_page() -> None:
    assert len(night_html(night(3_000)).encode()) < 1_500_000


def test_chinese_page_has_no_english() -> None:
    page = parse(PAGES["nothing"])
    told = page.words + parse(PAGES["empty"]).words.replace("empty.wav", "")
    assert page.all("html")[0].attributes["lang"] == "zh-CN"
    assert re.findall("[A-Za-z]{3,}", told.replace("autoqa", "")) == [
        *("JavaScript", "summary", "csv"),  # names
        *("SHA", "pcm"),
    ]


def test_english_page_has_no_chinese() -> None:
    page = parse(pages("en")["nothing"])
    assert page.all("html")[0].attributes["lang"] == "en"
    assert not re.search("[\u4e00-\u9fff]", page.words)
    assert "Call quality report" in page.words


def test_hostile_names_are_shown_and_never_run() -> None:
    call, contact, card = _hostile()
    row = row_of(call, contact, card)
    failure = failed_row(Contact(HOSTILE, HOSTILE), Message(HOSTILE.replace("{{7*7}}", "")))
    with language("en"):
        made = {
            "call": call_html(call, contact, card, clips_of(call, card), {"greeting": HOSTILE}),
            "night": night_html([row, failure], title=HOSTILE),
        }
    for name, html in made.items():
        page = parse(html)
        assert len(page.all("script")) == 2, name
        assert not page.all("img"), name
        assert "onerror=alert(1)>" not in html.replace("&gt;", ""), name
    assert HOSTILE.replace("\u2028", " ") in parse(made["call"]).all("h1")[0].words
    assert _data(made["night"])["rows"][0][0] == HOSTILE


def _hostile() -> tuple[Call, Contact, Scorecard]:
    """The rich sample with every text replaced."""
    call, _contact, card = samples()["rich"]
    message = Message("{x}", {"x": HOSTILE})

    def spoil(evidence: Evidence) -> Evidence:
        return replace(evidence, quote=evidence.quote and HOSTILE, message=message)

    utterances = tuple(replace(u, text=HOSTILE, words=()) for u in call.utterances)
    events = tuple(
        replace(e, measures={"key": HOSTILE, "label": HOSTILE, "cause": HOSTILE})
        for e in call.events
    )
    findings = tuple(
        replace(
            f,
            name=HOSTILE,
            section=HOSTILE,
            reason=message,
            occurrences=tuple(
                replace(o, evidence=tuple(map(spoil, o.evidence))) for o in f.occurrences
            ),
        )
        for f in card.findings
    )
    sections = tuple(replace(total, name=HOSTILE) for total in card.sections)
    contact = Contact(
        HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, extra={HOSTILE: HOSTILE}
    )
    return (
        replace(call, utterances=utterances, events=events, model=HOSTILE),
        contact,
        replace(card, findings=findings, sections=sections, form=HOSTILE),
    )


def test_embedded_json_cannot_leave_its_element() -> None:
    value = {"</script>": ["<!--", "&amp;", "\u2028\u2029"]}
    text = str(embedded(value))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_links_lead_there_and_back() -> None:
    call, contact, card = samples()["rich"]
    odd = replace(contact, file="a b/50%#1?.wav")
    href = _data(night_html([row_of(call, odd, card)]))["rows"][0][1]
    assert href == "calls/a%20b/50%25%231%3F.wav.html"
    back = [a.attributes["href"] for a in parse(call_html(call, odd, card)).all("a")]
    assert back == ["../../report.html"]


def test_name_that_is_no_text_makes_a_page() -> None:
    call, contact, card = samples()["rich"]
    odd = replace(contact, file="bad\udcff.wav")
    assert "bad\\udcff.wav" in call_html(call, odd, card).encode().decode()
    assert "calls/bad%FF.wav.html" in night_html([row_of(call, odd, card)])


def _data(html: str) -> Any:
    (data,) = [
        s for s in parse(html).all("script") if s.attributes.get("type") == "application/json"
    ]
    return json.loads("".join(child.text for child in data.children))
