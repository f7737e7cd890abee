"""``autoqa rules questions``: what customers ask that the knowledge has no entry for.

A question is a sentence of the customer that asks and that no entry surely knows
(``knowledge.search``). Like ones are one group: by sound, or by meaning where there is a model
(``knowledge.meaning``). The nearest entry is named, since what is missing may be another way of
asking for it. Nothing is scored by this: somebody reads it and writes the entry.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from statistics import mean

from autoqa.i18n import _
from autoqa.knowledge.entry import Entry
from autoqa.knowledge.search import Index, asks, index_of
from autoqa.readings import Heard
from autoqa.reports.wording import clock
from autoqa.rulebook.likeness import Alike, ByMeaning, BySound, Model
from autoqa.rulebook.past_calls import PastCalls
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.speech import chunk_of, passages_of
from autoqa.scoring.view import day_of
from autoqa.settings import Settings
from autoqa.survey.answers import away_ms
from autoqa.text import han_count, simplify
from autoqa.types import Role

LEAST_WORDS, LEAST_HAN = 2, 5
"""A question with less in it asks about what was said before: 是吗, 那个怎么办."""
MOST = 20_000
"""Different questions that are put together; of more, so many are drawn."""

_MOST_GROUPS, _MOST_PLACES, _MOST_WAYS, _MOST_HAN = 20, 3, 3, 40
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_MARKS = "，,、。 "
_SMALL_TALK = re.compile(
    r"听得?[到见清]|能?听[到见]吗|在不在|在吗|还有人|哪位|贵姓|姓什么|叫什么|工号|是谁|你是哪|您是哪|你们?是哪|多大了"
    r"|什么意思|你说什么|您说什么|再说一|没听清|知道吗|明白吗|怎么回事啊?$|是不是啊?$|对不对|行不行|好不好"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """``text``: the question, masked. ``away_ms``: of holds and of silences that the agent owed,
    until the next question."""

    text: str
    call_id: str
    file: str
    start_ms: int
    away_ms: int


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are alike. ``text``: the way it was asked most. ``near``: the entry that is
    nearest, and ``likeness``, 0 to 1, to one of its questions; None: none is near."""

    text: str
    asked: tuple[Asked, ...]
    near: Entry | None = None
    likeness: float = 0.0

    @property
    def calls(self) -> int:
        return len({one.call_id for one in self.asked})

    @property
    def other_ways(self) -> list[str]:
        """Other texts of it, without repetitions."""
        return list(dict.fromkeys(one.text for one in self.asked if one.text != self.text))

    @property
    def away_ms(self) -> int:
        """A question, on average."""
        return round(mean(one.away_ms for one in self.asked))


@dataclass(frozen=True, slots=True)
class Questions:
    """``known``: questions that an entry knows. ``groups``: of the others, what most calls ask
    first. ``left_out``: others that were not looked at, since there are too many."""

    calls: int
    known: int
    groups: tuple[Group, ...]
    left_out: int = 0

    @property
    def unknown(self) -> int:
        return sum(len(group.asked) for group in self.groups) + self.left_out


def questions(rule_set: RuleSet, calls: PastCalls, model: Model | None = None) -> Questions:
    """What is asked in these calls, by their customers. Raises ``UsageError``: no calls."""
    count = known = 0
    found: list[Asked] = []
    for one in calls.each(partial(_heard, rule_set.knowledge)):
        count += 1
        known += one.known
        found += one.asked
    kept = _drawn(found)
    index = index_of(tuple(rule_set.knowledge))
    texts = sorted({one.text for one in kept})
    alike = ByMeaning(model, index, texts) if model else BySound(index, texts)
    return Questions(count, known, _grouped(kept, alike), len(found) - len(kept))


def model_of(settings: Settings) -> Model | None:
    """The sentence model of the settings, where there is one. Raises ``UsageError``."""
    if settings.meaning == Path():
        return None
    from autoqa.knowledge.meaning import Meaning

    return Meaning(settings.meaning, settings.threads)


# ---------------------------------------------------------------- one call


