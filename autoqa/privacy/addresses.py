"""Where somebody lives, where it is told as an address: 家住幸福路12号阳光小区3栋.

Compared by sound, as a recogniser writes 人民录 and 二单员.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autoqa.privacy.sounds import HAN, BySound, sounds
from autoqa.privacy.spans import Kind
from autoqa.text import simplify
from autoqa.types import Role, Utterance

_ASKED = BySound("(?<![网路])地址|住址|住在?[哪那]|寄[到给][哪那什]|[住居]所")
_TOLD = BySound(
    "(?:地址|住址)(?:就|现在|改)?[是为在成到：:]?|[家我]?现?住在|家住|[邮]?寄到|搬到|寄给|户籍在|我家在|改成"
)
_NUMERAL = "[0-9零一二三四五六七八九十百幺两a-z-]"
_PLACE = "(?:[省市区县镇乡村路街道巷弄里苑园]|大道|胡同|小区|花园|公寓|大厦|广场|家园|新村|新城)"
_NUMBERED = f"{_NUMERAL}{{1,6}}(?:[号栋幢座室楼层弄组队户房]楼?|单元)"
_FILL = r"[,，.。、\s嗯呃啊的]{0,3}"
_ADDRESS = BySound(
    rf"(?:[{HAN}]{{1,7}}?{_PLACE})+(?:{_FILL}{_NUMBERED}(?:{_NUMERAL}{{2,5}})?"
    rf"|[{HAN}]{{1,7}}?{_PLACE}(?={_FILL}(?:{_NUMERAL}|[{HAN}]{{1,7}}?{_PLACE}))|{_NUMERAL}{{2,5}})*"
)
_HAS_NUMBER = BySound(_NUMBERED)
_REST = BySound(rf"(?:{_FILL}{_NUMBERED})+(?:{_NUMERAL}{{2,5}})?")
_BANKS = re.compile(r"支行|分行|营业厅|柜台|柜员|大厅|ATM|自助")
_LEAD = re.compile(r"[是在到我你您就嗯呃那,，:：\s]*")
Found = tuple[int, int, int, Kind]


def find_addresses(utterances: Sequence[Utterance]) -> list[Found]:
    """Addresses after the words that announce one, or in answer to who asked for one."""
    found: list[Found] = []
    asked = told = -99
    for at, one in enumerate(utterances):
        text = simplify(one.text)
        if one.role == Role.RECORDED or _BANKS.search(text):
            continue
        spoken = sounds(text)
        lead = _TOLD.search(spoken)
        begin = lead.end() if lead else 0 if at - asked <= 3 or at - told <= 2 else None
        if begin is not None:
            begin = _LEAD.match(text, begin).end()  # type: ignore[union-attr]
            match = _ADDRESS.search(spoken, begin)
            if match is not None and _HAS_NUMBER.search(match[0]):
                found.append((at, *match.span(), Kind.ADDRESS))
                told = at
            elif at - told <= 2:
                found += ((at, *rest.span(), Kind.ADDRESS) for rest in _REST.finditer(spoken))
        if _ASKED.search(spoken):
            asked = at
    return [one for one in found if one[2] - one[1] >= 3]
