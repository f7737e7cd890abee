"""The faster-whisper adapter of ``Transcriber``.

First pass: windows of packed speech, greedy, many together. Then each stretch is looked at by
itself: the units of the window's text go to the stretch in which they end, and where a guard
strikes the stretch is decoded once more, alone and with a wider search. What neither pass could
hear is reported as unheard; nothing is made up for it. Where text leaves a hole of seconds in the
speech, the hole is heard by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from autoqa.transcription.engine import Encoded, Engine, Hypothesis, Unit
from autoqa.transcription.guards import Fault, echoes, faults, is_only_phantom
from autoqa.transcription.interface import Clip, Heard, Samples
from autoqa.transcription.languages import Languages
from autoqa.transcription.spelling import Spelled, spell
from autoqa.transcription.windows import Piece, Window, alone, cut, pack
from autoqa.types import Segment, Utterance

WIDE_BEAM = 5
"""Hypotheses kept when a stretch is decoded again: Whisper's own number."""

_MOST_KEPT = 32
"""Windows of the second listen that are kept encoded: about a megabyte each."""

_FATAL = frozenset({Fault.EMPTY, Fault.LOOP, Fault.DENSE, Fault.NOISE})


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One decoding of one piece."""

    spelled: Spelled
    faults: frozenset[Fault]

    @property
    def believable(self) -> bool:
        if self.faults & _FATAL:
            return False
        if Fault.PHANTOM in self.faults:
            return Fault.UNLIKELY not in self.faults and not is_only_phantom(self.spelled.text)
        return True

    @property
    def rank(self) -> tuple[bool, int, float]:
        """Of two readings of a piece the greater is taken."""
        return self.believable, -len(self.faults), self.spelled.log_probability


_Decoded = tuple[Hypothesis, list[Unit]]
"""A window's text, and when each of its characters was spoken."""


@dataclass(frozen=True, slots=True)
class _Again:
    """A window of the second listen, and the likelihood of each text that was asked for."""

    encoded: Encoded
    likelihoods: dict[str, float]


class WhisperTranscriber:
    """A ``Transcriber`` on CTranslate2. One for each process; not shared between threads."""

    def __init__(self, engine: Engine, name: str, batch_size: int = 16) -> None:
        self.engine = engine
        self._name = name
        self._batch_size = max(1, batch_size)
        self._heard_again: dict[bytes, _Again] = {}

    @property
    def name(self) -> str:
        return self._name

    def transcribe(self, clips: Sequence[Clip]) -> list[Heard]:
        readings: dict[tuple[int, int], Reading] = {}
        pieces: dict[tuple[int, int], Piece] = {}
        windows = pack(clips)
        languages = Languages(self.engine.language, windows, clips)
        for window, encoded, decoded in self._decode(windows, beam_size=1):
            if languages.wants(window):
                languages.hear(window, self.engine.languages(encoded))
            for piece, reading in _read(window, decoded):
                pieces[_where(piece)], readings[_where(piece)] = piece, reading
        doubtful = [alone(pieces[at]) for at in sorted(pieces) if readings[at].faults]
        for window, _, decoded in self._decode(doubtful, beam_size=WIDE_BEAM):
            for piece, reading in _read(window, decoded):
                at = _where(piece)
                readings[at] = max(readings[at], reading, key=lambda one: one.rank)
        self._fill(pieces, readings)
        return _heard(clips, pieces, readings, languages.foreign())

    def hear_alone(self, clip: Clip, beam_size: int = WIDE_BEAM) -> Heard:
        pieces = {_where(piece): piece for piece in cut(0, clip.samples)}
        readings: dict[tuple[int, int], Reading] = {}
        windows = [alone(piece) for piece in pieces.values()]
        for window in windows:
            encoded = self._again(window.samples).encoded
            [decoded] = self._written([encoded], beam_size)
            for piece, reading in _read(window, decoded):
                readings[_where(piece)] = reading
        self._fill(pieces, readings)
        return _heard([clip], pieces, readings, {})[0]

    def likelihoods(self, clip: Clip, texts: Sequence[str]) -> list[float]:
        [piece, *rest] = cut(0, clip.samples) or [Piece(0, 0, 0, clip.samples)]
        if rest:
            raise ValueError("the likelihood of a text is for a clip of one window")
        heard = self._again(alone(piece).samples)
        for text in texts:
            if text not in heard.likelihoods:
                heard.likelihoods[text] = self.engine.log_likelihood(heard.encoded, text)
        return [heard.likelihoods[text] for text in texts]

    def _again(self, samples: Samples) -> _Again:
        """A window that several questions are about is encoded once."""
        name = blake2b(samples.tobytes()).digest()
        again = self._heard_again.pop(name, None) or _Again(self.engine.encode(samples), {})
        self._heard_again[name] = again
        while len(self._heard_again) > _MOST_KEPT:
            del self._heard_again[next(iter(self._heard_again))]
        return again

    def _fill(
        self, pieces: dict[tuple[int, int], Piece], readings: dict[tuple[int, int], Reading]
    ) -> None:
        """Hear what the decoder left out, as pieces of their own.

        It likes to end its text at a pause, and to leave what follows.
        """
        holes = [hole for at in sorted(pieces) for hole in _holes(pieces[at], readings[at])]
        for window, _, decoded in self._decode([alone(p) for p in holes], WIDE_BEAM):
            for piece, reading in _read(window, decoded):
                if reading.believable:
                    pieces[_where(piece)], readings[_where(piece)] = piece, reading

    def _decode(
        self, windows: Sequence[Window], beam_size: int
    ) -> Iterator[tuple[Window, Encoded, _Decoded]]:
        """Windows with their texts; no more audio features in memory than one batch has."""
        for batch in _batches(windows, self._batch_size):
            encoded = self.engine.encode_all([window.samples for window in batch])
            yield from zip(batch, encoded, self._written(encoded, beam_size), strict=True)

    def _written(self, encoded: Sequence[Encoded], beam_size: int) -> Iterator[_Decoded]:
        hypotheses = self.engine.decode(encoded, beam_size)
        texts = [hypothesis.tokens for hypothesis in hypotheses]
        return zip(hypotheses, self.engine.align_all(encoded, texts), strict=True)


