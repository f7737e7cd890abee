"""What the words around a number say it is, compared by sound."""

from __future__ import annotations

import re

from autoqa.privacy.sounds import BySound, sounds
from autoqa.privacy.spans import Kind
from autoqa.text import simplify

_KINDS = (
    (
        Kind.CODE,
        BySound("验证码|校验码|动态码|密码|口令|安全码|授权码|短信码|激活码|cvv"),
    ),
    (Kind.IDENTITY, BySound("身份证|证件号|身份号|护照号")),
    (
        Kind.CARD,
        BySound("卡号|账号|账户号|卡片号码|银行卡|信用卡号|存折号|卡的号码|卡面上?的?(?:号|数字)"),
    ),
    (
        Kind.PHONE,
        BySound(
            "手机号|(?:电话|手机|座机|联系方式).{0,6}[是报说留念输写填多]|打我的?(?:手机|电话)"
            "|(?:手机|电话|座机)$|[留报改换写填念]个?.{0,4}(?:电话|手机|座机)|号码"
        ),
    ),
)
"""Which kind of number is meant."""
_TAIL = BySound("尾号|末尾|[后末]四位|[后末]六位|后几位|尾数")
_STAFF = BySound("工号|客服|坐席|专员|代表|柜员号|员工号")
_STAFF_AFTER = BySound("[号好机呼]?(?:客服|坐席|为[您你民]|代表|专员|很高兴)")
_REFERENCE = BySound(
    "工单|流水号|订单|单号|编号|合同号|凭证号|基金代码|股票代码|产品代码|机构号|运单|版本号|热线"
    "|客服电话|服务电话|拨打"
)
_OTHER = BySound("金额|多少钱|日期|[哪那]一?天|什么时候|额度|几号|地址")
_SHORT_CODE = BySound("安全码|cvv|[后末]三位|背面")
_AMOUNT = BySound(
    "(?:金额|余额|[额限]度?|欠款|人民币|一共|共计|应还|还款额?|转了|取了|存了|总共|汇了|贷款|收入|转|刷了)"
    "是?(?:有)?$"
)
_MONEY = BySound(r"\s?(?:元|块钱?|万)")
_UNIT = re.compile(
    r"\s?(?:多|来|几)?(?:元|块|圆|万|亿|千|百|十|角|毛|分|厘|%|％|个|天|年|月|日|期|次|笔|秒"
    r"|岁|折|美|欧|港|英镑|人|名|楼|栋|室|层|小时|点|度|米|公里|倍|股|克|家|张|页|条|款|号[楼线]|路"
    r"|到[一二三四五六七八九十0-9])"
)
_NUMBERED = re.compile(r"\s*(?:号|弄|幢|巷)")
_HOTLINE = re.compile(
    r"95\d{3}|[48]00\d{7}|100(?:86|10|00|01)|12\d{3}|11[0249]|96\d{3,4}|106\d{5,17}|95\d{3}[0-9]{1,3}"
)
_DATE = re.compile(r"(?:19|20)\d\d(?:0?[1-9]|1[0-2])(?:0?[1-9]|[12]\d|3[01])")
_CORRECTION = BySound("不对|错了|不是|说错|应该是|重新|更正|改成|前面是|后面是|中间是|最后是")


def kind_said(text: str) -> Kind | None:
    """The kind of number that was named last in ``text``."""
    heard = sounds(simplify(text))
    last: tuple[int, int, Kind] | None = None
    for rank, (kind, pattern) in enumerate(_KINDS):
        for match in pattern.finditer(heard):
            if last is None or (match.start(), -rank) >= last[:2]:
                last = match.start(), -rank, kind
    return None if last is None else last[2]


def asks_for_tail(text: str) -> bool:
    return _TAIL.search(sounds(simplify(text))) is not None


def asks_for_something_else(text: str) -> bool:
    return _OTHER.search(sounds(simplify(text))) is not None


def is_short_code(text: str) -> bool:
    return _SHORT_CODE.search(sounds(simplify(text))) is not None


def is_tail(before: str) -> bool:
    """尾号6612: a number by its last digits. ``before``, ``after``: simplified, as all below."""
    return _TAIL.search(sounds(before[-6:])) is not None


def is_staff(before: str, after: str) -> bool:
    """The number of an employee: 工号8026, 8026号客服."""
    if _STAFF.search(sounds(before[-6:])) is not None:
        return True
    return _STAFF_AFTER.match(sounds(after.lstrip()[:6])) is not None


def is_reference(before: str) -> bool:
    """The number of a thing of the bank's: an order, a hotline."""
    return _REFERENCE.search(sounds(before[-10:])) is not None


def is_amount(before: str, after: str, length: int) -> bool:
    if _UNIT.match(after) is not None or _MONEY.match(sounds(after[:2])) is not None:
        return True
    if length <= 6 and _NUMBERED.match(after) is not None:
        return True
    return length <= 9 and _AMOUNT.search(sounds(before[-6:])) is not None


def is_hotline(digits: str) -> bool:
    return _HOTLINE.fullmatch(digits) is not None


def is_date(digits: str) -> bool:
    return _DATE.fullmatch(digits) is not None


def is_correction(text: str) -> bool:
    return _CORRECTION.search(sounds(simplify(text))) is not None
