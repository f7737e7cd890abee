"""How the acts of ``party_acts`` are recognised: by words, numbers, and what is not said."""

from __future__ import annotations

import re
from collections.abc import Callable

from autoqa.cue_matching import Cues, Heard, hear

Does = Callable[[Heard], bool]


def says(phrases: str, unless: str = "") -> Does:
    """Any of ``phrases``, and none of ``unless``; both are cues with blanks between them."""
    if not unless:
        return Cues(phrases).any
    said, not_said = Cues(phrases), Cues(unless)
    return lambda heard: said.any(heard) and not not_said.any(heard)


def each(patterns: str, words: str) -> str:
    """Every pattern with every word for its ``*``."""
    return " ".join(
        pattern.replace("*", word) for pattern in patterns.split() for word in words.split()
    )


# ---------------------------------------------------------------- words and numbers

THINGS = """
    卡 账户 账号 账单 密码 手机号 号码 身份证 证件 额度 贷款 存款 理财 积分 余额 手机银行 征信
    姓名 资料 户名 尾号 存折 合同 地址 预留 信用卡 银行卡 工资卡 存单 基金 房贷 订单 定期 申请
    手机 钱 资产 社保卡 医保卡 工资 养老金 网银 流水 年金 保险 房子 名字
"""
_ASKED = """
    身份证 卡号 尾号 手机号 姓名 名字 验证码 合同号 客户号 商户编号 户名 账号 证件号 税号 抬头
    号码 后四位 订单号 型号 生日 单位名称 地址
"""
_ASKED_FOR = Cues(_ASKED)
_OWN = Cues("我 有")
_ASKING = Cues(
    "多少 报一下 提供 说一下 念一下 告诉我 发给我 核实 核对 是什么 请您输 请输入 请问您 您的"
)
_ASKS_BACK = Cues("怎么 带身份 什么 您的工号")
_NUMBER = re.compile(r"(?: \d){4,}(?= )")
_LONG = 6
_BRIEF_SYLLABLES = 14


