"""What the agent answered to questions that the bank's knowledge has an answer to.

A wrong deduction is worse than a miss, so that an answer is wrong only where everything is plain:
the customer surely asked (``knowledge.search``); the agent, in words heard well, tells another
amount of the same unit in the clause that names what it is of, or a sentence that must not be said;
nothing around it makes it another case (a condition, another product, another time, a doubt); he
does not tell the right one, too; and on a recording the second listen heard the wrong one again and
not the right one. All else that is not surely right is for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autoqa.knowledge.entry import Entry, Fact
from autoqa.knowledge.quantities import Quantity, quantities
from autoqa.knowledge.search import Index, index_of
from autoqa.scoring.certainty import WELL_HEARD, is_beyond_doubt, may_be_meant, stated
from autoqa.scoring.context import context_of
from autoqa.scoring.rule import PhraseSet, WrittenPhrase
from autoqa.scoring.speech import Chunk, Passage, chunk_of, passages_of
from autoqa.scoring.spoken import Spoken, find_spoken
from autoqa.scoring.view import CallView
from autoqa.text import simplify
from autoqa.types import Role

MOST_PASSAGES = 6
"""Of the agent, after the question; later he mostly speaks of something else."""
_FIRST = 2
"""An amount without what it is of answers only in so many passages after the question."""
_SENTENCE_END = re.compile(r"[。！？；!?;\n]")
_CLAUSE_END = re.compile(r"[，,、：:。！？；!?;\n]")
_OTHER_CASE = re.compile(
    r"以前|之前|原来|原先|过去|去年|明年|当时|曾经|将来|以后|如果|要是|假如|假设|比如|例如|譬如|除非|除了|别的|其他|其它|另外|他行|跨行"
    r"|有的|有些|大概|大约|左右|可能|也许|应该|好像|似乎|估计|不确定|不清楚|不太|差不多|以上|以下|以内|之内|超过|超出|不足|不满|最多|最少"
    r"|至少|最高|最低|最大|最小|起步|首年|首次|第一年|第二年|次年|头一|优惠|折|减半|减免|活动|满|每月|每年|每天|每笔|每次|一次性|单笔"
    r"|单日|当日|当天|日累计|月累计|年累计|累计|已经|已|您的|您这|你的|你这|这张|那张|上次|上个月|上月|本期|扣|欠|刚才|听错|说错|不对|更正"
    r"|纠正|抱歉|或者|还是|加上|再加|一共|总共|合计|新客|老客|贵宾|专属|临时|境外|国外|海外|外币|提前|逾期|网点|柜台|柜面|手机银行|网银|自助"
)
"""What may make of an amount another than the question's; of no harm where the entry says it."""
_NEUTRAL = frozenset(
    (
        " 的 是 为 话 的话 了 呢 啊 哦 嗯 呀 吧 哈 呃 好 就 都"
        " 也 会 能 要 得 按 收 收取 收费 需要 需 要收 只要 只需"
        " 可以 一般 正常 目前 现在 我们 我行 本行 这边 这里 那边 您"
        " 先生 女士 看到 显示 查到 查询 帮 到 统一 固定 标准 规定"
        " 这个 那个 这款 该 总 总的 全部 还 元 钱 卡 费用 行 即可"
        " 来 给 在 有 共 内 之内"
    ).split()
)
"""Words that say nothing of the case."""
_POLITE = re.compile(r"久等|耐心等待|感谢|谢谢|您好|你好")
"""Clauses that say nothing of the case: 感谢您的耐心等待, 抱歉让您久等了."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something the agent said. ``fact``: that it is of; None: of none. ``sure``: beyond doubt.

    ``last_day``: on which it was still so, of an older version of the entry.
    """

    quote: str
    start_ms: int
    end_ms: int
    fact: Fact | None
    sure: bool = True
    outdated: Entry | None = None
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, and what was answered: ``right`` facts, ``wrong`` ones, what must not be said
    (``forbidden``), and required facts that were ``missing``."""

    entry: Entry
    question: Told
    right: tuple[Told, ...]
    wrong: tuple[Told, ...]
    forbidden: tuple[Told, ...]
    missing: tuple[Fact, ...]
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class _Said:
    """A passage of the agent in an answer. ``number``: how many he said before it there."""

    chunk: Chunk
    passage: Passage
    number: int


def answered(view: CallView) -> tuple[Answered, ...]:
    """Every question that the knowledge surely knows, by time, with its answer."""
    entries = tuple(one for one in view.rule_set.knowledge if one.holds_on(view.day))
    if not entries or not view.knows(Role.CUSTOMER) or not view.knows(Role.AGENT):
        return ()
    index = index_of(entries)
    return tuple(
        _compare(view, index, entry, question, said)
        for entry, question, said in _asked(view, index)
    )


def _asked(view: CallView, index: Index) -> Iterator[tuple[Entry, Told, list[_Said]]]:
    """Questions with what the agent says until the customer asks something else."""
    theirs = [one for one in passages_of(view.call) if one.role is Role.CUSTOMER]
    if not any(index.recognise(chunk_of(view.call, one.utterances).text) for one in theirs):
        return  # words are read where they are needed
    open_: list[tuple[Entry, Told, list[_Said]]] = []
    passages = sorted(
        ((chunk_of(view.worded, one.utterances), one) for one in passages_of(view.call)),
        key=lambda pair: pair[0].stretch,
    )
    for chunk, passage in passages:
        if passage.role is Role.CUSTOMER:
            entries = index.recognise(chunk.text)
            if entries and {one.id for one in entries} != {one.id for one, *_ in open_}:
                yield from open_
                start_ms, end_ms = chunk.stretch
                told = Told(chunk.text.replace("\n", ""), start_ms, end_ms, None)
                open_ = [(entry, told, []) for entry in entries]
        elif passage.role is Role.AGENT:
            for _, _, said in open_:
                if len(said) < MOST_PASSAGES:
                    said.append(_Said(chunk, passage, len(said)))
    yield from open_


def _compare(
    view: CallView, index: Index, entry: Entry, question: Told, said: Sequence[_Said]
) -> Answered:
    spoken = _phrases(view, entry, said)
    right: list[Told] = []
    wrong: list[Told] = []
    missing: list[Fact] = []
    for number, fact in enumerate(entry.facts):
        if fact.quantity is None:
            hits = [one for one in spoken.get(_name(number), ()) if _is_told(one)]
            right += [_of_hit(one, fact) for one in hits[:1]]
            found = bool(hits)
        else:
            true, false = _amounts(view, index, entry, fact, said, question.quote)
            right, wrong, found = [*right, *true[:1]], [*wrong, *false], bool(true)
        if fact.required and not found:
            missing.append(fact)
    hits = [stated(one) for one in spoken.get(_FORBIDDEN, ()) if may_be_meant(one)]
    forbidden = tuple(_of_hit(one, None, is_beyond_doubt(one)) for one in hits)
    end_ms = max((one.chunk.stretch[1] for one in said), default=question.end_ms)
    told = (tuple(right), tuple(wrong), forbidden, tuple(missing))
    return Answered(entry, question, *told, question.end_ms, end_ms)


# ---------------------------------------------------------------- phrases

_FORBIDDEN = "forbidden"


def _name(number: int) -> str:
    return f"fact {number}"


def _phrases(view: CallView, entry: Entry, said: Sequence[_Said]) -> dict[str, tuple[Spoken, ...]]:
    """Hits of the entry's phrases, by ``_name`` of the fact or ``_FORBIDDEN``."""
    written = {_name(at): fact.says for at, fact in enumerate(entry.facts) if fact.says}
    if entry.must_not_say:
        written[_FORBIDDEN] = entry.must_not_say
    sets = tuple(
        PhraseSet(name, tuple(WrittenPhrase(text) for text in texts), ())
        for name, texts in written.items()
    )
    if not sets or not said:
        return {}
    (found,) = find_spoken([view.worded], sets, [[one.passage for one in said]])
    return dict(found)


