"""Numbers that name a person or open an account, also where they come in pieces over several turns.

Digits that one party says in a row belong together, whatever the other says between (嗯, 请继续,
the same digits again). What they are is said by whoever asked, by the words before, or by their
length: a recogniser drops and adds digits, so no length is demanded and no check digit counts.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autoqa.privacy import context
from autoqa.privacy.digits import Run, rest, runs
from autoqa.privacy.spans import Kind
from autoqa.text import simplify
from autoqa.types import Role, Utterance

Found = tuple[int, int, int, Kind]
"""Number of the utterance, characters from and to, kind."""

_LASTS_UTTERANCES = 8
_LASTS_MS = 60_000
"""So long after a number was asked for, digits answer it."""
_GAP_MS = 30_000
"""Between pieces of one number."""
_LEAST = 7
"""Digits in a row that are taken for personal though nobody said what they are."""
_LEAST_PIECES = 10
"""The same in several turns."""
_CARD_LENGTH = 13
_REPEATED_WITHIN, _CORRECTED_WITHIN = 60, 6
"""Utterances."""
_MOST_AROUND = 100
"""More numbers lie together in no call."""
_IDENTITY = re.compile(r"[1-9]\d{5}(?:19|20)\d\d[01]\d[0-3]\d\d{2,3}[\dX]?")
_SMALL_TALK = re.compile(
    r"好的?|对的?|是的?|您|你|请|记|一下|继续|讲|说|接着|后面|前面|中间|最后|再|还有|我|的|吧|吗|呢|了|啊"
    r"|不|错|念|报|稍等|等|找到|看|听|清楚|那|就|它|号码|卡号|应该|重新|跟|核对|给|没"
)
_CONNECTION = re.compile(
    r"(?:然后|后面|接着|中间|再|最后|前面|是|对|的|好|还有|下面|呃|嗯|四位|三位|几位|空|横|杠|那|我|看|"
    r"[？?！!；;：:“”\"'\s,，.。、．·—…-])*"
)
_WRITTEN_CODE = re.compile(r"(?:密码|口令|验证码)\s*(?:是|为|：|:)\s*([A-Za-z0-9@#!_]{4,20})")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run in utterance ``at``. ``is_bare``: there is little else in its utterance."""

    at: int
    run: Run
    is_bare: bool
    is_first: bool
    is_last: bool


