"""Little dialogues as staff write them → a Call, for examples and tests.

::

    坐席: 您好，很高兴为您服务。
    客户: 帮我查一下余额。
    坐席: 请您稍等。
    [持线 20s 音乐]
    坐席: 感谢您的耐心等待。

A line is a role (坐席, 客户, 录音, 未知) and what it says, at four characters a second, or in the
time given: ``坐席 12s: …``. A line in brackets happens on the line:

====================  ==============================================================================
``[持线 20s 音乐]``     a hold; without 音乐 a silent one; 请求, 致谢, 同意 or 不同意 after the time
                      are facts that only ``where`` asks for
``[静音 9s]``          dead air that the agent owes; ``客户查找``, ``打字``, ``断线``, ``客户`` (the
                      customer owes it) after the time
``[抢话 坐席 1.2s]``    the next line begins so long before the end of the last
``[提高音量 客户 2s]``  the next line is spoken with a raised voice for so long
``[广告 12s 秋季分期]``  a recording, and its name; also ``菜单``, ``公告``, ``排队提示``,
                      ``未知录音``
``[按键 0]``           keys, one a second
``[振铃 5s]`` ``[排队 30s]``  ringing; queueing
``[转接]`` ``[停顿 2s]``     a transfer; a pause that is nothing
``[开头截断]`` ``[结尾截断]``  the recording begins or ends in mid-speech
``[音量 坐席 -35]``       how loud he speaks, in dBFS
``[方向 呼出]``         metadata: 方向, 队列, 产品, 班组, 工号, 排队时长, 开始时间
``[信息 满意度 低]``      a column of the bank's own
====================  ==============================================================================

The call is exact: what the dialogue does not say did not happen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from autoqa.i18n import N_
from autoqa.scoring.dialogue_information import (
    INFORMATION,
    duration,
    error,
    informed,
)
from autoqa.scoring.vocabulary import ROLE_NAMES
from autoqa.types import (
    Call,
    Channel,
    Contact,
    Event,
    EventKind,
    Recording,
    Role,
    Segment,
    Turn,
    Utterance,
    Value,
)

CHARACTER_MS = 250
"""Four characters a second: 240 a minute, in the middle of what is usual."""
_LEAD_MS = 500
_GAP_MS = 300
_TAIL_MS = 1000
_KEY_MS = 100

_ROLES = {**ROLE_NAMES, "未知": Role.UNKNOWN, "unknown": Role.UNKNOWN}
_PROMPTS = {
    "广告": "ad",
    "菜单": "menu",
    "公告": "notice",
    "排队提示": "queue",
    "未知录音": "unknown",
}
_CAUSES = {"客户查找": "customer_searching", "打字": "typing", "断线": "line_dead"}
_HOLD_FACTS = {"音乐": "music", "请求": "asked", "致谢": "thanked"}
_CONSENTS = {"同意": "yes", "不同意": "no"}
_SEPARATORS = re.compile(r"[\s，,、]+")
_JOINED = re.compile(r"(?P<name>[^\d\s]+)(?P<rest>\d.*)")
_BRACKETS = re.compile("^[\\[【]|[\\]】]$")
_LEVEL = re.compile(r"-\d{1,2}(?:\.\d)?")
_LINE = re.compile(r"(?P<role>\w+)(?:\s+(?P<time>[\w.]+))?\s*[:：]\s*(?P<text>.*)")

_SECOND = re.compile(r"(?:^|[\s，。！？；,.!?;])(?P<role>坐席|座席|客服|客户|录音)\s*[:：]")

_NOBODY = N_("every line of a dialogue begins with who speaks, such as “坐席: …”, or with “[”")
_NO_ROLE = N_("nobody knows who “{word}” is; write one of {known}")
_SECOND_VOICE = N_("another speaker begins in this line; put “{word}: …” in a line of its own")
_NO_HAPPENING = N_("nobody knows what “[{word}]” is; the manual has the list")
_NO_LENGTH = N_("how long? Write it with its unit, such as “20s” or “20秒”")
_NO_OVERLAP = N_("write who begins and for how long, such as “[抢话 坐席 1.2s]”")
_NO_RAISED = N_("write who and for how long, such as “[提高音量 客户 2s]”")
_ODD = N_("“{word}” does not belong into these brackets; known are {known}")
_TOO_MUCH = N_("“{word}” does not belong into these brackets; nothing more can stand there")
_NO_LEVEL = N_("write who and how loud in dBFS, such as “[音量 坐席 -35]”")
_NO_KEYS = N_("“{word}” is no key; write digits, * or #, such as “[按键 0]”")


@dataclass(slots=True)
class _Scene:
    """What the dialogue has come to so far."""

    now_ms: int = _LEAD_MS
    utterances: list[Utterance] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    contact: Contact = field(default_factory=lambda: Contact("dialogue", "dialogue"))
    overlap_ms: int = 0
    overlapping: Role = Role.UNKNOWN
    tail_ms: int = _TAIL_MS
    starts_cut: bool = False
    last_agent_ms: int | None = None
    open_hold: int | None = None
    levels_dbfs: dict[Role, float] = field(default_factory=dict)


def read_dialogue(text: str) -> tuple[Call, Contact]:
    """The call that a dialogue tells of, interpreted: roles, turns and events are there.

    Raises ``DialogueError`` for a line that is neither speech nor one of the words in brackets.
    """
    scene = _Scene()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith(("[", "【")):
            _happen(scene, _SEPARATORS.split(_BRACKETS.sub("", line).strip()), number)
        else:
            _speak(scene, line, number)
    return _call(scene), scene.contact


def _speak(scene: _Scene, line: str, number: int) -> None:
    match = _LINE.fullmatch(line)
    if match is None:
        raise error(_NOBODY, number)
    role = _ROLES.get(match["role"].lower())
    if role is None:
        raise error(_NO_ROLE, number, match["role"], ("坐席", "客户", "录音", "未知"))
    text = match["text"]
    if second := _SECOND.search(text):
        raise error(_SECOND_VOICE, number, second["role"])
    length = duration(match["time"], number) if match["time"] else CHARACTER_MS * len(text)
    start = scene.now_ms - scene.overlap_ms
    if scene.overlap_ms:
        start = max(0, start - _GAP_MS)
        end = start + scene.overlap_ms
        measures: dict[str, Value] = {"interrupter": scene.overlapping.value}
        scene.events.append(
            Event(EventKind.TALK_OVER, start, end, scene.overlapping, measures=measures)
        )
        scene.overlap_ms = 0
    if scene.starts_cut and not scene.utterances:
        start = 0
    channel = 1 if role == Role.CUSTOMER else 0
    scene.utterances.append(Utterance(channel, role, start, start + length, text, (), 1.0))
    scene.now_ms = max(scene.now_ms, start + length + _GAP_MS)


def _happen(scene: _Scene, words: list[str], number: int) -> None:
    name, rest = (words[0] if words else ""), words[1:]
    if name in _PROMPTS:
        _only(rest[2:], (), number)
        measures: dict[str, Value] = {"label": _PROMPTS[name]}
        if rest[1:]:
            measures["name"] = rest[1]
        _event(scene, EventKind.RECORDED_PROMPT, rest, number, measures)
    elif name in INFORMATION:
        scene.contact = informed(scene.contact, name, rest, number)
    elif action := _ACTIONS.get(name):
        action(scene, rest, number)
    elif (joined := _JOINED.fullmatch(name)) and joined["name"] in _NAMES:
        _happen(scene, [joined["name"], joined["rest"], *rest], number)
    else:
        raise error(_NO_HAPPENING, number, name, _NAMES)


def _only(words: list[str], known: Iterable[str], number: int) -> None:
    """Refuses what the brackets would silently leave out."""
    known = list(known)
    for word in words:
        if word not in known:
            raise error(_ODD if known else _TOO_MUCH, number, word, known)


def _event(
    scene: _Scene,
    kind: EventKind,
    rest: list[str],
    number: int,
    measures: dict[str, Value],
    role: Role = Role.UNKNOWN,
) -> None:
    length = _length(rest, number)
    # A pause lies between voices: it begins where the last one ended.
    quiet = kind in (EventKind.HOLD, EventKind.DEAD_AIR, EventKind.QUEUE)
    start = scene.now_ms - _GAP_MS if quiet and scene.utterances else scene.now_ms
    scene.events.append(Event(kind, start, start + length, role, measures=measures))
    scene.now_ms = start + length + (0 if quiet else _GAP_MS)


def _hold(scene: _Scene, rest: list[str], number: int) -> None:
    _only(rest[1:], (*_HOLD_FACTS, *_CONSENTS), number)
    measures: dict[str, Value] = {name: word in rest for word, name in _HOLD_FACTS.items()}
    measures["consent"] = next((_CONSENTS[word] for word in rest if word in _CONSENTS), "none")
    _event(scene, EventKind.HOLD, rest, number, measures, Role.AGENT)
    scene.tail_ms = 0


def _dead_air(scene: _Scene, rest: list[str], number: int) -> None:
    cause = next((_CAUSES[word] for word in rest[1:] if word in _CAUSES), "unexplained")
    _only(rest[1:], (*_CAUSES, "坐席", "客户"), number)
    role = Role.CUSTOMER if "客户" in rest[1:] else Role.AGENT
    measures: dict[str, Value] = {"cause": cause, "owed_by": role.value}
    _event(scene, EventKind.DEAD_AIR, rest, number, measures, role)


def _talk_over(scene: _Scene, rest: list[str], number: int) -> None:
    role = _ROLES.get(rest[0]) if rest else None
    if role not in (Role.AGENT, Role.CUSTOMER) or len(rest) != 2:
        raise error(_NO_OVERLAP, number)
    scene.overlapping, scene.overlap_ms = role, duration(rest[1], number)


def _raised(scene: _Scene, rest: list[str], number: int) -> None:
    role = _ROLES.get(rest[0]) if rest else None
    if role not in (Role.AGENT, Role.CUSTOMER) or len(rest) != 2:
        raise error(_NO_RAISED, number)
    end_ms = scene.now_ms + duration(rest[1], number)
    scene.events.append(Event(EventKind.RAISED_VOICE, scene.now_ms, end_ms, role))


def _level(scene: _Scene, rest: list[str], number: int) -> None:
    role = _ROLES.get(rest[0]) if rest else None
    if role not in (Role.AGENT, Role.CUSTOMER) or len(rest) != 2 or not _LEVEL.fullmatch(rest[1]):
        raise error(_NO_LEVEL, number)
    scene.levels_dbfs[role] = float(rest[1])


def _keys(scene: _Scene, rest: list[str], number: int) -> None:
    pressed = "".join(rest)
    if not pressed or set(pressed) - set("0123456789*#ABCD"):
        raise error(_NO_KEYS, number, pressed)
    for key in pressed:
        start = scene.now_ms
        scene.events.append(
            Event(EventKind.DTMF, start, start + _KEY_MS, Role.CUSTOMER, measures={"key": key})
        )
        scene.now_ms = start + 1000


def _transfer(scene: _Scene, rest: list[str], number: int) -> None:
    _only(rest, (), number)
    scene.events.append(Event(EventKind.TRANSFER, scene.now_ms, scene.now_ms, Role.AGENT))


def _pause(scene: _Scene, rest: list[str], number: int) -> None:
    _only(rest[1:], (), number)
    scene.now_ms += _length(rest, number)


def _cut_start(scene: _Scene, rest: list[str], number: int) -> None:
    scene.starts_cut = True


def _cut_end(scene: _Scene, rest: list[str], number: int) -> None:
    scene.tail_ms = -_GAP_MS


def _ringing(scene: _Scene, rest: list[str], number: int) -> None:
    _only(rest[1:], (), number)
    _event(scene, EventKind.RINGBACK, rest, number, {})


def _queue(scene: _Scene, rest: list[str], number: int) -> None:
    _only(rest[1:], ("音乐",), number)
    _event(scene, EventKind.QUEUE, rest, number, {"music": "音乐" in rest[1:]})


_ACTIONS: dict[str, Callable[[_Scene, list[str], int], None]] = {
    "持线": _hold,
    "静音": _dead_air,
    "抢话": _talk_over,
    "提高音量": _raised,
    "音量": _level,
    "按键": _keys,
    "振铃": _ringing,
    "排队": _queue,
    "转接": _transfer,
    "停顿": _pause,
    "开头截断": _cut_start,
    "结尾截断": _cut_end,
}


_NAMES = (*_PROMPTS, *INFORMATION, *_ACTIONS)
"""All that may stand first in brackets."""


def _length(rest: list[str], number: int) -> int:
    if not rest:
        raise error(_NO_LENGTH, number)
    return duration(rest[0], number)


def _call(scene: _Scene) -> Call:
    utterances = tuple(sorted(scene.utterances, key=lambda item: item.start_ms))
    last = max([scene.now_ms, *(event.end_ms for event in scene.events)])
    duration = max(0, last + scene.tail_ms)
    channels = tuple(
        Channel(
            index,
            role,
            tuple(Segment(u.start_ms, u.end_ms) for u in utterances if u.channel == index),
            "metadata",
            speech_dbfs=scene.levels_dbfs.get(role),
        )
        for index, role in enumerate((Role.AGENT, Role.CUSTOMER))
    )
    return Call(
        recording=Recording("dialogue", 8000, 2, duration, "text"),
        channels=channels,
        utterances=utterances,
        turns=_turns(utterances),
        events=tuple(sorted(scene.events, key=lambda event: (event.start_ms, event.kind.value))),
        heard=tuple(EventKind),
    )


def _turns(utterances: tuple[Utterance, ...]) -> tuple[Turn, ...]:
    """Each line is an utterance; lines of one role that follow each other are one turn."""
    turns: list[Turn] = []
    for index, item in enumerate(utterances):
        if turns and turns[-1].role == item.role:
            last = turns.pop()
            turns.append(
                Turn(
                    last.role,
                    last.start_ms,
                    max(last.end_ms, item.end_ms),
                    last.text + item.text,
                    (*last.utterances, index),
                )
            )
        else:
            turns.append(Turn(item.role, item.start_ms, item.end_ms, item.text, (index,)))
    return tuple(turns)
