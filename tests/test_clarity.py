"""How far what was heard can be relied on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoqa.clarity import is_clear, is_quiet
from autoqa.types import Call, Channel, Role, Utterance, Word
from tests.builders import dialogue


def heard(probability: float, noise_dbfs: float | None = None) -> Call:
    words = (Word(0, 500, "您好", probability), Word(500, 2000, "很高兴为您服务", probability))
    line = Channel(0, Role.AGENT, (), speech_dbfs=-20.0, noise_dbfs=noise_dbfs)
    said = Utterance(0, Role.AGENT, 0, 2000, "您好很高兴为您服务", words, probability)
    return replace(dialogue("坐席 0-2 您好"), channels=(line,), utterances=(said,))


@pytest.mark.parametrize(("noise_dbfs", "quiet"), [(None, True), (-40.0, True), (-39.9, False)])
def test_a_line_is_quiet_by_its_noise(noise_dbfs: float | None, quiet: bool) -> None:
    assert is_quiet(heard(0.9, noise_dbfs).channels[0]) is quiet


@pytest.mark.parametrize(
    ("probability", "noise_dbfs", "clear"),
    [(0.79, -60.0, True), (0.77, -60.0, False), (0.9, -30.0, False)],
)
def test_a_voice_is_clear_by_its_line_and_its_words(
    probability: float, noise_dbfs: float, clear: bool
) -> None:
    assert is_clear(heard(probability, noise_dbfs), Role.AGENT) is clear


def test_a_voice_that_said_nothing_hides_nothing() -> None:
    assert is_clear(heard(0.1), Role.CUSTOMER)
