"""Where somebody lives, where it is told as an address: 家住幸福路12号阳光小区3栋."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autoqa.privacy.spans import Kind
from autoqa.text import simplify
from autoqa.types import Role, Utterance

_ASKED = re.compile(r"(?<!网)地址|住址|住在哪|住哪|寄到哪|寄到什么|[住居]所")
_TOLD = re.compile(
    r"(?:地址|住址)(?:就|现在|改)?(?:是|为|在|成|到|：|:)?|(?:家|我|现)?住在|家住|寄到|邮寄到|搬到|寄给|户籍在|我家在"
)
_NUMERAL = r"[0-9０-９零〇一二三四五六七八九十百幺两a-zA-Z杠-]"
_PLACE = r"(?:省|市|区|县|镇|乡|村|路|街|道|大道|巷|胡同|弄|里|小区|花园|苑|园|公寓|大厦|广场|家园|新村|城|府|庭|湾)"
_NUMBERED = rf"{_NUMERAL}{{1,6}}(?:号楼|号|栋|幢|座|单元|室|楼|层|弄|组|队|户|房)"
_FILL = r"[嗯呃啊的,，.。、\s]*"
_ADDRESS = re.compile(
    rf"(?:[\u4e00-\u9fff]{{1,7}}?{_PLACE}{_FILL})+(?:{_FILL}{_NUMBERED}{_FILL}(?:{_NUMERAL}{{2,5}})?"
    rf"|{_FILL}[\u4e00-\u9fff]{{1,7}}?{_PLACE})*"
)
_REST = re.compile(rf"(?:{_FILL}{_NUMBERED})+(?:{_NUMERAL}{{2,5}})?")
_BANKS = re.compile(r"网点|支行|分行|营业|柜台|柜员|大厅|ATM|自助")
_LEAD = re.compile(r"(?:是|在|到|我|你|您|就|成|改|嗯|呃|那|现在|搬|住|寄|[\s,，:：])*")
Found = tuple[int, int, int, Kind]


def find_addresses(utterances: Sequence[Utterance]) -> list[Found]:
    """Addresses after the words that announce one, or in answer to who asked for one."""
    found: list[Found] = []
    asked = told = -99
    for at, one in enumerate(utterances):
        text = simplify(one.text)
        if one.role == Role.RECORDED or _BANKS.search(text):
            continue
        lead = _TOLD.search(text)
        begin = lead.end() if lead else 0 if at - asked <= 3 or at - told <= 2 else None
        if begin is not None:
            begin = _LEAD.match(text, begin).end()  # type: ignore[union-attr]
            for match in _ADDRESS.finditer(text, begin):
                if re.search(_NUMBERED, match[0]) or at - asked <= 3 or lead:
                    found.append((at, *match.span(), Kind.ADDRESS))
                    told = at
            if told != at and at - told <= 2:
                found += ((at, *match.span(), Kind.ADDRESS) for match in _REST.finditer(text))
        if _ASKED.search(text):
            asked = at
    return [one for one in found if one[2] - one[1] >= 3]