def _numbers(heard: Heard) -> int:
    """How many digits in a row are read out, at most; runs of four and more."""
    return max((len(run) // 2 for run in _NUMBER.findall(heard.characters)), default=0)


def reads_out(heard: Heard) -> bool:
    """A number of six digits or more, or a shorter one that is half of what is said."""
    digits = 0 if _STAFF.search(heard.sounds) else _numbers(heard)
    return digits >= _LONG or (digits > 0 and 2 * digits >= heard.syllables)


def asks_data(heard: Heard) -> bool:
    """身份证号多少, 卡号报一下: a thing that has a number, and none read out, nothing of mine."""
    if _numbers(heard) or not _ASKED_FOR.any(heard) or _OWN.any(heard):
        return False
    asks = heard.syllables <= _BRIEF_SYLLABLES or _ASKING.any(heard)
    return asks and not _ASKS_BACK.any(heard)


def staff_number(heard: Heard) -> bool:
    """工号八零二六, 我是二零七一; not 工号二零七一是吧."""
    return _STAFF.search(heard.sounds) is not None and not _REPEATS.any(heard)


_STAFF = re.compile(
    r" gon hao (?:\S+ )?\d \d |^ (?:\S+ ){0,4}wo (?:si|gon hao) \d \d \d (?:\d )?(?!\d)"
)
_REPEATS = Cues("是吧 是吗 记下 ~谢谢 ~感谢 你的 麻烦 我想 帮我")

VERBS = """
    查 看 核 办 登记 转 处理 反馈 申请 发 记录 开通 取消 冻结 挂失 介绍 解答 寄 做 退 更新 操作
    联系 催 拦 换一 打电话 回电话 准备 备注 解除 算一 安排 预约 通知 规划 提交 调 重置 注销
    关闭 问 激活
"""
_TELLS = Cues(
    each(
        "您* 你*",
        """
            把 带 打开 点 登录 下载 去 到 先 可以 拿 直接 自己 抽空 存 留 抓紧 尽快 放心
            试一下 输入 按 找一下 换一下 需要 必须 记一下 核对一下 看一下您 说一下您
            只能 不用 也可以 重新
        """,
    )
    + " 自己看 自己查 自己去 自己打 自己办 自己点 请尽快 请保持 请携带"
)
_FOR_ME = Cues("帮我 给我 帮忙 帮帮 帮一下 能不能 能否 可不可以 我自己")
_TOLD_BACK = Cues("~请问 工号 ~谢谢 ~感谢")
_QUESTION = Cues(
    """
    ~请问 怎么 ~什么 多少 多久 几天 几点 ~哪里 哪些 哪种 哪一 能不能 可不可以 要不要 需不需要
    有没有 是不是 吗 呢 为啥
    """
)
_OTHER = Cues("你 您 其他 其它 别的 本人")
_MATTERS = Cues(
    """
    网点 柜台 工作日 手续费 利率 额度 到账 冻结 解锁 解冻 限额 自动 银行卡 身份证 还款 账单 扣款
    审批 本金 收益 利息 年费 短信 系统 期限 流水 密码 验证码 手机银行 网银 柜面 支行 转账 退回
    生效 办理 业务 免费 起存 证件
    """
)
_PERSONS = Cues("我 你们 贵行 谢 麻烦 帮 咱们 想 怎么 不好意思 他们 你好 好的")
_FROM_BANK = Cues(
    "我是…银行 这里是…银行 我们是…银行 这边是…银行 我这边…银行 您好…银行…中心 您好…银行…部"
)
_NOT_FROM_BANK = Cues("客户 用户 储户 你们 哪家 贵宾 会员")
_MATTER = Cues("什么事 啥事 什么问题 干嘛 干什么 怎么了 你说 您说 说吧 说话 直接说 请讲")
_THANKS = Cues("~谢谢 ~多谢 ~感谢")
_AGENTS_THANKS = Cues("来电 等待 等候 致电 配合 理解 支持 接听 先生 女士 小姐 提供 信任 耐心等")
_NO = Cues("没有了 没了 没别的 没有没有 没事了 没有了谢谢 没其他")
_QUESTION_SYLLABLES, _NO_SYLLABLES = 5, 10


def _asks(heard: Heard) -> bool:
    """A question, be its last 吗 written 码 or 嘛."""
    return _QUESTION.any(heard) or heard.sounds.endswith(" ma ")


def tells(heard: Heard) -> bool:
    """您打开手机银行, 自己去网点: tells the other what to do, and not for the speaker's sake."""
    return _TELLS.any(heard) and not _FOR_ME.any(heard) and not _TOLD_BACK.any(heard)


def _without_hello(heard: Heard) -> Heard:
    return hear(heard.characters.replace(" 你 好 ", " ").replace(" ", ""))


def asks_bank(heard: Heard) -> bool:
    """请问可以邮寄吗: asks how things are, and not about the other or his data."""
    return (
        heard.syllables >= _QUESTION_SYLLABLES
        and _asks(heard)
        and not _OTHER.any(_without_hello(heard))
        and not _ASKED_FOR.any(heard)
    )


def states(heard: Heard) -> bool:
    """去柜台办, 五个工作日到账: states how things are, asks nothing and speaks of nobody here."""
    return _MATTERS.any(heard) and not _PERSONS.any(heard) and not _asks(heard)


def from_bank(heard: Heard) -> bool:
    """这里是安和银行; not 我是你们安和银行的老客户."""
    return _FROM_BANK.any(heard) and not _NOT_FROM_BANK.any(heard)


def matter(heard: Heard) -> bool:
    """说, 什么事: asks what the other wants, in few words."""
    return heard.syllables <= _QUESTION_SYLLABLES + 2 and _MATTER.any(heard)


def thanks(heard: Heard) -> bool:
    """谢谢, for what was done; not for a call, for waiting, for understanding."""
    return _THANKS.any(heard) and not _AGENTS_THANKS.any(heard)


def nothing_more(heard: Heard) -> bool:
    """没有了: the answer to 还有其他需要吗."""
    return heard.syllables <= _NO_SYLLABLES and _NO.any(heard)