@dataclass(slots=True)
class _Number:
    """Pieces of what is taken for one number. ``kind``: what somebody said it is."""

    kind: Kind | None
    end_ms: int
    is_tail: bool = False
    is_short: bool = False
    pieces: list[_Piece] = field(default_factory=list)

    @property
    def digits(self) -> str:
        return "".join(piece.run.digits for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: Kind
    at: int
    start_ms: int
    is_tail: bool
    is_short: bool


def find_numbers(utterances: Sequence[Utterance]) -> list[Found]:
    """Every stretch of digits that is personal; in no particular order."""
    pieces = [tuple(_pieces(at, one)) for at, one in enumerate(utterances)]
    numbers = list(_numbers(utterances, pieces))
    personal = [(one, kind) for one in numbers if (kind := _kind(one)) is not None]
    personal.sort(key=_ended_at)
    found = [
        (piece.at, piece.run.start, piece.run.end, kind)
        for one, kind in personal
        for piece in one.pieces
    ]
    taken = {(at, start) for at, start, _, _ in found}
    loose = [piece for each in pieces for piece in each if (piece.at, piece.run.start) not in taken]
    found += _repeated(loose, personal)
    found += _corrected(loose, personal, utterances)
    found += _written_codes(utterances)
    return found


def _pieces(at: int, utterance: Utterance) -> Iterator[_Piece]:
    """Runs of digits but those that are something else for sure."""
    found = runs(utterance.text)
    other = rest(utterance.text, found)
    bare = len(_SMALL_TALK.sub("", other)) <= 2
    for run in found:
        if len(run.digits) == 1 and not bare:
            continue
        if context.is_amount(run.before, run.after, len(run.digits)) and not (
            len(run.digits) >= 11 and run.digits.startswith("1")
        ):
            continue
        if len(run.digits) <= 6 and context.is_staff(run.before, run.after):
            continue
        if not bare and context.is_hotline(run.digits):
            continue
        yield _Piece(
            at, run, bare,
            not _SMALL_TALK.sub("", rest(run.before, ())),
            not _SMALL_TALK.sub("", rest(run.after, ())),
        )  # fmt: skip


def _numbers(
    utterances: Sequence[Utterance], pieces: Sequence[tuple[_Piece, ...]]
) -> Iterator[_Number]:
    open_: dict[Role, _Number] = {}
    asked: _Asked | None = None
    for at, (utterance, its) in enumerate(zip(utterances, pieces, strict=True)):
        if asked is not None and (
            at - asked.at > _LASTS_UTTERANCES or utterance.start_ms - asked.start_ms > _LASTS_MS
        ):
            asked = None
        before: _Piece | None = None
        for piece in its:
            number = open_.get(utterance.role)
            if number is not None and not _goes_on(number, piece, before, utterance):
                yield open_.pop(utterance.role)
                number = None
            if number is None:
                number = open_[utterance.role] = _begun(piece, asked, utterance)
            number.pieces.append(piece)
            number.end_ms = utterance.end_ms
            before = piece
            if asked is not None and number.kind == asked.kind:
                asked = _Asked(asked.kind, at, utterance.start_ms, asked.is_tail, asked.is_short)
        asked = _ask(utterance, at, its) or (
            None if context.asks_for_something_else(utterance.text) else asked
        )
    yield from open_.values()


def _ask(utterance: Utterance, at: int, its: Sequence[_Piece]) -> _Asked | None:
    text = its[-1].run.after if its else utterance.text
    kind = context.kind_said(text)
    if kind is None:
        return None
    return _Asked(
        kind, at, utterance.start_ms, context.asks_for_tail(text), context.is_short_code(text)
    )


def _begun(piece: _Piece, asked: _Asked | None, utterance: Utterance) -> _Number:
    near = piece.run.before[-14:]
    said = context.kind_said(near)
    tail = context.is_tail(piece.run.before)
    if said is None and asked is not None and (piece.is_bare or len(piece.run.digits) >= 5):
        return _Number(asked.kind, utterance.end_ms, asked.is_tail or tail, asked.is_short)
    if said is None and tail and asked is not None:
        said = asked.kind
    return _Number(said, utterance.end_ms, tail, context.is_short_code(near))


def _goes_on(number: _Number, piece: _Piece, before: _Piece | None, utterance: Utterance) -> bool:
    last = number.pieces[-1]
    if number.is_tail or context.is_tail(piece.run.before):
        return False
    if before is not None:
        between = piece.run.before[before.run.end :]
        return len(between) <= 12 and _CONNECTION.fullmatch(between) is not None
    return last.is_last and piece.is_first and utterance.start_ms - number.end_ms <= _GAP_MS


def _kind(number: _Number) -> Kind | None:
    """What a number is, or None where it names nobody."""
    digits, kind = number.digits, number.kind
    if context.is_hotline(digits):
        return None
    if kind in (Kind.CODE, Kind.IDENTITY):
        return kind if len(digits) >= (3 if number.is_short else 4) else None
    if number.is_tail and len(digits) <= 6:
        return None
    if _IDENTITY.fullmatch(digits):
        return Kind.IDENTITY
    if kind is not None and len(digits) >= 4:
        return kind
    return None if _is_no_number(number) else _kind_by_length(digits)


def _is_no_number(number: _Number) -> bool:
    first, last = number.pieces[0], number.pieces[-1]
    least = _LEAST if first.at == last.at else _LEAST_PIECES
    return (
        len(number.digits) < least
        or context.is_date(number.digits)
        or (number.kind is None and context.is_reference(first.run.before))
    )


def _kind_by_length(digits: str) -> Kind:
    return Kind.CARD if len(digits) >= _CARD_LENGTH else Kind.PHONE


def _repeated(loose: Sequence[_Piece], personal: Sequence[tuple[_Number, Kind]]) -> Iterator[Found]:
    """Parts of a personal number that somebody says again."""
    for piece in loose:
        digits = piece.run.digits
        if len(digits) < 3 or context.is_tail(piece.run.before):
            continue
        for number, kind in _around(piece, personal, _REPEATED_WITHIN, _REPEATED_WITHIN):
            if digits in number.digits:
                yield piece.at, piece.run.start, piece.run.end, kind
                break


def _corrected(
    loose: Sequence[_Piece],
    personal: Sequence[tuple[_Number, Kind]],
    utterances: Sequence[Utterance],
) -> Iterator[Found]:
    """Digits in place of others: 不对，是幺三九."""
    for piece in loose:
        if context.is_correction(utterances[piece.at].text):
            for number, kind in _around(piece, personal, _CORRECTED_WITHIN, 0):
                if not number.is_tail:
                    yield piece.at, piece.run.start, piece.run.end, kind
                    break


def _around(
    piece: _Piece, personal: Sequence[tuple[_Number, Kind]], before: int, after: int
) -> Sequence[tuple[_Number, Kind]]:
    """The numbers that ended in the utterances around a piece, as many as a call has."""
    first = bisect_left(personal, piece.at - before, key=_ended_at)
    last = bisect_right(personal, piece.at + after, key=_ended_at)
    return personal[first : min(last, first + _MOST_AROUND)]


def _ended_at(one: tuple[_Number, Kind]) -> int:
    return one[0].pieces[-1].at


def _written_codes(utterances: Sequence[Utterance]) -> Iterator[Found]:
    for at, one in enumerate(utterances):
        for match in _WRITTEN_CODE.finditer(simplify(one.text)):
            yield at, *match.span(1), Kind.CODE
