"""What was said before and after a hold: facts for reports; rules look for phrases of their own.

Measures
    ``asked``: whether the agent asked the customer to wait (请您稍等, 你等一下; not 我查一下) in
    the 10 s (``WITHIN_MS``) before it.
    ``consent``: what the customer answered to that: ``yes`` (好的), ``no`` (我等不了) or ``none``:
    neither, or he was not asked. An answer begins within 3 s (``ANSWER_MS``) of the agent's last
    word.
    ``thanked``: whether the agent thanked the customer for waiting, or said sorry for it, in the
    10 s after it; ``none`` where the call ended in the hold.
    ``unknown`` each, where nobody knows who speaks or where what was said is in doubt.
Example
    坐席 麻烦您稍等 客户 好的 [hold] 坐席 感谢您的耐心等待 → asked, consent yes, thanked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from autoqa import cues
from autoqa.cue_matching import Cues, Heard, hear
from autoqa.events import doubt
from autoqa.events.scene import Said, Scene
from autoqa.types import Role, Segment, Value

WITHIN_MS = 10_000
"""As in the rules that ship: what lies further away is about something else."""
ANSWER_MS = 3000
"""The length from which silence counts as hold or dead air: nobody is answering any more."""
DAYS_SYLLABLES = 8
"""请您在三个工作日内耐心等待 asks for no wait on the line."""

_THANKS = Cues("感谢…等 谢谢…等 ~久等 ~久候 让您等 等了这么")
_YES = Cues(
    """
    好的 好吧 好啊 好呀 好嘞 行吧 行啊 可以 没问题 没关系 没事 不着急 不急 我等 等着 那行 那好 嗯嗯
    你查吧
    """
)
_NO = Cues(
    """
    不行 不可以 不能等 不等 等不了 等不及 不想等 不要等 不愿意等 别让我等 没时间 没空 没功夫 没工夫
    赶时间 不方便 不用等
    """
)
_ASKING = ("行不行", "可不可以", "方不方便")
"""Hold a no, and are none."""

Fact = bool | Literal["none", "unknown"]


def words_about(scene: Scene, gap: Segment) -> dict[str, Value]:
    """``asked``, ``consent`` and ``thanked`` of a hold."""
    if not scene.knows_parties:
        return dict.fromkeys(("asked", "consent", "thanked"), "unknown")
    request = _request(scene, gap)
    asked: Fact = True
    if request is None:
        asked = _unless_doubtful(scene, _before(scene, gap), _span_before(gap))
    return {
        "asked": asked,
        "consent": _consent(scene, request, gap) if request else "unknown" if asked else "none",
        "thanked": _thanked(scene, gap),
    }


def _span_before(gap: Segment) -> Segment:
    return Segment(max(0, gap.start_ms - WITHIN_MS), gap.start_ms)


def _before(scene: Scene, gap: Segment) -> list[Said]:
    span = _span_before(gap)
    said = scene.said_by(Role.AGENT, before_ms=gap.start_ms)
    return [one for one in said if one.segment.end_ms > span.start_ms]


def _request(scene: Scene, gap: Segment) -> Said | None:
    """The last of the agent's words before a hold that ask to wait for it.

    A request is often cut in two by the recogniser (请您稍 等一下): it is looked for across.
    """
    words = _before(scene, gap)
    for place in range(len(words) - 1, -1, -1):
        if _asks(hear("".join(one.utterance.text for one in words[place:]))):
            return _end_of(words[place:])
    return None


def _end_of(words: Sequence[Said]) -> Said:
    """Of words that ask to wait, the one with which the asking is complete."""
    texts = [one.utterance.text for one in words]
    complete = (n for n in range(len(words)) if _asks(hear("".join(texts[: n + 1]))))
    return words[next(complete, len(words) - 1)]


def _asks(heard: Heard) -> bool:
    asked = cues.WAIT.last_end(heard)
    over = max(kind.last_end(heard) for kind in (cues.LOOKED_UP, cues.LATER))
    return asked > over and not is_for_days(heard, asked)


def is_for_days(heard: Heard, asked: int) -> bool:
    """Whether the request to wait that ends at a syllable is for days, not on the line."""
    days = cues.DAYS.last_end(heard)
    return days >= 0 and abs(asked - days) <= DAYS_SYLLABLES


def _consent(scene: Scene, request: Said, gap: Segment) -> str:
    """The customer's answer from the request to shortly after the agent has fallen silent."""
    span = Segment(request.segment.end_ms, max(request.segment.end_ms, gap.start_ms) + ANSWER_MS)
    said = scene.said_by(Role.CUSTOMER, before_ms=span.end_ms)
    answer = [one for one in said if one.segment.end_ms > span.start_ms]
    sure = [one for one in answer if not doubt.is_doubtful(scene, one)]
    text = "".join(one.utterance.text for one in sure)
    for question in _ASKING:
        text = text.replace(question, "")
    if _NO.any(hear(text)):
        return "no"
    if any(cues.is_back_channel(one.utterance.text) for one in sure) or _YES.any(hear(text)):
        return "yes"
    unsure = len(sure) < len(answer) or doubt.is_unheard(scene, span, Role.CUSTOMER)
    return "unknown" if unsure else "none"


def _thanked(scene: Scene, gap: Segment) -> Fact:
    if gap.end_ms >= scene.call.duration_ms:
        return "none"
    span = Segment(gap.end_ms, gap.end_ms + WITHIN_MS)
    said = scene.said_by(Role.AGENT, before_ms=span.end_ms)
    after = [one for one in said if one.segment.end_ms > span.start_ms]
    if _THANKS.any(hear("".join(one.utterance.text for one in after))):
        return True
    return _unless_doubtful(scene, after, span)


def _unless_doubtful(scene: Scene, said: Sequence[Said], span: Segment) -> Fact:
    """False, where one can be sure that these are the agent's words there."""
    doubtful = any(doubt.is_doubtful(scene, one) for one in said)
    return "unknown" if doubtful or doubt.is_unheard(scene, span, Role.AGENT) else False
