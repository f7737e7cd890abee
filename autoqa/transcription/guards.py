"""What cannot be believed of a recogniser's text.

Whisper invents: loops over noise, and over silence and music the sentences that its training films
closed with. Each guard here looks at one stretch of speech and its text; ``faults`` names all that
strike. A fault is no verdict: the stretch is decoded once more, alone and with a wider search,
before its text is given up (see ``autoqa.transcription.whisper``).
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

LOW_LOG_PROBABILITY = -1.0
"""Mean over tokens, nats: Whisper's own threshold for decoding again (Radford et al. 2022, 4.5)."""
NO_SPEECH = 0.6
"""Probability of no speech over which, with a low log probability, Whisper counts as silence."""
NOISE_LOG_PROBABILITY = -2.0
"""Under this it is noise, whatever else: hold music, noise and tones gave -2.7 and less,
or a loop; speech through the telephone gave -1 and more."""
LOOP_COMPRESSION = 2.4
"""Bytes of text over bytes of its zlib: Whisper's threshold for loops."""
LOOP_REPEATS, LOOP_CHARACTERS = 4, 12
"""The same one to eight characters so many times in a row, together so long: 好的好的好的好的 and
对对对对对 are said."""
ECHO_REPEATS, ECHO_CHARACTERS = 3, 4
"""So many characters so many times in one window: 年2.3 over and over is a loop that was dealt out
to several stretches. Who reads a number back says it twice."""
MOST_CHARACTERS_PER_S = 10.0
"""The fastest Mandarin is about 8 syllables a second."""
FEWEST_CHARACTERS_PER_S = 0.8
"""In a second of voice, pauses cut out, even slow speech has 2 syllables."""

_PHANTOMS = (
    r"不吝点赞",
    r"(点赞|订阅|转发|打赏).{0,4}(点赞|订阅|转发|打赏)",
    r"明镜.{0,8}(点点|栏目)",
    r"独播剧场|yoyo\s*television",
    r"(中文字幕|字幕(志愿者|制作|组|由|提供|校对|翻译|\s*by|君|网)).*",
    r"amara\.?\s*org",
    r"(感谢|谢谢|多谢)(大家|各位|您|你|你们)?的?(观看|收看|收听|观赏)",
    r"下(期|集|个视频|一期|期节目)(再见|见)",
    r"(订阅|关注)(我|我们|本|此)?的?频道|欢迎订阅",
    r"[本此](视频|影片|频道)由?",
    r"小铃铛",
    r"(作词|作曲|编曲|词曲)\W*(作词|作曲|编曲|演唱|李宗盛)",
    r"^\W*(音乐|掌声|笑声|鼓掌)(播放|响起|声|中)*\W*$",
    r"^\W*(剧终|未完待续|全剧终|待续)\W*$",
)
_PHANTOM = re.compile("|".join(f"(?:{pattern})" for pattern in _PHANTOMS), re.IGNORECASE)
_BRACKETED = re.compile(r"^\s*(?:[\(\[（【《♪*].*[\)\]）】》♪*]\s*)+$")
_REPEATED = re.compile(rf"(.{{1,8}}?)\1{{{LOOP_REPEATS - 1},}}")
_NUMBER = re.compile(r"[\d零〇一二三四五六七八九幺]+")
_NOT_SPOKEN = re.compile(r"[\W_]+")
_LATIN_WORD = re.compile(r"[a-z]+", re.IGNORECASE)


class Fault(StrEnum):
    EMPTY = "empty"
    LOOP = "loop"
    ECHO = "echo"
    PHANTOM = "phantom"
    DENSE = "dense"
    SPARSE = "sparse"
    HOLE = "hole"
    UNLIKELY = "unlikely"
    NOISE = "noise"


def faults(
    text: str, duration_ms: int, log_probability: float, no_speech: float
) -> frozenset[Fault]:
    """What is wrong with the text of one stretch.

    ``text``: in simplified characters. ``log_probability``: mean over its tokens, nats.
    ``no_speech``: of the window it was decoded in.
    """
    spoken = _NOT_SPOKEN.sub("", text)
    if not spoken:
        return frozenset({Fault.EMPTY})
    length = spoken_length(text)
    seconds = duration_ms / 1000
    found = set()
    if is_loop(spoken):
        found.add(Fault.LOOP)
    if is_phantom(text):
        found.add(Fault.PHANTOM)
    if length > 2 + MOST_CHARACTERS_PER_S * seconds:
        found.add(Fault.DENSE)
    if length < FEWEST_CHARACTERS_PER_S * seconds - 1:
        found.add(Fault.SPARSE)
    if log_probability < LOW_LOG_PROBABILITY:
        found.add(Fault.UNLIKELY)
        if no_speech > NO_SPEECH or log_probability < NOISE_LOG_PROBABILITY:
            found.add(Fault.NOISE)
    return frozenset(found)


def is_loop(text: str) -> bool:
    """The same few characters over and over. Numbers repeat: those of cards and telephones."""
    data = text.encode()
    if len(data) / len(zlib.compress(data)) > LOOP_COMPRESSION:
        return True
    return any(
        len(match[0]) >= LOOP_CHARACTERS and not _NUMBER.fullmatch(match[1])
        for match in _REPEATED.finditer(text)
    )


def echoes(texts: Sequence[str]) -> tuple[bool, ...]:
    """For each stretch of one window whether it has words that the window repeats too often.

    >>> echoes(["3年2.3", "年2.3年2.3年2.3", "明白了"])
    (True, True, False)
    """
    spoken = [_NOT_SPOKEN.sub("", text) for text in texts]
    whole = "".join(spoken)
    owners = [number for number, text in enumerate(spoken) for _ in text]
    starts = range(len(whole) - ECHO_CHARACTERS + 1)
    counts = Counter(whole[at : at + ECHO_CHARACTERS] for at in starts)
    echoing = {
        owner
        for at in starts
        if counts[whole[at : at + ECHO_CHARACTERS]] >= ECHO_REPEATS
        for owner in owners[at : at + ECHO_CHARACTERS]
    }
    return tuple(number in echoing for number in range(len(texts)))


def is_phantom(text: str) -> bool:
    """Holds a sentence known to come out of silence and music, or only a note in brackets."""
    return bool(_PHANTOM.search(text) or _BRACKETED.match(text))


def is_only_phantom(text: str) -> bool:
    """Nothing is left when the phantom sentence is taken away but a few characters."""
    if _BRACKETED.match(text):
        return True
    rest = _PHANTOM.sub("", text)
    return len(_NOT_SPOKEN.sub("", rest)) * 2 <= len(_NOT_SPOKEN.sub("", text))


def spoken_length(text: str) -> int:
    """Syllables, about: characters, a Latin word as one for each three letters."""
    latin = _LATIN_WORD.findall(text)
    letters = sum(len(word) for word in latin)
    rest = len(_NOT_SPOKEN.sub("", text)) - letters
    return rest + sum((len(word) + 2) // 3 for word in latin)
