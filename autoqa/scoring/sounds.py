"""How alike two syllables sound, to a telephone, an accent and a recogniser.

A syllable is split as phonology does it: initial, medial, nucleus, coda, tone (ong is u+e+ng, in is
i+e+n), so that a distance is a sum over parts. Pairs that southern accents do not tell apart
(zh/z, ch/c, sh/s, n/l, f/h, r/l, n/ng at the end) cost next to nothing; pairs that a telephone
band blurs (p/b, t/d, q/j, …, which differ in breath alone) cost some; anything else is another
sound. 0 is the same syllable, 1 another one.

>>> syllable_distance("dian4", "dian3") < syllable_distance("dian4", "tian1") < 0.6
True
"""

from __future__ import annotations

from functools import cache

_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs")
_FINALS = {
    "a": ("", "a", ""),
    "o": ("u", "o", ""),
    "e": ("", "e", ""),
    "ai": ("", "a", "i"),
    "ei": ("", "e", "i"),
    "ao": ("", "a", "u"),
    "ou": ("", "o", "u"),
    "an": ("", "a", "n"),
    "en": ("", "e", "n"),
    "n": ("", "e", "n"),
    "ang": ("", "a", "ng"),
    "eng": ("", "e", "ng"),
    "ng": ("", "e", "ng"),
    "er": ("", "e", "r"),
    "i": ("i", "", ""),
    "ia": ("i", "a", ""),
    "ie": ("i", "e", ""),
    "iao": ("i", "a", "u"),
    "iu": ("i", "o", "u"),
    "ian": ("i", "a", "n"),
    "in": ("i", "e", "n"),
    "iang": ("i", "a", "ng"),
    "ing": ("i", "e", "ng"),
    "iong": ("v", "e", "ng"),
    "io": ("i", "o", ""),
    "u": ("u", "", ""),
    "ua": ("u", "a", ""),
    "uo": ("u", "o", ""),
    "uai": ("u", "a", "i"),
    "ui": ("u", "e", "i"),
    "uan": ("u", "a", "n"),
    "un": ("u", "e", "n"),
    "uang": ("u", "a", "ng"),
    "ong": ("u", "e", "ng"),
    "ueng": ("u", "e", "ng"),
    "v": ("v", "", ""),
    "ve": ("v", "e", ""),
    "van": ("v", "a", "n"),
    "vn": ("v", "e", "n"),
}
_WHOLE = {
    "yi": "i",
    "ya": "ia",
    "ye": "ie",
    "yao": "iao",
    "you": "iu",
    "yan": "ian",
    "yin": "in",
    "yang": "iang",
    "ying": "ing",
    "yong": "iong",
    "yo": "io",
    "yu": "v",
    "yue": "ve",
    "yuan": "van",
    "yun": "vn",
    "wu": "u",
    "wa": "ua",
    "wo": "uo",
    "wai": "uai",
    "wei": "ui",
    "wan": "uan",
    "wen": "un",
    "wang": "uang",
    "weng": "ueng",
}

ACCENT, BREATH, PLACE, OTHER = 0.1, 0.3, 0.4, 0.65
_SAME_TO_AN_ACCENT = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l", "f": "h"}
_BREATH = (
    ("b", "p"), ("d", "t"), ("g", "k"), ("j", "q"), ("zh", "ch"), ("z", "c"), ("z", "ch"),
    ("zh", "c"),
)  # fmt: skip
_PLACE = (
    ("j", "zh"), ("j", "z"), ("q", "ch"), ("q", "c"), ("x", "sh"), ("x", "s"), ("b", "d"),
    ("d", "g"), ("p", "t"), ("t", "k"), ("m", "n"), ("r", ""), ("h", "k"), ("h", ""), ("s", "c"),
    ("sh", "ch"), ("x", "q"), ("n", ""), ("l", "d"), ("g", "h"), ("m", "b"), ("l", ""),
)  # fmt: skip
_MEDIAL, _ROUNDED_MEDIAL = 0.25, 0.15
_NUCLEUS, _NEAR_NUCLEUS = 0.4, 0.25
_NEAR_NUCLEI = ({"", "e"}, {"e", "o"}, {"a", "o"}, {"", "o"})
_CODA, _NASAL_CODA = 0.3, 0.08
_TONE, _NEUTRAL_TONE = 0.08, 0.03


@cache
def parts(syllable: str) -> tuple[str, str, str, str, str]:
    """Initial, medial, nucleus, coda, tone of a toned syllable: zhuang4 → zh u a ng 4."""
    sound, tone = (syllable[:-1], syllable[-1]) if syllable[-1:].isdigit() else (syllable, "5")
    if sound in _WHOLE:
        return ("", *_FINALS[_WHOLE[sound]], tone)
    initial = next((one for one in _INITIALS if sound.startswith(one)), "")
    final = sound.removeprefix(initial)
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    if final not in _FINALS:
        initial, final = ("", sound) if sound in _FINALS else (initial, final)
    return (initial, *_FINALS.get(final, ("", sound, "")), tone)


def fold(syllable: str) -> str:
    """The class of a syllable: what accents do not tell apart and tones are one."""
    initial, medial, nucleus, coda, _ = parts(syllable)
    coda = "n" if coda == "ng" else coda
    return f"{_SAME_TO_AN_ACCENT.get(initial, initial)}-{medial}{nucleus}{coda}"


@cache
def syllable_distance(one: str, other: str) -> float:
    """0 (the same) to 1 (another sound); symmetric."""
    if one == other:
        return 0.0
    initial, medial, nucleus, coda, tone = zip(parts(one), parts(other), strict=True)
    distance = (
        _initials(*initial) + _medials(*medial) + _nuclei(*nucleus) + _codas(*coda) + _tones(*tone)
    )
    return min(1.0, distance)


def _initials(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if _SAME_TO_AN_ACCENT.get(one, one) == _SAME_TO_AN_ACCENT.get(other, other):
        return ACCENT
    if (one, other) in _BREATH_PAIRS:
        return BREATH
    return PLACE if (one, other) in _PLACE_PAIRS else OTHER


def _medials(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _ROUNDED_MEDIAL if {one, other} in ({"i", "v"}, {"u", "v"}) else _MEDIAL


def _nuclei(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _NEAR_NUCLEUS if {one, other} in _NEAR_NUCLEI else _NUCLEUS


def _codas(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _NASAL_CODA if {one, other} == {"n", "ng"} else _CODA


def _tones(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _NEUTRAL_TONE if "5" in (one, other) else _TONE


_BREATH_PAIRS = {pair for one, other in _BREATH for pair in ((one, other), (other, one))}
_PLACE_PAIRS = {pair for one, other in _PLACE for pair in ((one, other), (other, one))}

PART_DISTANCES = (_initials, _medials, _nuclei, _codas, _tones)
"""What a distance is the sum of, part by part as ``parts`` names them."""
