"""Who is on which channel, when the words mislead and are misheard.

``inbound.txt`` and ``outbound.txt`` hold dialogues in which courtesy points the wrong way: curt
agents and very polite customers, customers who talk like professionals, agents of few words. Half
of them, chosen by the hash of their name, is counted for ``autoqa.events.party_acts``; the other
half only measures. ``python -m bench.roles count`` prints the counts, ``… report`` the figures.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pypinyin import Style, lazy_pinyin
from ruamel.yaml import YAML

from autoqa.types import (
    Call,
    Channel,
    Event,
    EventKind,
    Recording,
    Role,
    Segment,
    Utterance,
)

PARTIES = {"坐": Role.AGENT, "客": Role.CUSTOMER}
MENU = "欢迎致电安和银行，个人业务请按一，企业业务请按二，人工服务请按零。"
NOTICE = "为了保证服务质量，您的通话将被录音。"
QUEUE = "坐席全忙，请您继续等待。"
HEARD = (EventKind.MUSIC, EventKind.RINGBACK, EventKind.DTMF)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """``turns``: who says what. ``traits``: what makes it hard."""

    name: str
    traits: frozenset[str]
    direction: str
    turns: tuple[tuple[Role, str], ...]


@cache
def dialogues(direction: str) -> tuple[Dialogue, ...]:
    """The dialogues of a file, in the order of the hash of their names."""
    text = (Path(__file__).parent / f"{direction}.txt").read_text(encoding="utf-8")
    found = []
    for block in text.split("== ")[1:]:
        head, *lines = block.strip().splitlines()
        name, *traits = head.split()
        turns = tuple((PARTIES[line[0]], line[2:].strip()) for line in lines)
        found.append(Dialogue(name, frozenset(traits), direction, turns))
    return tuple(sorted(found, key=lambda one: hashlib.sha256(one.name.encode()).hexdigest()))


def counted() -> tuple[Dialogue, ...]:
    """The half on which the acts are counted, and the bench's scripts, those kept aside excepted.

    The scripts have agents of ordinary manners.
    """
    return (*dialogues("inbound")[::2], *dialogues("outbound")[::2], *scripts())


def kept() -> tuple[Dialogue, ...]:
    """The half that only measures."""
    return (*dialogues("inbound")[1::2], *dialogues("outbound")[1::2])


@cache
def scripts() -> tuple[Dialogue, ...]:
    folder = Path(__file__).parents[1] / "conversations"
    found = []
    for part in ("examples", "tuned"):
        for path in sorted((folder / part).glob("*.yaml")):
            script = YAML(typ="safe").load(path)
            said = [
                (Role(key), str(step[key]))
                for step in script["call"]
                for key in step
                if key in (Role.AGENT, Role.CUSTOMER)
            ]
            direction = script.get("meta", {}).get("direction", "inbound")
            found.append(Dialogue(path.stem, frozenset({"script"}), direction, tuple(said)))
    return tuple(found)


# ---------------------------------------------------------------- a recogniser that hears badly


@cache
def _common() -> tuple[str, ...]:
    """The 3755 common characters of GB 2312, level 1."""
    codes = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return tuple(code.decode("gb2312", errors="ignore") for code in codes)[:3755]


@cache
def _sound(char: str) -> str:
    return lazy_pinyin(char, style=Style.TONE3, errors="ignore")[0]


@cache
def _by_sound() -> dict[str, tuple[str, ...]]:
    sounds: dict[str, tuple[str, ...]] = {}
    for char in _common():
        for sound in {_sound(char), _sound(char).rstrip("01234")}:
            sounds[sound] = (*sounds.get(sound, ()), char)
    return sounds


def misheard(text: str, share: float, draw: random.Random) -> str:
    """``share`` of the characters wrong: the same sound, another tone, another sound, or lost."""
    chars = []
    for char in text:
        if not char.isalpha() or draw.random() >= share:
            chars.append(char)
            continue
        sound, kind = _sound(char), draw.random()
        if kind < 0.4:
            chars.append(draw.choice(_by_sound().get(sound, _common())))
        elif kind < 0.6:
            chars.append(draw.choice(_by_sound().get(sound.rstrip("01234"), _common())))
        elif kind < 0.85:
            chars.append(draw.choice(_common()))
    return "".join(chars)


# ---------------------------------------------------------------- calls


@dataclass(frozen=True, slots=True)
class Hearing:
    """How well each party was recognised: share of wrong characters; of lost utterances."""

    agent: float
    customer: float
    lost: float

    def of(self, role: Role) -> float:
        return self.agent if role is Role.AGENT else self.customer


SCENES = ("plain", "ringing", "menu", "queue", "odd")
_PAUSE_MS = 500
_SYLLABLE_MS = 220


class _Line:
    """A call as it goes on. ``agent``: which channel is his."""

    def __init__(self, agent: int, hearing: Hearing, draw: random.Random) -> None:
        self.agent, self.hearing, self.draw = agent, hearing, draw
        self.now_ms = 500
        self.utterances: list[Utterance] = []
        self.speech: tuple[list[Segment], list[Segment]] = ([], [])
        self.events: list[Event] = []

    def say(self, role: Role, text: str, channel: int) -> None:
        share = self.hearing.of(role)
        until_ms = self.now_ms + max(300, _SYLLABLE_MS * len(text))
        self.speech[channel].append(Segment(self.now_ms, until_ms))
        heard = misheard(text, share, self.draw)
        if heard and self.draw.random() >= self.hearing.lost * (share > 0):
            sure = 0.93 - 0.7 * share + self.draw.uniform(-0.1, 0.06)
            self.utterances.append(
                Utterance(channel, Role.UNKNOWN, self.now_ms, until_ms, heard, (), sure)
            )
        self.now_ms = until_ms + _PAUSE_MS

    def sound(self, kind: EventKind, length_ms: int, channel: int) -> None:
        until_ms = self.now_ms + length_ms
        measures = {"key": "0"} if kind is EventKind.DTMF else {}
        self.events.append(Event(kind, self.now_ms, until_ms, channel=channel, measures=measures))
        self.now_ms = until_ms + _PAUSE_MS

    def open(self, scene: str, direction: str) -> None:
        """What comes before people talk. In an ``odd`` scene the signs lie on the wrong line."""
        line = 1 - self.agent if scene == "odd" else self.agent
        if scene == "plain":
            return
        if direction == "inbound" and scene in ("menu", "queue", "odd"):
            self.say(Role.RECORDED, MENU, line)
            self.sound(EventKind.DTMF, 120, 1 - line)
            self.say(Role.RECORDED, NOTICE, line)
        if direction == "inbound" and scene == "queue":
            self.sound(EventKind.MUSIC, 9000, line)
            self.say(Role.RECORDED, QUEUE, line)
            self.sound(EventKind.MUSIC, 6000, line)
        self.sound(EventKind.RINGBACK, 5000, line)

    def call(self) -> Call:
        return Call(
            recording=Recording("0" * 64, 8000, 2, self.now_ms, "pcm_s16le"),
            channels=tuple(Channel(i, Role.UNKNOWN, tuple(self.speech[i])) for i in (0, 1)),
            utterances=tuple(self.utterances),
            events=tuple(self.events),
            heard=HEARD,
            model="bench",
        )


def heard_call(
    dialogue: Dialogue, hearing: Hearing, agent: int, scene: str, draw: random.Random
) -> Call:
    """``dialogue`` as it was heard; one in six lacks its first turns, one in ten holds music."""
    line = _Line(agent, hearing, draw)
    cut = draw.choice((1, 2, 3)) if draw.random() < 1 / 6 else 0
    if not cut:
        line.open(scene, dialogue.direction)
    held = draw.randrange(len(dialogue.turns)) if draw.random() < 0.1 else -1
    for place, (role, text) in enumerate(dialogue.turns[cut:]):
        channel = agent if role is Role.AGENT else 1 - agent
        for piece in _pieces(text, draw):
            line.say(role, piece, channel)
        if place == held:
            line.sound(EventKind.MUSIC, 15_000, 1 - agent if scene == "odd" else agent)
    return line.call()


def _pieces(text: str, draw: random.Random) -> Iterator[str]:
    """An utterance as the voice detector may cut it: whole, or at a full stop."""
    sentences = [one for one in text.replace("？", "？|").replace("。", "。|").split("|") if one]
    yield from sentences if draw.random() < 0.5 else [text]