def _is_told(hit: Spoken) -> bool:
    return hit.counts and not (hit.negated or hit.quoted or hit.question)


def _of_hit(hit: Spoken, fact: Fact | None, sure: bool = True) -> Told:
    return Told(hit.quote, hit.start_ms, hit.end_ms, fact, sure)


# ---------------------------------------------------------------- amounts


@dataclass(frozen=True, slots=True)
class _Stated:
    """An amount the agent said: in which sentence and clause, and ``beside`` which others there."""

    said: _Said
    quantity: Quantity
    sentence: str
    clause: str
    begins: int
    beside: tuple[Quantity, ...]

    @property
    def is_only(self) -> bool:
        return not self.beside


def _amounts(
    view: CallView, index: Index, entry: Entry, fact: Fact, said: Sequence[_Said], asked: str
) -> tuple[list[Told], list[Told]]:
    """Where a fact's amount is told rightly, and where perhaps or surely wrongly."""
    wanted = fact.quantity
    if wanted is None:
        return [], []
    own = [one.quantity for one in entry.facts if one.quantity and one.quantity.unit == wanted.unit]
    older = _older(view, entry, fact)
    right: list[Told] = []
    wrong: list[Told] = []
    for one in _stated(said, wanted.unit):
        named = any(way in one.clause for way in fact.about)
        near = any(way in one.sentence for way in fact.about)
        bare = one.said.number < _FIRST and len(own) == 1
        if not (named or near or bare):
            continue
        if one.quantity.same(wanted):
            if _is_stated(one) and all(any(map(other.same, own)) for other in one.beside):
                right.append(_told(one, fact))
        elif one.quantity.contradicts(wanted) and not any(map(one.quantity.same, own)):
            sure = (
                named
                and one.is_only
                and _is_plain(index, entry, one, asked)
                and _is_heard(view, one)
            )
            version = next((e for e, amount in older if one.quantity.same(amount)), None)
            wrong.append(_told(one, fact, sure, version))
    if right:  # he may have put it right, or told of another case
        wrong = [_unsure(one) for one in wrong if one.sure]
    return right, wrong


