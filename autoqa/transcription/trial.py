"""A phrase tried in the place of other words: what its likelihood says.

All margins are in nats: the log likelihood of the text with the phrase less that of the best text.
"""

from __future__ import annotations

from dataclasses import dataclass

from autoqa.transcription.guards import spoken_length
from autoqa.transcription.likeness import Place

SAID_NATS, SAID_NATS_PER_SYLLABLE, SAID_DISTANCE = -8.0, -1.25, 0.5
"""Said: no less likely than this, in all and for each syllable, and alike in sound. On calls
synthesized for telephone the phrases that were said but misheard scored 4 to -8.4 nats (-1.2 and
more a syllable), those that were not said -9 and less (-1.9 and less a syllable)."""
UNSAID_NATS, UNSAID_NATS_PER_SYLLABLE = -10.5, -1.75
"""Not said: less likely than this, in all and for each syllable that sounds different. Between the
two: nobody knows."""
ALIKE_DISTANCE, ALIKE_NATS = 1 / 3, -16.0
"""What sounds so much alike may be the phrase in other words (向您致歉 for 向您道歉), which lay 10
to 15 nats below: not said only where the margin is greater than that. Unless the middle of the
phrase is missing between two parts that were heard side by side (请问有什么 for 请问还有什么)."""
ALIKE_NUMBER_NATS = -25.0
"""The same for a phrase with a number: a number is misheard in more ways than a word."""
UNSURE_NATS, UNSURE_NATS_PER_SYLLABLE = -12.0, -2.5
"""The same where the text is unsure: a wrong text is itself unlikely, so that all come nearer. On
lines without noise phrases that were not said lay 2.9 nats a syllable and more below."""
UNLIKE_DISTANCE, UNLIKE_NATS = 0.5, -8.5
"""What sounds this different was hardly misheard: there a smaller margin in all will do."""
NOISY_NATS, NOISY_NATS_PER_SYLLABLE = -25.0, -3.5
"""The same where the voice is not heard well: at 10 dB of noise, phrases that were said lay up to
20 nats below what was written for them, with the best of confidence."""
SHORTEST_SYLLABLES = 3
"""A phrase of fewer syllables fits too many places: likelihood alone does not prove it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A phrase tried in a place: ``margin_nats`` is the log likelihood of the text with the phrase
    less that of the best text."""

    place: Place
    margin_nats: float
    quote: str
    start_ms: int
    end_ms: int

    @property
    def is_said(self) -> bool:
        length = self.place.syllables
        # Where all sounds are the same, those of a number count, too.
        proof = spoken_length(self.place.phrase) if self.place.distance == 0 else length
        return (
            proof >= SHORTEST_SYLLABLES
            and self.place.is_whole
            and self.margin_nats >= max(SAID_NATS, SAID_NATS_PER_SYLLABLE * length)
            and self.place.distance <= SAID_DISTANCE
        )

    def is_unsaid(self, *, is_clear: bool) -> bool:
        return self.margin_nats < unsaid_below(self.place, is_clear=is_clear)


def unsaid_below(place: Place, *, is_clear: bool) -> float:
    """The margin under which the phrase was not said in this place."""
    if not is_clear:
        return min(NOISY_NATS, NOISY_NATS_PER_SYLLABLE * place.syllables)
    is_unlike = place.distance >= UNLIKE_DISTANCE
    if place.has_number and place.distance <= ALIKE_DISTANCE:
        return ALIKE_NUMBER_NATS
    if not place.is_sure:
        least = UNLIKE_NATS if is_unlike else UNSURE_NATS
        if place.distance <= ALIKE_DISTANCE:
            least = ALIKE_NATS
        return min(least, UNSURE_NATS_PER_SYLLABLE * place.syllables)
    # A syllable that only begins or ends alike counts half in the distance, and is another one.
    different = min(1.0, 2 * place.distance) * place.syllables
    least = UNLIKE_NATS if is_unlike else UNSAID_NATS
    if place.is_pinned:
        least = UNLIKE_NATS
    elif place.distance <= ALIKE_DISTANCE:
        least = ALIKE_NATS
    return min(least, UNSAID_NATS_PER_SYLLABLE * different)
