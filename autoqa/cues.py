"""Words that tell what is going on, found by their sound.

These are not the phrases that rules look for (QA staff write those): they are the few words by
which anyone who listens to a bank's hotline knows a menu from an agent, an agent from a
customer, a request to wait from a question. The recogniser writes 帮你茶一下 for 帮您查一下, so
texts are compared as toneless syllables, in which the confusions of accents and of the
recogniser (zh/z, ch/c, sh/s, -ng/-n, 您/你) are one. Two syllables sound like too much (显示 is
限时, 地址 is 低至): a cue of less than three is compared by its characters, unless a ``~``
before it says that nothing common sounds like it.

A cue is written in Chinese; ``…`` stands for up to eight syllables::

    >>> Cues("工号…为您服务").any(hear("工号8026號，未您服务"))
    True
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

_GAP_SYLLABLES = 8
_BY_SOUND_SYLLABLES = 3
_DIGITS = {**{c: str(i) for i, c in enumerate("零一二三四五六七八九")}, "〇": "0", "幺": "1"}


@cache
def _syllable(character: str) -> str:
    """The folded sound of one character; "" for what is not spoken (punctuation)."""
    if character in _DIGITS:
        return _DIGITS[character]
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    if not character.isalpha():
        return ""
    from pypinyin import Style, lazy_pinyin

    sound = lazy_pinyin(character, style=Style.NORMAL, errors="ignore")
    if not sound:
        return ""
    folded: str = sound[0]
    if folded[1:2] == "h":
        folded = folded[0] + folded[2:]
    if folded.endswith("ng") and len(folded) > 2:
        folded = folded[:-1]
    return "ni" if folded == "nin" else folded


@cache
def _character(character: str) -> str:
    return {"您": "你"}.get(character, _DIGITS.get(character, character.lower()))


@dataclass(frozen=True, slots=True)
class Heard:
    """A text made ready for cues: the same units, each between spaces, as sounds and as written.

    ``begun``: which indexed cues have their first part in it; only those need a closer look.
    """

    sounds: str
    characters: str
    begun: frozenset[str]

    @property
    def syllables(self) -> int:
        return max(0, self.sounds.count(" ") - 1)


def _units(text: str) -> tuple[str, str]:
    units = [(sound, _character(unit)) for unit in text if (sound := _syllable(unit))]
    if not units:
        return "", ""
    return f" {' '.join(sound for sound, _ in units)} ", f" {' '.join(unit for _, unit in units)} "


@lru_cache(maxsize=4096)
def hear(text: str) -> Heard:
    """``text`` for ``Cues``; punctuation is not heard."""
    sounds, characters = _units(text)
    by_sound, by_character = _index()
    begun = (by_sound.iter(sounds), by_character.iter(characters)) if sounds else ()
    return Heard(sounds, characters, frozenset(first for found in begun for _, first in found))


@cache
def _index() -> tuple[Any, Any]:
    """Automata over the first parts of all cues of this module: one pass finds those begun."""
    import ahocorasick

    automata = ahocorasick.Automaton(), ahocorasick.Automaton()
    for cues in [one for one in globals().values() if isinstance(one, Cues)]:
        cues.indexed = True
        for cue in cues.cues:
            automata[0 if cue.by_sound else 1].add_word(cue.parts[0], cue.parts[0])
    for automaton in automata:
        automaton.make_automaton()
    return automata


@dataclass(frozen=True, slots=True)
class _Cue:
    phrase: str
    parts: tuple[str, ...]
    by_sound: bool

    @classmethod
    def read(cls, written: str) -> _Cue:
        phrase = written.removeprefix("~")
        parts = [_units(part) for part in phrase.split("…")]
        syllables = sum(len(sounds.split()) for sounds, _ in parts)
        by_sound = phrase != written or syllables >= _BY_SOUND_SYLLABLES
        return cls(phrase, tuple(part[0] if by_sound else part[1] for part in parts), by_sound)

    def place(self, heard: Heard, *, last: bool = False) -> tuple[int, int] | None:
        """The syllables from and to which its first (or last) place reaches."""
        text = heard.sounds if self.by_sound else heard.characters
        first, *others = self.parts
        at = text.rfind(first) if last else text.find(first)
        while at >= 0:
            end = at + len(first) - 1
            for part in others:
                following = text.find(part, end)
                if following < 0 or text.count(" ", end, following) > _GAP_SYLLABLES:
                    break
                end = following + len(part) - 1
            else:
                return text.count(" ", 0, at), text.count(" ", 0, end)
            at = text.rfind(first, 0, at + len(first) - 1) if last else text.find(first, at + 1)
        return None


class Cues:
    """A set of cues, read when first asked."""

    def __init__(self, phrases: str) -> None:
        """``phrases``: cues with blanks between them."""
        self.phrases = tuple(phrases.split())
        self.indexed = False

    @cached_property
    def cues(self) -> tuple[_Cue, ...]:
        return tuple(map(_Cue.read, self.phrases))

    @cached_property
    def _firsts(self) -> frozenset[str]:
        return frozenset(cue.parts[0] for cue in self.cues)

    def _likely(self, heard: Heard) -> Iterable[_Cue]:
        if not self.indexed:
            return self.cues
        if heard.begun.isdisjoint(self._firsts):
            return ()
        return [cue for cue in self.cues if cue.parts[0] in heard.begun]

    def any(self, heard: Heard) -> bool:
        return any(cue.place(heard) for cue in self._likely(heard))

    def found(self, heard: Heard) -> tuple[str, ...]:
        """The cues that are in it, each once, as they were written."""
        return tuple(cue.phrase for cue in self._likely(heard) if cue.place(heard))

    def count(self, heard: Heard) -> int:
        return len(self.found(heard))

    def last_places(self, heard: Heard) -> tuple[tuple[int, int], ...]:
        """Where each of them is said last: from this syllable to that (not included)."""
        likely = self._likely(heard)
        return tuple(place for cue in likely if (place := cue.place(heard, last=True)))

    def last_end(self, heard: Heard) -> int:
        """The syllable at which the last of them ends; -1 where there is none."""
        return max((end for _, end in self.last_places(heard)), default=-1)


# ---------------------------------------------------------------- back-channels

_NODS = "嗯恩唔哦噢喔啊呃诶哎欸对好的得行是呀吧了哈呵嘛呢那可以知道明白没错没事"


@cache
def _back_channel() -> frozenset[str]:
    return frozenset(map(_syllable, _NODS)) | {"ok", "o", "k", "n", "ng", "m", "hm", "e"}


def is_back_channel(text: str) -> bool:
    """Only 嗯, 对, 好的, 是的, 哦 and their like, at most six syllables; "" is none."""
    syllables = hear(text).sounds.split()
    return 0 < len(syllables) <= 6 and all(syllable in _back_channel() for syllable in syllables)


# ---------------------------------------------------------------- recorded voices

MENU = Cues(
    """
    ~请按 请直接按 按1 按2 按3 按0 ~按键 按井号 井号键 按星号 星号键 返回上级 返回主菜单
    返回上一层 重听 请输入 请选择 自助服务 请说出您 请直接说 请简单描述 请用一句话 嘟声后
    听到提示音 普通话服务
    """
)
"""A machine asks for keys or words."""

AD = Cues(
    """
    ~火热 ~热销 热卖 热售 ~发售 隆重推出 重磅推出 全新推出 新推出 现已推出 特别推出 尊享 专享 畅享
    尽享 立减 满减 有礼 好礼 豪礼 大礼 抽奖 优惠活动 限时 限量 低至 高达 最高可享 最高可得
    预期年化 年化收益 业绩比较基准 关注…公众号 微信公众号 关注…微信 下载…手机银行 下载…客户端
    扫描二维码 扫码 先到先得 售完即止 欢迎选购 欢迎购买 欢迎办理 欢迎申请 欢迎咨询 详情请 敬请
    免年费 首刷 开卡 赢取 轻松拥有 轻松贷款 随借随还 省心省力 机会难得 不容错过 活动期间 优惠利率
    积分兑换 欢迎前往 欢迎到 贵宾 分期手续费 等您来 等你来 惊喜
    """
)
"""Words of advertising. An agent who sells says them too: they count only where nobody talked."""

NOTICE = Cues(
    """
    通话将被录音 电话将被录音 通话可能会被录音 通话将会被录音 通话会被录音 将进行录音 将被录音
    全程录音 进行录音 为保证服务质量 为了保证服务质量 为提高服务质量 为提升服务质量
    为了提高服务质量 为了提升服务质量 为保障您的 为了保障您的 温馨提示 谨防 防范电信诈骗 电信诈骗
    不会以任何 请勿泄露 请勿向…透露 系统升级 系统维护 业务调整 您拨打的 暂时无法接通 正在通话中
    已关机 已停机 暂时无人接听 是空号 号码不存在 请稍后再拨 服务时间为 非工作时间 春节期间
    国庆期间 节假日 特此公告 敬请谅解
    """
)
"""The bank or the telephone company announces something."""

SURVEY = Cues(
    """
    满意请按 满意度评价 满意度调查 请对本次服务 请您对本次服务 对本次通话 请对我们的服务
    请为本次服务 请对客服代表的服务 请对刚才 请对…服务…评价 请对…服务…打分 不满意 感谢您的评价
    感谢您的参与 评价成功 参与评价
    """
)
"""The survey after the agent has left."""

QUEUE = Cues(
    """
    坐席忙 坐席繁忙 坐席正忙 坐席均忙 坐席全忙 坐席都在 坐席正在通话 坐席正在为其他 坐席全部
    客服忙 客服正忙 客服繁忙 客服代表忙 客服代表正忙 客服代表繁忙 客服代表都在 客服代表正在为其他
    客服人员正忙 人工座席…忙 人工服务繁忙 人工忙 线路繁忙 线路忙 话务繁忙 话务忙 话务员忙 来电较多
    正在为您转接 正在为您接通 正在转接 正在接通 为您转接人工 转接人工服务 为您接通人工
    正在为您分配 正在为您连接 正在排队 排队等待 排队等候 您前面还有 前面还有…位 当前排队 预计等待
    预计等候 等待人数 继续等待 请勿挂机 请不要挂机 请勿挂断 请勿离开 电话对我们非常重要
    来电对我们非常重要 来电对我们很重要 即将为您接通 电话即将接通 电话正在接通 依次为您
    尽快为您接听 请耐心等候 请耐心等待
    """
)
"""A machine asks to wait for an agent."""

WELCOME = Cues(
    """
    欢迎致电 欢迎拨打 欢迎使用 欢迎您致电 欢迎您拨打 感谢您致电 感谢致电 感谢您拨打 欢迎来电
    客户服务中心 客户服务热线 客服热线 客服中心
    """
)
"""Said by menus and by agents alike."""

STAFF_ANNOUNCEMENT = Cues(
    """
    工号…为您服务 号客服代表为您服务 号坐席为您服务 号客户代表为您服务 号为您服务 号话务员为您服务
    客服代表…为您服务
    """
)
"""Which agent is coming: by a machine before he speaks, or by himself."""

HELLO = Cues("你好 早上好 上午好 中午好 下午好 晚上好")
GREETING = Cues(" ".join((*HELLO.phrases, "为您服务", "有什么可以")))

AGENT_GREETING = Cues(
    "为您服务 有什么可以 有什么能 有什么需要 需要什么帮助 办理什么业务 帮到您 您好请讲 您好请说"
)
"""The part of a greeting that no customer says."""

LIVE = Cues(
    """
    有什么可以帮 有什么需要帮 有什么能帮 有什么可以为您 有什么能为您 可以帮到您 能帮到您
    需要什么帮助 需要什么服务 请问有什么 请问您 请问怎么称呼 请问是 请讲 您请说 您说 您贵姓
    怎么称呼 先生 女士 小姐 我帮您 我为您 我给您 我来帮 我看一下 查一下 我姓 我叫 喂 听得到吗
    能听到吗 听到吗 是您本人 您本人吗 让您久等 不好意思 对不起 好的 我是 我这边 是这样的 您看
    """
)
"""What a person says to a person."""

BACK_AGAIN = Cues(
    """
    再稍等 再等 ~久等 还在查 还在核 还需要 还要 麻烦您 ~不好意思 ~抱歉 先生 女士 帮您 查到 好了
    稍等一下 稍等片刻
    """
)
"""What an agent says who comes back to a customer on hold."""

VOICE_MENU_ANSWER = Cues("~人工 转人工 人工服务 客服 查余额 查账单")
"""What a customer says to a machine."""

# ---------------------------------------------------------------- who is who

AGENT_STRONG = Cues(
    """
    为您服务 ~工号 有什么可以帮 可以帮到您 还有其他 帮您查 为您查 给您查 帮您看 帮您核实 为您核实
    帮您办理 为您办理 帮您登记 为您登记 给您登记 帮您转 为您转 帮您处理 为您处理 帮您反馈 为您反馈
    帮您申请 给您发 感谢您的来电 感谢您致电 感谢您的耐心 耐心等待 让您久等 请您提供 麻烦您提供
    请提供 您提供一下 核实一下您 核对一下您 核实您 核对您的 请问您的 是您本人 您本人 您的身份证
    您的手机号 您的卡号 您预留 您名下 请问您贵姓 怎么称呼您 系统显示 我行 这边显示 您这边 请您稍等
    请稍等 稍等片刻 给您带来 您的心情 您反映的 为您解答 向您解释 跟您核实 跟您确认 请您对我的服务
    请您放心 请您留意 请您注意 我们会尽快 我是…银行 这里是…银行 客户经理
    """
)
CUSTOMER_STRONG = Cues(
    """
    帮我查 帮我看 帮我办 帮我弄 帮我转 帮我处理 帮我挂失 帮我取消 帮我一下 帮我改 帮我问 给我查
    给我办 给我退 给我打电话 给我解决 给我一个 我的卡 我的信用卡 我的银行卡 我的账户 我的账号
    我的钱 我的密码 我的手机 我卡里 我那张 我这张 我这个卡 我有一张 我有张 我想问 我想查 我想办
    我想咨询 我想了解 我想投诉 我想请问 我想知道 我想挂失 我想改 我想取消 我想申请 我要投诉 我要办
    我要查 我要挂失 我要咨询 我要取消 我要退 你们银行 你们的 你们怎么 你们这 你们为什么 你们客服
    我收到 我怎么 我身份证 转人工 凭什么 我没有办 我没收到 我刚才 我昨天 我今天 我上个月 我老公
    我老婆 我妈 我爸 我儿子 我女儿 我忘了 我忘记 我找一下 我不需要 我没时间 我在开车 我在上班
    """
)
AGENT_WEAK = Cues(
    """
    ~请问 ~您的 请您 ~稍等 建议您 您可以 ~为您 ~帮您 ~给您 麻烦您 感谢您 非常抱歉 理解您 您看
    您还有 是这样的
    """
)
CUSTOMER_WEAK = Cues(
    "~帮我 给我 我想 我要 ~我的 ~你们 为什么 ~怎么 多少钱 什么时候 行不行 可不可以 能不能 我就 我都"
)

# ---------------------------------------------------------------- who owes the next word

WAIT = Cues(
    """
    ~稍等 请您稍候 请稍候 稍候片刻 稍候一下 等一下 等一会 等会儿 等一等 等我 您等 再等等 等片刻
    等几分钟 等一分钟 等两分钟 等几秒 耐心等 别挂 不要挂 请勿挂 保持在线 保持通话 保持电话 在线等
    给我一分钟 给我几分钟 给我一点时间 需要一点时间 需要点时间 不要离开 系统有点慢 系统比较慢
    电脑有点慢 网络有点慢 马上就好 很快就好
    """
)
"""An agent asks to wait."""

LOOK_UP = Cues(
    """
    ~查询 查一下 查查 查看 查找 查核 ~看看 看一下 看下 ~核实 ~核对 ~核查 确认一下 ~确认下 问一下
    问问 ~请示 咨询一下 ~询问 联系一下 了解一下 ~调取 调一下 调出 算一下 计算一下 找一下 找找 查下
    查一查 看一看 检查 ~翻查 ~查证 在查 算算
    """
)
"""Somebody is to look something up; the agent, unless he says 您查一下 (``looks_up``)."""

WORK = Cues(
    """
    ~登记 ~办理 ~操作 ~处理 ~记录 记一下 ~录入 ~填写 ~提交 ~修改 改一下 ~备注 ~受理 ~申请 ~开通
    ~取消 ~关闭 ~挂失 ~冻结 ~下单 建单 ~派单 ~反馈
    """
)
"""Somebody is to do something at a screen."""

_FOR_YOU = "帮为给替跟和向与同对"


@cache
def _for_you() -> frozenset[str]:
    return frozenset(map(_syllable, _FOR_YOU))


def agents_own(kind: Cues, heard: Heard) -> int:
    """The syllable at which the last thing of ``kind`` ends that the speaker does himself; -1.

    Of the pronouns in the eight syllables before it the last one says who does it: 我, or 您 after
    帮, 为, 给 (查一下 alone is one's own); not a 您 by itself.
    """
    syllables = heard.sounds.split()
    ends = [-1]
    for start, end in kind.last_places(heard):
        place = next(
            (i for i in range(start - 1, max(-1, start - 9), -1) if syllables[i] in ("wo", "ni")),
            None,
        )
        yours = place is not None and syllables[place] == "ni"
        if not yours or (place and syllables[place - 1] in _for_you()):
            ends.append(end)
    return max(ends)


LOOKED_UP = Cues(
    """
    查到 查询到 看到 核实到 查了 查过 看了 核实了 核实过 已经 查好 办理好 处理好 登记好 操作好
    感谢…等 谢谢…等 ~久等
    """
)
"""... or that he has: no reason to wait any more."""

LATER = Cues(
    """
    等一下会 等会儿会 等一会会 等下会 稍等会 ~短信 工作日 个小时 小时内 分钟内 分钟之内 天之内
    天内 ~回电 给您回复 给您答复 联系您 再打来 再来电
    """
)
"""The customer is to wait for a message or for days: not a wait on the line."""

DAYS = Cues("工作日 小时 天内 几天 个月 之内")

GOODBYE = Cues("~再见 感谢您的来电 感谢您来电 感谢致电 祝您 拜拜")

QUESTION = Cues(
    """
    ~吗 呢 ~请问 多少 ~什么 哪 是不是 有没有 对不对 能不能 可不可以 要不要 需不需要 几号 几位 几点
    怎么称呼 ~贵姓 是否 还是 对吧 是吧 行吧
    """
)
INSTRUCTION = Cues(
    """
    ~提供 报一下 说一下 念一下 告诉我 发给我 打开 点击 点一下 点开 输入 找一下 看一下您 您看一下
    您看看 您查一下 您可以看 登录 下载 拿出 拿一下 准备一下 翻到 背面 正面 核对一下 您操作 您试
    您记一下 记录一下 请讲 请说 您说 您讲 ~请按 重新 扫
    """
)
"""An agent asks the customer to do, find or read out something."""

SEARCHING = Cues(
    """
    我找 我看看 我看一下 我看下 我查一下 我查查 我翻 我拿 我去拿 我去找 找一下 找找 等一下 等会儿
    等一会 等我 ~稍等 等等 您等 我打开 我登录 我想想 想一下 我想一下 我试 我输 我弄 我记一下
    我拿笔 拿个笔 拿支笔 我问一下 我问问 在哪 放哪 看不清 还没找到 正在找 我点
    """
)
"""A customer says that he is looking for something."""

LEAVE = Cues("好吗 可以吗 行吗 好吧 好不好 可以吧 行吧 方便吗")
"""Asks for leave: 请您稍等好吗 is a request, not a question."""

MINE = Cues("我的服务 对我的 对我本次 为我的 给我的 稍后请您 请您稍后 ~再见")
"""An agent announces the survey, or says goodbye."""

NEXT_AGENT = Cues(
    """
    工号…为您服务 有什么可以帮 有什么能帮 有什么可以为您 很高兴为您 专席 专员 可以帮到您
    需要什么帮助
    """
)
"""Another agent comes in."""

TRANSFER = Cues(
    """
    为您转接 帮您转接 给您转接 为您转到 帮您转到 给您转到 为您转给 帮您转给 给您转给 为您转至
    帮您转至 帮您转人工 为您转人工 帮您转一下 给您转一下 帮您转 为您转 给您转 转接到 转接给 转接至
    转接专 转接…专员 转到…专席 转交给 我把电话转
    """
)
"""An agent hands the call on."""
