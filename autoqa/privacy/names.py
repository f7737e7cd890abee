"""Names of people where the words around say that they are some: 我姓王, 户名是郑秀兰, 陈先生.

The words around are compared by sound; the name itself may be written with any characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from autoqa.privacy.sounds import BySound, sounds
from autoqa.privacy.spans import Kind
from autoqa.text import simplify
from autoqa.types import Role, Utterance

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔"
    "向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌"
    "毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连"
    "芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖"
)
"""The commonest surnames; those of two characters begin with one of these or are heard as such."""
_NOT_IN_NAMES = frozenset(
    "的是了吗呢啊吧我你您他她它这那就要想有在来去不没也都还跟与请对手身卡住今客办帮什么哪怎可能话账户号查"
    "好一二三四五六七八九十百千两个元块银行"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_CALLED = BySound(
    "(?:(?P<said>(?:我|[本她他女儿妈爸哥姐弟妹婆公]人?|爱人|名字?)叫做?"
    "|(?:名字|[姓户]名|全名|(?:收款|持卡|开户|联系|付款)人)[是叫])"
    r"|[姓户]名|全名|(?:收款|持卡|开户)人)[:：,，\s]*"
)
_SURNAMED = re.compile(
    "免.[姓性幸兴信]|我[也是]*[姓性幸兴]|本人[姓性]|(?<![贵么名同百老])姓(?![氏啥什哪谁名明命铭])"
)
_TITLE = BySound("先生|女士|小姐|太太|阿姨|大爷|大妈|奶奶|爷爷|本人")
_SURE_TITLE = BySound("先生|女士|小姐")
_SURE_TITLES = ("先生", "女士", "小姐")
_LEAD = BySound(
    r"谢谢|等待|等候|久等|感谢|您好|你好|请问|好的|尊敬的|[是喂问帮给和跟为请叫找了哎嗯我您你的啊呃呀吧位让哦对好那就个名]"
    r"|联系|麻烦|抱歉|不是|查到|找到|一位|这边"
)
_BOUNDARY = re.compile(r"[\s,，。.？?！!、；;：:“”]")
_ASKED = BySound("贵姓|[怎如]么?何?称呼|(?:姓名|名字|户名|全名|[您你]叫什么)|什么名字")
_ANSWER_LEAD = BySound(r"(?:[嗯呃哦啊我是叫姓,，。\s]|免贵|记得)*")
_SPELLED = re.compile(
    r"弓长张|木子李|立早章|双木林|耳东陈|口天吴|古月胡|言午许|草头黄|双口吕|走肖赵|三点水的?\S|言身寸谢"
    r"|子小孙|禾日香|干勾于|关耳郑"
)
_LIKE = re.compile(r"(?P<word>[\u4e00-\u9fff]{2,4})的(?P<name>[\u4e00-\u9fff])")
_LONGEST = 3
_MOST = 200
"""More names are told in no call."""
Found = tuple[int, int, int, Kind]


def find_names(utterances: Sequence[Utterance]) -> list[Found]:
    """Names by the words around them, and wherever else in the call they are said again."""
    texts = [simplify(one.text) for one in utterances]
    heard = [sounds(text) for text in texts]
    places = [
        (at, *place)
        for at in range(len(texts))
        for place in _said(texts[at], heard[at], _is_asked(at, utterances, heard))
    ]
    names = set(islice((texts[at][start:end] for at, start, end in places), _MOST))
    for at, text in enumerate(texts):
        places += ((at, start, end) for start, end in _again(text, heard[at], names))
    return [(at, start, end, Kind.NAME) for at, start, end in sorted(set(places))]


def _is_asked(at: int, utterances: Sequence[Utterance], heard: Sequence[str]) -> bool:
    """Whether the other party has just asked for a name."""
    for before in range(at - 1, max(-1, at - 4), -1):
        if utterances[before].role != utterances[at].role or utterances[at].role == Role.UNKNOWN:
            return _ASKED.search(heard[before]) is not None
    return False


def _said(text: str, spoken: str, asked: bool) -> Iterator[tuple[int, int]]:
    for lead in _CALLED.finditer(spoken):
        end = _name_end(text, lead.end())
        is_ended = end == len(text) or _BOUNDARY.match(text[end]) is not None
        if end > lead.end() and (is_ended or (lead["said"] and end - lead.end() >= 2)):
            yield lead.end(), end
    for lead in _SURNAMED.finditer(text):
        start = lead.end()
        if text[start : start + 1] not in _NOT_IN_NAMES and _is_surname(text, start):
            yield start, start + 1
    for title in _TITLE.finditer(spoken):
        yield from _titled(text, spoken, title.start())
    if asked and len(text) <= 14:
        lead_end = _ANSWER_LEAD.match(spoken).end()  # type: ignore[union-attr]
        end = _name_end(text, lead_end)
        if end == len(text) or (end > lead_end and _BOUNDARY.match(text[end])):
            yield lead_end, end


def _is_surname(text: str, at: int) -> bool:
    return sounds(text[at : at + 1]) in _surname_sounds()


@cache
def _surname_sounds() -> frozenset[str]:
    return frozenset(map(sounds, _SURNAMES))


def _name_end(text: str, start: int) -> int:
    """The end of the name that begins at ``start``; ``start`` where none does."""
    if not _is_surname(text, start) or text[start] in _NOT_IN_NAMES:
        return start
    end = start + 1
    while (
        end < min(len(text), start + _LONGEST)
        and _HAN.match(text[end])
        and text[end] not in _NOT_IN_NAMES
        and not _SURE_TITLE.match(sounds(text[end : end + 2]))
    ):
        end += 1
    return end


def _titled(text: str, spoken: str, end: int) -> Iterator[tuple[int, int]]:
    """The name right before a title: what is left of three characters without the words before."""
    start = max(0, end - 4)
    for match in _BOUNDARY.finditer(text, start, end):
        start = match.end()
    is_bounded = start > 0 and end - start <= _LONGEST
    while start < end and (lead := _LEAD.match(spoken, start, end)) is not None:
        if text[start] in _SURNAMES and end - start <= _LONGEST and lead.end() == start + 1:
            break
        start, is_bounded = lead.end(), True
    name = text[start:end]
    if not name:
        return
    if not 1 <= len(name) <= _LONGEST or any(char in _NOT_IN_NAMES for char in name):
        if text[end - 1] in _SURNAMES and text[end - 1] not in _NOT_IN_NAMES:
            yield end - 1, end
        return
    is_sure = text.startswith(_SURE_TITLES, end) and (is_bounded or start == 0)
    if name[0] in _SURNAMES or (is_sure and _is_surname(text, start)):
        yield start, end


def _again(text: str, spoken: str, names: set[str]) -> Iterator[tuple[int, int]]:
    """Names that were said before, and how they are written: 弓长张, 伟大的伟."""
    for name in names:
        if len(name) >= 2:
            same = re.escape(sounds(name)) if len(name) > 2 else None
            for match in re.finditer(same, spoken) if same else re.finditer(re.escape(name), text):
                yield match.span()
    if not names:
        return
    chars = set().union(*names)
    for match in _LIKE.finditer(text):
        if match["name"] in chars and match["name"] in match["word"]:
            yield match.span()
    for match in _SPELLED.finditer(text):
        yield match.span()
