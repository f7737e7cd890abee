"""What a call tells of the six problems of bank hotlines, and what many calls come to.

``facts`` takes from one call what is kept of it; ``menus`` rebuilds the menu tree of many.
"""

from autoqa.survey.facts import IN_TIME_MS, LONG_HOLD_MS, CallFacts, Hold, Played, facts_of
from autoqa.survey.menus import Heard, Level, level_of, levels, options

__all__ = [
    "IN_TIME_MS",
    "LONG_HOLD_MS",
    "CallFacts",
    "Heard",
    "Hold",
    "Level",
    "Played",
    "facts_of",
    "level_of",
    "levels",
    "options",
]