def _read(window: Window, decoded: _Decoded) -> Iterator[tuple[Piece, Reading]]:
    """The reading of each piece of a window."""
    hypothesis, units = decoded
    spellings = spell(window, units)
    echoing = echoes([spelled.text for spelled in spellings])
    for place, spelled, echo in zip(window.places, spellings, echoing, strict=True):
        duration_ms = place.piece.duration_ms
        found = faults(spelled.text, duration_ms, spelled.log_probability, hypothesis.no_speech)
        if spelled.words and spelled.holes(duration_ms):
            found |= {Fault.HOLE}
        if echo:
            found |= {Fault.ECHO}
        yield place.piece, Reading(spelled, found)


def _batches(windows: Sequence[Window], size: int) -> Iterator[list[Window]]:
    """Windows of one length together, so that none is padded to a neighbour's."""
    lengths = sorted({window.duration_ms for window in windows})
    for length in lengths:
        same = [window for window in windows if window.duration_ms == length]
        for start in range(0, len(same), size):
            yield same[start : start + size]


def _where(piece: Piece) -> tuple[int, int]:
    return piece.clip, piece.offset_ms


def _holes(piece: Piece, reading: Reading) -> list[Piece]:
    """The parts of a piece after its first word that got no text."""
    if not reading.believable:
        return []
    return [
        piece.part(hole) for hole in reading.spelled.holes(piece.duration_ms) if hole.start_ms > 0
    ]


def _heard(
    clips: Sequence[Clip],
    pieces: dict[tuple[int, int], Piece],
    readings: dict[tuple[int, int], Reading],
    foreign: Mapping[tuple[int, int], str],
) -> list[Heard]:
    """One result for each clip, in the clips' order, with times of the recording."""
    utterances: dict[int, list[Utterance]] = defaultdict(list)
    unheard: dict[int, list[Segment]] = defaultdict(list)
    for at in sorted(pieces):
        clip, piece, reading = clips[at[0]], pieces[at], readings[at]
        start_ms = clip.start_ms + piece.offset_ms
        if reading.believable and (clip.key, clip.channel) not in foreign:
            spelled = reading.spelled
            holes = spelled.holes(piece.duration_ms)
            filled = any((at[0], at[1] + hole.start_ms) in pieces for hole in holes[-1:])
            ends_early = filled and holes[-1].end_ms == piece.duration_ms
            length_ms = holes[-1].start_ms if ends_early else piece.duration_ms
            utterances[at[0]].append(spelled.utterance(clip.channel, start_ms, length_ms))
            unheard[at[0]].extend(
                Segment(start_ms + hole.start_ms, start_ms + hole.end_ms)
                for hole in holes
                if hole.start_ms == 0 or (at[0], at[1] + hole.start_ms) not in pieces
            )
        else:
            unheard[at[0]].append(Segment(start_ms, start_ms + piece.duration_ms))
    return [
        Heard(
            clip.key,
            clip.channel,
            clip.segment,
            tuple(utterances[index]),
            tuple(unheard[index]),
            foreign.get((clip.key, clip.channel), ""),
        )
        for index, clip in enumerate(clips)
    ]