def _older(view: CallView, entry: Entry, fact: Fact) -> list[tuple[Entry, Quantity]]:
    """What other versions of the entry say of the fact."""
    return [
        (one, amount)
        for one in view.rule_set.knowledge
        if one.id == entry.id and one.last_day is not None and one.last_day < view.day
        for other in one.facts
        if other.name == fact.name and (amount := other.quantity) is not None
    ]


def _stated(said: Sequence[_Said], unit: str) -> Iterator[_Stated]:
    """Every amount of a unit, by place."""
    for one in said:
        text = simplify(one.chunk.text)
        found = [amount for amount in quantities(text) if amount.unit == unit]
        for amount in found:
            begin, end = _around(_CLAUSE_END, text, amount)
            beside = tuple(o for o in found if begin <= o.start < end and o is not amount)
            first, last = _around(_SENTENCE_END, text, amount)
            yield _Stated(one, amount, text[first : last + 1], text[begin:end], begin, beside)


def _around(border: re.Pattern[str], text: str, amount: Quantity) -> tuple[int, int]:
    begin = max((match.end() for match in border.finditer(text, 0, amount.start)), default=0)
    after = border.search(text, amount.end)
    return begin, after.start() if after else len(text)


def _is_stated(one: _Stated) -> bool:
    around = context_of(one.said.chunk.text, one.quantity.start, one.quantity.end)
    return not (around.negated or around.quoted or around.question)


def _is_plain(index: Index, entry: Entry, one: _Stated, asked: str) -> bool:
    """Whether nothing in the sentence makes it another case, and the clause holds no word but what
    the entry, the question or anybody says: 五年期的利率 or 审核要三天 answers another question."""
    around = context_of(simplify(one.said.chunk.text), one.quantity.start, one.quantity.end)
    if around.negated or around.question or around.quoted or around.doubted:
        return False
    if re.search(r"[?？吗]", one.sentence) or (one.quantity.is_free and "免" in entry.own_text):
        return False
    own = entry.own_text
    said = "，".join(part for part in _CLAUSE_END.split(one.sentence) if not _POLITE.search(part))
    if any(match[0] not in own for match in _OTHER_CASE.finditer(said)):
        return False
    if any(word in said for word in index.others_words(entry)):
        return False
    start, end = one.quantity.start - one.begins, one.quantity.end - one.begins
    known = "|".join((own, *entry.questions, simplify(asked)))
    return all(
        token.text in known or token.text in _NEUTRAL
        for part in (one.clause[:start], one.clause[end:])
        for token in index.cut(part)
    )


def _is_heard(view: CallView, one: _Stated) -> bool:
    """Whether the words of the clause are as sure as words that cost points have to be."""
    return view.is_exact or _times(one)[2] >= WELL_HEARD


def _times(one: _Stated) -> tuple[int, int, float]:
    return one.said.chunk.times(one.quantity.start, one.quantity.end)


def _told(one: _Stated, fact: Fact, sure: bool = True, outdated: Entry | None = None) -> Told:
    start_ms, end_ms, _ = _times(one)
    return Told(one.clause, start_ms, end_ms, fact, sure, outdated, one.quantity)


def _unsure(told: Told) -> Told:
    return Told(
        told.quote, told.start_ms, told.end_ms, told.fact, False, told.outdated, told.quantity
    )
