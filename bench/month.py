"""A month of two hotlines with problems planted in it, and which of them the survey finds::

    python -m bench.month [--calls 3000] [--spoken 300] [--keep FOLDER]

Calls are dialogues with events, of 40 agents in 4 teams, scored by the shipped rules. ``--spoken``:
so many of them, evenly spread, are recorded instead and heard by the product, which takes the extra
``bench``, its voices (``bench.speech``) and most of an hour. ``PLANTED`` lists what is wrong in the
month and how much; everything else is the same for all. What the survey marks as worse or better
than all calls and was not planted is named.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from autoqa.reports.survey_board import Board, board, shown
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.scoring.rule import RuleSet
from autoqa.store import Store, store_url
from autoqa.store.survey import Survey
from autoqa.survey.menus import levels
from autoqa.survey.sums import By
from autoqa.types import Call, EventKind
from bench import month_alerts, month_audio, month_ledger, month_people, month_reports
from bench.month_audio import Told

RULES = Path(__file__).parent.parent / "rules" / "retail-bank"
BEIJING = timezone(timedelta(hours=8))
BEGIN = datetime(2026, 3, 2, 9, tzinfo=BEIJING)
"""A Monday; 28 days are four whole weeks."""
DAYS, AGENTS, BATCH = 28, 40, 100
HOTLINES = ("95501 储蓄卡", "95502 信用卡")
TEAMS = ("一组", "二组", "三组", "四组")


@dataclass(frozen=True, slots=True)
class Planted:
    """``figure`` is ``expected`` (worse or better) for ``key`` among groups of ``by``."""

    what: str
    by: By
    key: str
    figure: str
    expected: str


PLANTED = (
    Planted("95502: 14 s of advertisement in 45 % of calls", By.BANK, HOTLINES[1], "ad", "worse"),
    Planted("95501: none", By.BANK, HOTLINES[0], "ad", "better"),
    Planted("95502: three levels", By.BANK, HOTLINES[1], "within-two-keys", "worse"),
    Planted("95501: two levels", By.BANK, HOTLINES[0], "within-two-keys", "better"),
    Planted("third week: 55 % instead of 88 % in time", By.WEEK, "2026-03-16", "in-time", "worse"),
    Planted("四组: holds of 95 s instead of 35 s", By.TEAM, TEAMS[3], "hold-mean", "worse"),
    Planted("agent 8007: courtesy at random", By.AGENT, "8007", "courtesy", "worse"),
    Planted("agent 8033: holds in 90 % of calls, not 30 %", By.AGENT, "8033", "held", "worse"),
)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--spoken", type=int, default=0, help="how many of them are recordings")
    parser.add_argument("--keep", type=Path, help="folder for the store; made and left there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = options.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        url = store_url(str(folder / "autoqa.db"))
        with Store(url) as store:
            complaints, spoken = fill(store, options.calls, options.spoken)
            if spoken:
                for line in month_audio.hear(url, RULES, spoken, folder):
                    print(line)
            tell(store)
            month_people.tell(store)
            month_alerts.tell(store, load_rules(RULES), BEGIN, DAYS, complaints)
            month_reports.tell(store, BEGIN)
            month_ledger.tell(store, BEGIN, DAYS)


def fill(store: Store, count: int, spoken: int = 0) -> tuple[int, list[Told]]:
    """A month of calls in ``store``, but for those that are to be spoken; how many complaints are
    planted in it, and those calls."""
    rules, lot, trouble = load_rules(RULES), random.Random(7), month_alerts.Trouble()
    made: list[Told] = []
    aside: list[Told] = []
    for number, one in enumerate(month(count, lot, trouble)):
        is_spoken = number * spoken // count < (number + 1) * spoken // count
        (aside if is_spoken else made).append(one)
        if len(made) == BATCH:
            _keep(store, rules, made)
            made.clear()
    _keep(store, rules, made)
    return trouble.complaints, aside


def _keep(store: Store, rules: RuleSet, made: list[Told]) -> None:
    with store.begin():
        for one in made:
            store.put_call(one.call)
            store.put_contact(one.contact, one.call)
        store.put_scorecards(
            [(one.contact, one.call, score(one.call, one.contact, rules)[0]) for one in made]
        )


def month(count: int, lot: random.Random, trouble: month_alerts.Trouble) -> Iterator[Told]:
    """Calls spread evenly over days, agents and hotlines."""
    people, topics = month_people.People(), month_reports.Topics()
    for number in range(count):
        agent = lot.randrange(AGENTS)
        hotline = HOTLINES[lot.random() < 0.5]
        began = BEGIN + timedelta(days=number * DAYS // count, seconds=lot.randrange(9 * 3600))
        said, snr_db = people.said(_dialogue(lot, agent, hotline, began), f"{8001 + agent}")
        said = trouble.said(said, TEAMS[agent // 10], (began - BEGIN).days)
        said = topics.said(said, (began - BEGIN).days)
        call, contact = read_dialogue(said)
        call = replace(call, recording=replace(call.recording, id=f"{number:064x}"))
        name = f"{began:%Y-%m-%d}/{number:05}.wav"
        contact = replace(
            contact,
            call_id=name,
            file=name,
            agent_id=f"{8001 + agent}",
            team=TEAMS[agent // 10],
            direction="inbound",
            started_at=began,
            extra={"热线": hotline},
        )
        call, contact = people.known(_with_menus(call, hotline), contact, snr_db)
        yield Told(said, call, contact, snr_db, MENUS[hotline])


def _dialogue(lot: random.Random, agent: int, hotline: str, began: datetime) -> str:
    is_card = hotline == HOTLINES[1]
    lines = ["[广告 14s 秋季分期]"] if is_card and lot.random() < 0.45 else []
    for key in ("2", "1", "0") if is_card else ("9", "0"):
        lines += [f"[菜单 {9 + lot.randrange(5)}s]", f"[按键 {key}]"]
    is_late = lot.random() > (0.55 if 14 <= (began - BEGIN).days < 21 else 0.88)
    lines.append(f"[排队 {lot.randrange(25, 70) if is_late else lot.randrange(4, 17)}s 音乐]")
    kept = 0.5 if agent == 6 else 0.93
    staff = f"{8001 + agent}"
    lines.append(
        f"坐席: 您好，工号{staff}，很高兴为您服务，请问有什么可以帮您？"
        if lot.random() < kept
        else "坐席: 喂，说吧。"
    )
    lines.append("客户: 帮我查一下这个月的账单。")
    if lot.random() < (0.9 if agent == 32 else 0.3):
        lines += _hold(lot, kept, 95 if agent >= 30 else 35)
    lines.append("坐席: 您这个月的账单是三千二百元。")
    lines.append("客户: 好的，知道了。")
    if lot.random() < kept:
        lines += ["坐席: 请问还有什么可以帮您？", "客户: 没有了。"]
    lines.append("坐席: 感谢您的来电，再见。" if lot.random() < kept else "坐席: 挂了。")
    return "\n".join(lines)


def _hold(lot: random.Random, kept: float, mean_s: int) -> list[str]:
    asked = "请您稍等，我帮您查询一下。" if lot.random() < kept else "我看看。"
    thanked = "感谢您的耐心等待。" if lot.random() < kept else "查到了。"
    length = max(12, round(lot.gauss(mean_s, mean_s / 4)))
    return [f"坐席: {asked}", f"[持线 {length}s 音乐]", f"坐席: {thanked}"]


MENUS = {
    HOTLINES[0]: (
        "银行卡挂失请按1，查询余额请按2，转账请按3，其他业务请按9",
        "理财请按1，贷款请按2，人工服务请按0",
    ),
    HOTLINES[1]: (
        "账单查询请按1，信用卡业务请按2，其他请按3",
        "还款请按1，分期请按2，返回请按9",
        "挂失请按1，额度请按2，人工服务请按0",
    ),
}


def _with_menus(call: Call, hotline: str) -> Call:
    """The menus' words, which a dialogue has no place for."""
    texts = iter(MENUS[hotline])
    events = (
        replace(one, measures={**one.measures, "text": next(texts)})
        if one.kind is EventKind.RECORDED_PROMPT and one.measures.get("label") == "menu"
        else one
        for one in call.events
    )
    return replace(call, events=tuple(events))


