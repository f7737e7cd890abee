"""How sure it has to be that something was said before it may cost points."""

from __future__ import annotations

from dataclasses import replace

from autoqa.scoring.finder import LEARNED
from autoqa.scoring.phrases import SOUND_FLOOR
from autoqa.scoring.spoken import Spoken

WELL_HEARD = 0.7
"""Mean probability the recogniser gives to words. Below it an exact match may be its invention:
forbidden words that were said had 0.78 and more on quiet lines, 0.55 and more in noise at 10 dB,
where nothing can be relied on."""


def is_beyond_doubt(hit: Spoken) -> bool:
    """Said word for word, heard well, and meant: neither denied nor somebody else's words."""
    meant = not (hit.negated or hit.quoted or hit.doubted)
    return meant and hit.is_exact and hit.counts and hit.probability >= WELL_HEARD


def may_be_meant(hit: Spoken) -> bool:
    """Whether it is like enough to be left to a person. Words that were heard badly are a little
    like the sentences of any set."""
    if hit.how == LEARNED and hit.perhaps and hit.probability < WELL_HEARD:
        return False
    return hit.is_exact or hit.certainty >= SOUND_FLOOR


def stated(hit: Spoken) -> Spoken:
    """The same, where a question or any doubt counts as somebody else's words."""
    return replace(hit, quoted=hit.quoted or hit.question or hit.doubted)
