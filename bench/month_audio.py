"""Calls of a month that are spoken, recorded and heard by the product (``bench.month --spoken``).

What is planted has to be found by ear, too: prompts, keys, music, holds, an agent's noisy line and
what is said come from a recording here, and nothing is told but what a bank's own table tells.
Forty agents share ten voices, blends of the eight there are; each says his own number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autoqa.batch import score_all
from autoqa.folder import Source
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.settings import Settings
from autoqa.store import Store
from autoqa.types import Call, Contact
from autoqa.worker import Plan
from bench import codecs, mixing, signals
from bench.layout import lay_out
from bench.mixing import Condition
from bench.script import Item, Script
from bench.signals import RATE_HZ, Samples
from bench.speech import VOICES, Speaker

ADVERTISEMENT = (
    "秋季分期优惠火热进行中，信用卡账单分期手续费低至五折，最长可分二十四期，"
    "名额有限，先到先得，详情请登录手机银行查询。"
)
MUSIC_MS = 180_000
TIMBRES = ("organ", "pluck", "bell", "flute")
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_LINE = re.compile(
    r"\[(?P<what>广告|菜单|按键|排队|持线) (?P<value>\d+).*\]|(?P<who>坐席|客户): (?P<said>.+)"
)
_SPEAKERS = {"坐席": "agent", "客户": "customer"}


@dataclass(frozen=True, slots=True)
class Told:
    """A call of the month as it is told: ``dialogue`` and what was made of it. ``snr_db``: how far
    voices are above the noise of its line; ``menus``: what its menus say, from the first."""

    dialogue: str
    call: Call
    contact: Contact
    snr_db: float
    menus: Sequence[str]


@dataclass(slots=True)
class Studio:
    """Speaks and records calls."""

    speaker: Speaker = field(default_factory=Speaker)
    music: dict[str, Samples] = field(default_factory=dict)

    def record(self, told: Told, path: Path) -> None:
        """Writes the call as a recording of two lines."""
        script = _script(told)
        piece = self.music.get(script.timbre)
        if piece is None:
            random = np.random.default_rng(sum(script.timbre.encode()))
            piece = self.music[script.timbre] = signals.tune(MUSIC_MS, random, script.timbre)

        def play(duration_ms: int) -> Samples:
            return np.resize(piece, duration_ms * RATE_HZ // 1000)

        layout = lay_out(script, self.speaker, play)
        lines = mixing.mix(layout, Condition("month", noise="pink", snr_db=told.snr_db))
        codecs.write(path, lines, "pcm")


def hear(store: str, rules: Path, calls: Sequence[Told], folder: Path) -> Iterator[str]:
    """Records the calls, has them heard and scored into ``store``, and yields what to print."""
    studio, sources = Studio(), []
    for told in calls:
        path = folder / "recordings" / told.contact.file
        path.parent.mkdir(parents=True, exist_ok=True)
        studio.record(told, path)
        sources.append(Source(told.contact, (path,)))
    settings = Settings(data_dir=folder, mask=False)
    plan = Plan(settings, rules, store, folder / "out")
    failed = [one.row for one in score_all(sources, plan) if one.row.error is not None]
    yield f"{len(calls) - len(failed)} of {len(calls)} spoken calls heard and scored"
    yield from _compared(store, rules, calls)


def _compared(store: str, rules: Path, calls: Sequence[Told]) -> Iterator[str]:
    """What was made of the recordings beside what the dialogues come to."""
    rule_set, total = load_rules(rules), 0
    others: Counter[tuple[str, str]] = Counter()
    with Store(store) as opened:
        for told in calls:
            made = opened.current_scorecard(told.contact.call_id)
            heard = {one.rule_id: one.outcome for one in made.findings} if made else {}
            wanted, _ = score(told.call, told.contact, rule_set)
            for one in wanted.findings:
                total += 1
                if (outcome := heard.get(one.rule_id)) != one.outcome:
                    word = f"{outcome or 'nothing'} instead of {one.outcome}"
                    others[word, one.rule_id] += 1
    yield f"of their {total} outcomes {1 - others.total() / max(1, total):.1%} as told"
    for (word, rule_id), count in others.most_common():
        yield f"    {word}: {rule_id} {count}"


def _script(told: Told) -> Script:
    agent = int(told.contact.agent_id or 0)
    number = int(told.call.recording.id, 16)
    recorded = {1: "zf_xiaoxiao", 0: "zf_xiaoyi"}[len(told.menus) % 2]
    return Script(
        name=f"{number:05}",
        title=told.contact.call_id,
        voices={
            "agent": _blend(agent % 10, 0.7),
            "customer": _blend(number % 7 + 3, 0.5),
            "recorded": recorded,
        },
        items=tuple(_items(told)),
        outcomes={},
        rates={"agent": 0.95 + agent % 5 * 0.06, "customer": 0.9 + number % 4 * 0.08},
        seed=number,
        timbre=TIMBRES[agent % len(TIMBRES)],
    )


def _blend(number: int, weight: float) -> str:
    """A voice made of two."""
    first, second = VOICES[number % len(VOICES)], VOICES[(number * 3 + 1) % len(VOICES)]
    return f"{weight:.1f}*{first}+{1 - weight:.1f}*{second}"


def _items(told: Told) -> Iterator[Item]:
    menus = iter(told.menus)
    for line in told.dialogue.splitlines():
        found = _LINE.fullmatch(line)
        assert found is not None, line
        if who := found["who"]:
            yield Item(_SPEAKERS[who], _spoken(found["said"]))
            continue
        value = found["value"]
        made: Mapping[str, Item] = {
            "广告": Item("prompt", ADVERTISEMENT, label="ad"),
            "按键": Item("keys", value),
            "排队": Item("queue", duration_ms=int(value) * 1000),
            "持线": Item("hold", duration_ms=int(value) * 1000),
        }
        if found["what"] == "菜单":
            yield Item("prompt", _spoken(next(menus)), label="menu")
        else:
            yield made[found["what"]]


def _spoken(text: str) -> str:
    """Digits one by one, as they are read out."""
    return text.translate(_DIGITS)