def tell(store: Store) -> None:
    """Prints which planted problems the survey finds, and what else it finds."""
    asked = Survey(store)
    total = asked.sums(By.ALL)[0]
    boards = {
        by: board(total, levels(asked.heard()), by, asked.sums(by))
        for by in (By.BANK, By.TEAM, By.AGENT, By.WEEK)
    }
    marked = {mark: value for by, one in boards.items() for mark, value in marks(by, one)}
    found = 0
    for one in PLANTED:
        standing, value = marked.pop((one.by, one.key, one.figure), ("like", "–"))
        found += standing == one.expected
        word = "found " if standing == one.expected else "MISSED"
        print(f"{word} {one.what}: {one.by} {one.key}, {one.figure} {value}")
    print(f"{found} of {len(PLANTED)} planted problems found in {total.calls} calls")
    for (by, key, figure), (standing, value) in marked.items():
        print(f"not planted, or follows: {by} {key}, {figure} {value} is {standing}")
    print(f"{len(marked)} others marked")


def marks(by: By, found: Board) -> Iterator[tuple[tuple[By, str, str], tuple[str, str]]]:
    """What a board marks: (grouping, group, figure) → (standing, value)."""
    for group in found.groups:
        for cell in group.cells:
            if cell.standing in ("worse", "better"):
                value = shown(cell.figure, cell.figure.value)
                yield (by, group.key, cell.figure.key), (cell.standing, value)


if __name__ == "__main__":
    main()