@dataclass(frozen=True, slots=True)
class _Heard:
    known: int
    asked: tuple[Asked, ...]


def _heard(entries: Sequence[Entry], past: Heard) -> _Heard:
    contact = past.contact
    day = day_of(contact)
    index = index_of(tuple(one for one in entries if one.holds_on(day)))
    known, open_ = 0, list[tuple[int, str]]()
    for passage in passages_of(past.call):
        if passage.role is not Role.CUSTOMER:
            continue
        chunk = chunk_of(past.call, passage.utterances)
        if index.recognise(chunk.text):
            known += 1
            open_.append((chunk.stretch[0], ""))
        elif asked := _question(index, past.masks.text(chunk.text)):
            open_.append((chunk.stretch[0], asked))
    ends = [*(start for start, _text in open_), past.call.duration_ms]
    return _Heard(
        known,
        tuple(
            Asked(text, contact.call_id, contact.file, start, away_ms(past.call, start, end))
            for (start, text), end in zip(open_, ends[1:], strict=True)
            if text
        ),
    )


def _question(index: Index, text: str) -> str:
    """The longest sentence that asks about something; empty where there is none."""
    found = [
        one.strip(_MARKS)
        for one in _SENTENCE.findall(text)
        if asks(flat := simplify(one))
        and not _SMALL_TALK.search(flat)
        and han_count(one) >= LEAST_HAN
        and len(set(index.content(one))) >= LEAST_WORDS
    ]
    return max(found, key=len, default="")


def _drawn(found: Sequence[Asked]) -> list[Asked]:
    """All, or those of so many different texts: which, follows from the texts alone."""
    texts = {one.text for one in found}
    if len(texts) > MOST:
        texts = set(sorted(texts, key=lambda text: blake2b(text.encode()).digest())[:MOST])
    return [one for one in found if one.text in texts]


# ---------------------------------------------------------------- all calls


def _grouped(found: Sequence[Asked], alike: Alike) -> tuple[Group, ...]:
    often = Counter(one.text for one in found)
    leaders = {text: alike.leader(text) for text in sorted(often, key=lambda x: (-often[x], x))}
    members: dict[str, list[Asked]] = {}
    for one in sorted(found, key=lambda one: (-often[one.text], one.text, one.file, one.start_ms)):
        members.setdefault(leaders[one.text], []).append(one)
    groups = []
    for group in members.values():
        ways = Counter(one.text for one in group)
        text = min(ways, key=lambda way: (-ways[way], len(way), way))
        groups.append(Group(text, tuple(group), *alike.nearest(text)))
    return tuple(sorted(groups, key=lambda one: (-one.calls, -one.away_ms, one.text)))


# ---------------------------------------------------------------- on the terminal


def told(found: Questions) -> Iterator[str]:
    """What the terminal shows, a line each."""
    yield _(
        "{calls} calls: the knowledge knows {known} questions, and {unknown} it does not"
    ).format(calls=found.calls, known=found.known, unknown=found.unknown)
    for number, group in enumerate(found.groups[:_MOST_GROUPS], 1):
        yield _("{number}. {calls} calls, {seconds} s away on average: {text}").format(
            number=number,
            calls=group.calls,
            seconds=round(group.away_ms / 1000),
            text=_short(group.text),
        )
        if group.near is not None:
            yield "     " + _("nearest: {name} ({id}), {likeness} %").format(
                name=group.near.name, id=group.near.id, likeness=round(100 * group.likeness)
            )
        yield from (f"     {_short(way)}" for way in group.other_ways[:_MOST_WAYS])
        places = (f"{one.file} {clock(one.start_ms)}" for one in group.asked[:_MOST_PLACES])
        yield "     " + "  ".join(places)
    if len(found.groups) > _MOST_GROUPS:
        yield _("and {count} other questions").format(count=len(found.groups) - _MOST_GROUPS)
    if found.left_out:
        yield _("{count} questions were left out: there are too many for one look").format(
            count=found.left_out
        )


def _short(text: str) -> str:
    return text if len(text) <= _MOST_HAN else text[: _MOST_HAN - 1] + "…"
