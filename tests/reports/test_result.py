"""``NAME.EXT.json`` is what its schema says, and can be read back."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from importlib import resources
from typing import Any

import jsonschema
import pytest

from autoqa.i18n import language
from autoqa.reports.result import (
    call_json,
    error_json,
    parse_result,
    result_json,
    result_schema,
)
from autoqa.types import Contact, Message
from tests.reports.samples import rich_call, rich_contact, rich_scorecard, samples

NAMES = sorted(samples())


def test_committed_schema_is_the_generated_one() -> None:
    committed = (resources.files("autoqa") / "schema" / "result.schema.json").read_text("utf-8")
    assert json.loads(committed) == json.loads(json.dumps(result_schema()))


def test_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(result_schema())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pretty", [False, True])
def test_document_fits_its_schema_to_the_last_field(name: str, pretty: bool) -> None:
    call, contact, card = samples()[name]
    document = json.loads(result_json(call, contact, card, pretty=pretty))
    jsonschema.validate(document, _closed(result_schema()))


def test_call_alone_and_error_alone_fit_the_schema() -> None:
    schema = _closed(result_schema())
    heard = json.loads(call_json(rich_call(), rich_contact()))
    failed = json.loads(error_json(rich_contact(), Message("{file} is empty", {"file": "a"})))
    jsonschema.validate(heard, schema)
    jsonschema.validate(failed, schema)
    assert heard["scorecard"] is None
    assert failed["call"] is None
    assert failed["error"]["text"]


@pytest.mark.parametrize("name", NAMES)
def test_reading_back_gives_the_same_values(name: str) -> None:
    call, contact, card = samples()[name]
    result = parse_result(result_json(call, contact, card))
    assert result.call == call
    assert result.contact == contact
    assert result.scorecard is not None
    assert result.scorecard.findings == card.findings


def test_damaged_document_is_refused() -> None:
    with pytest.raises(ValueError, match="version"):
        parse_result('{"schema": "autoqa/result", "version": 99, "contact": null}')


def test_default_form_is_one_line_and_pretty_says_the_same() -> None:
    parts = rich_call(), rich_contact(), rich_scorecard()
    line, pretty = result_json(*parts), result_json(*parts, pretty=True)
    assert "\n" not in line
    assert json.loads(line) == json.loads(pretty)
    assert max(map(len, pretty.splitlines())) < 500


def test_points_are_numbers() -> None:
    card = rich_scorecard()
    finding = replace(card.findings[0], points_earned=Decimal("2.5"), points_possible=Decimal("10"))
    text = result_json(rich_call(), rich_contact(), replace(card, findings=(finding,)))
    written = json.loads(text)["scorecard"]["findings"][0]
    assert (written["points_earned"], written["points_possible"]) == (2.5, 10)


def test_field_names_are_those_others_build_on() -> None:
    document = json.loads(result_json(rich_call(), rich_contact(), rich_scorecard()))
    assert {"role", "start_ms", "end_ms", "text", "words"} <= set(document["call"]["utterances"][0])
    assert {"kind", "start_ms", "end_ms", "role", "measures"} <= set(document["call"]["events"][0])
    finding = document["scorecard"]["findings"][0]
    assert {"rule_id", "outcome", "points_earned", "points_possible", "occurrences"} <= set(finding)
    assert finding["occurrences"][0]["evidence"][0]["message"]["params"] == {"seconds": 7}


def test_messages_are_rendered_in_the_readers_language() -> None:
    message = Message("could not be scored")
    with language("en"):
        english = json.loads(error_json(Contact("a", "a"), message))["error"]
    with language("zh_CN"):
        chinese = json.loads(error_json(Contact("a", "a"), message))["error"]
    assert english["template"] == chinese["template"] == english["text"] == message.template
    assert chinese["text"] == "未能质检"


def test_names_that_are_no_text_and_levels_that_are_no_number_can_be_written() -> None:
    call = rich_call()
    silent = replace(call.channels[0], speech_dbfs=float("-inf"))
    text = result_json(
        replace(call, channels=(silent,)), Contact("x", "bad\udcff.wav"), rich_scorecard()
    )
    document = json.loads(text.encode("utf-8"))
    assert document["contact"]["file"] == "bad\udcff.wav"
    assert document["call"]["channels"][0]["speech_dbfs"] is None


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with no room for fields it does not name."""
    for part in (schema, *schema["$defs"].values()):
        if part.get("type") == "object":
            part["additionalProperties"] = False
    return schema
