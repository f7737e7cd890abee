"""Personal data in what was said: found, and masked wherever people or programs read it.

Card and account numbers, identity numbers, telephone numbers, one-time codes and passwords, names
and addresses where the words around say so; written, spoken (幺三八…), in pieces over several
turns, and as a recogniser mishears them. Amounts, dates, names of products and the bank's own
numbers are none. Rules are matched on the original, in memory.
"""

from autoqa.privacy.finding import find
from autoqa.privacy.masking import PLACEHOLDERS, Masks, masked, masked_text
from autoqa.privacy.spans import Kind, Span

__all__ = ["PLACEHOLDERS", "Kind", "Masks", "Span", "find", "masked", "masked_text"]
