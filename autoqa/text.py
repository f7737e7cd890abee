"""Chinese as it was written down, brought to one form; its words; its sounds.

>>> normalise("工號：８０２６，為您服務。").text
'工号8026为您服务'
>>> normalise("工号八零二六").text
'工号8026'
>>> [token.text for token in tokens("我不知道")]
['我', '不', '知道']
>>> pinyin("银行")
('yin2', 'hang2')
"""

from __future__ import annotations

import logging
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autoqa import numerals

if TYPE_CHECKING:
    from opencc import OpenCC

_DROPPED = "\0"
_KEPT = re.compile(r"(?:[^\0.%]|(?<=[0-9])\.(?=[0-9])|(?<=[0-9零〇一二三四五六七八九十百])%)+")
_NUMBER_HINT = re.compile(
    r"[0-9]|[零〇一二三四五六七八九十百千万亿幺两]{2}|百分之|两|点[零一二三四五六七八九]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_TO_PAY_BACK = (("款", "kuǎn"), ("清", "qīng"), ("钱", "qián"), ("贷", "dài"), ("掉", "diào"))
_SOME_BANK = (("我", "wǒ"), ("本", "běn"), ("他", "tā"), ("跨", "kuà"), ("贵", "guì"))
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Normalised:
    """Text in one form, and where each of its characters came from.

    ``text``: simplified, half width, lower case, numbers as digits, no punctuation or spaces.
    ``to_source[i]``, ``source_ends[i]``: the half-open stretch of ``source`` that became
    ``text[i]``. A number that changed its length maps each of its digits to the whole of it.
    """

    text: str
    source: str

    @property
    def to_source(self) -> tuple[int, ...]:
        return self._map[0]

    @property
    def source_ends(self) -> tuple[int, ...]:
        return self._map[1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The source's half-open stretch for ``text[start:end]``; of nothing, nothing."""
        if start < end:
            return self.to_source[start], self.source_ends[end - 1]
        at = self.to_source[start] if start < len(self.text) else len(self.source)
        return at, at

    @cached_property
    def _map(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Worked out when asked: most texts hold no phrase, and nobody asks."""
        flat = simplify(self.source).translate(_characters)
        compact, starts = "", list[int]()
        for match in _KEPT.finditer(flat):
            compact += match[0]
            starts += range(*match.span())
        ends = [at + 1 for at in starts]
        for begin, end, number, digit_string in reversed(list(_numbers(compact))):
            if not digit_string:
                first, last = starts[begin], ends[end - 1]
                starts[begin:end] = [first] * len(number)
                ends[begin:end] = [last] * len(number)
        return tuple(starts), tuple(ends)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, and the half-open stretch of characters it takes."""

    text: str
    start: int
    end: int


def normalise(text: str) -> Normalised:
    """``text`` in the one form in which phrases are compared; see ``Normalised``."""
    compact = "".join(_KEPT.findall(simplify(text).translate(_characters)))
    pieces: list[str] = []
    done = 0
    for begin, end, number, _ in _numbers(compact):
        pieces += compact[done:begin], number
        done = end
    return Normalised("".join((*pieces, compact[done:])), text)


def simplify(text: str) -> str:
    """Simplified characters, as many as there were: 帳單 → 帐单."""
    text = _SURROGATE.sub("\ufffd", text)
    simple: str = _converter().convert(text)
    if len(simple) == len(text):
        return simple
    return "".join(one if len(one) == 1 else char for char in text for one in (_simple_char(char),))


def han_count(text: str) -> int:
    """How many Han characters: 您好, VIP客户 → 4."""
    return len(_HAN.findall(text))


def pinyin(text: str) -> tuple[str, ...]:
    """One toned syllable for each Han character, read in its context; tone 5 is the neutral one.

    >>> pinyin("还款，还有")
    ('huan2', 'kuan3', 'hai2', 'you3')
    """
    from pypinyin import Style, lazy_pinyin

    _teach_pypinyin()
    read = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    return tuple(read)


def is_word(text: str) -> bool:
    """Whether the dictionary of readings has it: what it has not is read character by character."""
    from pypinyin.constants import PHRASES_DICT

    _teach_pypinyin()
    return text in PHRASES_DICT


@cache
def _teach_pypinyin() -> None:
    """Words of banks whose reading its dictionary does not know."""
    from pypinyin import load_phrases_dict

    load_phrases_dict(
        {f"还{word}": [["huán"], [sound]] for word, sound in _TO_PAY_BACK}
        | {f"{word}行": [[sound], ["háng"]] for word, sound in _SOME_BANK}
    )


@cache
def readings(char: str) -> tuple[str, ...]:
    """Every toned syllable a Han character can have, the commonest first; () for others.

    >>> readings("还")[:2]
    ('hai2', 'huan2')
    """
    if not _HAN.match(char):
        return ()
    from pypinyin import Style
    from pypinyin import pinyin as pypinyin

    found = pypinyin(char, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True)[0]
    return tuple(dict.fromkeys(one for one in found if one != char))


def tokens(text: str, words: Iterable[str] = ()) -> tuple[Token, ...]:
    """The words of ``text`` as jieba cuts it, ``words`` being in its dictionary as well.

    The tokens cover the whole text, punctuation included. Words that no dictionary has are not
    guessed: 我查 and 您请 would be some, and 查到了 in 我查到了 no words.
    """
    return _cut(text, frozenset(words))


@lru_cache(maxsize=65536)
def _cut(text: str, words: frozenset[str]) -> tuple[Token, ...]:
    return tuple(Token(*found) for found in _tokenizer(words).tokenize(text, HMM=False))


@lru_cache(maxsize=4)
def _tokenizer(words: frozenset[str]) -> Any:
    """An own tokenizer: jieba's global one would carry words from one rule set into another.

    Its cache lies in a folder of ours: jieba's default is a fixed name in the shared temporary
    folder, and it unmarshals whatever lies there.
    """
    import jieba
    import platformdirs

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    folder = Path(platformdirs.user_cache_dir("autoqa")) / "jieba"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        tokenizer.tmp_dir = str(folder)
        tokenizer.initialize()
    except OSError:
        with tempfile.TemporaryDirectory() as private:
            tokenizer.tmp_dir = private
            tokenizer.initialize()
    for word in sorted(words):
        tokenizer.add_word(word)
    return tokenizer


class _Characters(dict[int, str]):
    """Half width, lower case, and ``_DROPPED`` for what is not spoken; filled as it is asked."""

    def __missing__(self, code: int) -> str:
        form = unicodedata.normalize("NFKC", chr(code)).lower()[:1]
        spoken = form in ("%", ".") or (form and unicodedata.category(form)[0] in "LN")
        self[code] = form if spoken else _DROPPED
        return self[code]


_characters = _Characters()


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _simple_char(char: str) -> str:
    simple: str = _converter().convert(char)
    return simple


def _numbers(compact: str) -> Iterator[tuple[int, int, str, bool]]:
    """Begin, end, digits, and whether each digit stands for one character."""
    if _NUMBER_HINT.search(compact):
        for run in numerals.RUN.finditer(compact):
            if (number := numerals.canonical(run)) is not None:
                yield *run.span(), number, numerals.is_digit_string(run)
