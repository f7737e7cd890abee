"""How far what was heard on a line, or not heard, can be relied on."""

from __future__ import annotations

from autoqa.types import Call, Channel, Role

QUIET_DB = 20.0
"""Speech this far above the noise of its line is heard as well as in silence: intelligibility for
people ends to gain at 15 dB (ANSI S3.5, speech intelligibility index), which leaves 5 dB for ears
that are not as good."""
CLEAR_PROBABILITY = 0.78
"""The recogniser's mean for a voice's words below which it heard the voice badly, whatever the
line: of the voices synthesized for the benches, in all conditions, those above had up to a fifth
of their characters wrong and those below a sixth to two thirds. Voices at 0.74 and 0.77 were
failed for phrases that they had said."""


def is_quiet(channel: Channel) -> bool:
    """No noise that could hide a phrase; none at all was measured where there is no level."""
    if channel.speech_dbfs is None or channel.noise_dbfs is None:
        return True
    return channel.speech_dbfs - channel.noise_dbfs >= QUIET_DB


def is_clear(call: Call, role: Role) -> bool:
    """Whether this voice's line is quiet, and its words were heard well on the whole."""
    words = [word for one in call.utterances if one.role is role for word in one.words]
    length = sum(len(word.text) for word in words)
    sure = sum(word.probability * len(word.text) for word in words)
    lines = [line for line in call.channels if line.role is role or call.is_mixed]
    return all(map(is_quiet, lines)) and (not length or sure / length >= CLEAR_PROBABILITY)
