"""Sentences as a recogniser might write them down: wrong characters for the right sounds.

Deterministic: the same sentence is always spoilt in the same way, unless a draw is given.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from functools import cache
from typing import Any

from autoqa.text import readings

SHARE = (0.10, 0.20)
"""Share of the characters that are replaced."""
NEAR = 0.25
"""Share of the replacements that are another tone or an accent away; the others sound the same."""
_COMMON = 2500
_ACCENTS = (
    ("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("ang", "an"), ("eng", "en"), ("ing", "in"),
)  # fmt: skip
_PARTICLES = ("嗯", "呃", "那个", "啊", "就是", "呢")
_DIGITS = str.maketrans("零一二三四五六七八九幺", "01234567891")


def by_sound(sentence: str, draw: random.Random | None = None) -> str:
    """10 to 20 % of the characters are others of the same or nearly the same sound."""
    draw = draw or random.Random(f"sound {sentence}")
    chars = list(sentence)
    spoken = [at for at, char in enumerate(chars) if _alike(char)]
    count = max(1, round(draw.uniform(*SHARE) * len(spoken)))
    for at in draw.sample(spoken, min(count, len(spoken))):
        same, near = _alike(chars[at]) or ((), ())
        choice = near if near and (not same or draw.random() < NEAR) else same
        chars[at] = draw.choice(choice)
    return "".join(chars)


def by_script(sentence: str) -> str:
    """Traditional characters, digits, other punctuation, a filler at the beginning of a clause."""
    draw = random.Random(f"script {sentence}")
    pieces = [piece for piece in re.split("[，。？]", sentence) if piece]
    at = draw.randrange(len(pieces))
    pieces[at] = draw.choice(_PARTICLES) + pieces[at]
    joined = draw.choice(("", " ", "，")).join(pieces)
    if any(run in joined for run in ("工号", "号")):
        joined = joined.translate(_DIGITS)
    return str(_traditional().convert(joined))


@cache
def _traditional() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")


@cache
def _alike(char: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Common characters of the very sound, and of nearly the same."""
    sounds = readings(char)
    if not sounds:
        return None
    same = tuple(one for one in _by_sound().get(sounds[0], ()) if one != char)
    near = tuple(
        one for sound in _near(sounds[0]) for one in _by_sound().get(sound, ()) if one != char
    )
    return (same, near) if same or near else None


def _near(sound: str) -> list[str]:
    bare = sound[:-1]
    found = [f"{bare}{tone}" for tone in "1234" if tone != sound[-1]]
    for one, other in _ACCENTS:
        for old, new in ((one, other), (other, one)):
            if bare.startswith(old) and not bare.startswith(new) and old[0] not in "aei":
                found.append(bare.replace(old, new, 1) + sound[-1])
            elif bare.endswith(old) and not bare.endswith(new):
                found.append(bare.removesuffix(old) + new + sound[-1])
    return found


@cache
def _by_sound() -> dict[str, tuple[str, ...]]:
    """Common characters by how they are read; common by how often jieba's words hold them."""
    import jieba

    tokenizer = jieba.Tokenizer()
    frequencies, _ = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    counts: Counter[str] = Counter()
    for word, count in frequencies.items():
        for char in word:
            counts[char] += count
    by_sound: dict[str, list[str]] = {}
    common = [char for char, _ in counts.most_common() if readings(char)][:_COMMON]
    for char in common:
        by_sound.setdefault(readings(char)[0], []).append(char)
    return {sound: tuple(chars) for sound, chars in by_sound.items()}
