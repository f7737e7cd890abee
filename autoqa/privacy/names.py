"""Names of people where the words around say that they are some: 我姓王, 户名是郑秀兰, 陈先生."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autoqa.privacy.spans import Kind
from autoqa.text import simplify
from autoqa.types import Utterance

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔"
    "向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌"
    "毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连"
    "芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖"
)
_DOUBLE = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|南宫|独孤|长孙"
_SURNAME = rf"(?:{_DOUBLE}|[{_SURNAMES}])"
_NOT_GIVEN = (
    "的是了吗呢啊吧我你您他她它这那就要想有在来去不没也都还跟和与请对电手身卡住今先女小太本为客办帮什么"
    "哪怎可能说话名账户号银行查,，。.？?！!、；;：: 0123456789一二三四五六七八九十"
)
_GIVEN = rf"[^\W{_NOT_GIVEN}A-Za-z_]"
_CALLED = re.compile(
    rf"(?:我叫|叫做|名字叫|名字是|姓名是|户名是|户名叫|户名|姓名|全名是|本人叫|她叫|他叫|老公叫|老婆叫"
    rf"|妈妈叫|爸爸叫|儿子叫|女儿叫|收款人是|收款人|持卡人是|开户人是|名叫)[:：,，\s]*"
    rf"(?P<name>{_SURNAME}{_GIVEN}{{1,2}})"
)
_SURNAMED = re.compile(
    rf"(?:免[贵跪柜桂][姓性信幸兴]|我也?是?姓|本人姓|(?<![贵么名同])姓)(?P<name>{_DOUBLE}|(?!什|啥|名|氏|哪|谁)[^\W\d_])"
)
_TITLE = re.compile(
    r"先生|女[士是事]|小姐|太太|阿姨|大爷|大妈|叔叔|奶奶|爷爷|师傅|老师|总(?=[您你好,，。])|本人"
)
_BEFORE_TITLE = re.compile(
    r"(?:.*[\s,，。.？?！!、；;：:]|.*(?:谢谢|感谢|您好|你好|请问|好的|尊敬的|的是|是不是|那位|这位|联系|麻烦|"
    r"抱歉|不是|是叫|查到|找到|帮|给|和|跟|为|请|喂|问|您是|你是|是|那|好|对|叫|找|了|就是|哎|嗯|我|您|你|的|啊|呃|呀|吧|一位|位|让|哦))"
    r"?(?P<name>.*)",
    re.DOTALL,
)
_NAME = re.compile(rf"{_SURNAME}{_GIVEN}{{0,2}}")
_ASKED = re.compile(
    r"贵姓|怎么称呼|如何称呼|(?:姓名|名字|户名|全名|您叫什么)(?!.*(?:一致|相符|不对|写))|什么名字|哪位$"
)
_ANSWER = re.compile(
    rf"(?:嗯|呃|哦|啊|免贵|我|是|叫|姓|[,，\s])*(?P<name>{_SURNAME}{_GIVEN}{{0,2}})"
    r"(?:[,，。.\s吧啊呀]|先生|女士|$)"
)
_SPELLED = re.compile(
    r"弓长张|木子李|立早章|双木林|耳东陈|口天吴|古月胡|言午许|草头黄|双口吕|走肖赵|三点水[的]?\S|"
    r"言身寸谢|子小孙|禾日香|干勾于|关耳郑"
)
_LIKE = re.compile(r"(?P<word>[\u4e00-\u9fff]{2,4})的(?P<name>[\u4e00-\u9fff])")
Found = tuple[int, int, int, Kind]


def find_names(utterances: Sequence[Utterance]) -> list[Found]:
    """Names by the words around them, and wherever else in the call they are said again."""
    texts = [simplify(one.text) for one in utterances]
    places = [
        (at, start, end) for at, text in enumerate(texts) for start, end in _said(text, at, texts)
    ]
    names = {texts[at][start:end] for at, start, end in places}
    for at, text in enumerate(texts):
        places += ((at, start, end) for start, end in _again(text, names))
    return [(at, start, end, Kind.NAME) for at, start, end in sorted(set(places))]


def _said(text: str, at: int, texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    for pattern in (_CALLED, _SURNAMED):
        for match in pattern.finditer(text):
            yield match.span("name")
    for title in _TITLE.finditer(text):
        yield from _titled(text, title.start())
    if any(_ASKED.search(one) for one in texts[max(0, at - 2) : at]) and len(text) <= 14:
        match = _ANSWER.match(text)
        if match:
            yield match.span("name")


def _titled(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The name right before a title: what is left of four characters without the words before."""
    start = max(0, end - 4)
    before = _BEFORE_TITLE.fullmatch(text[start:end])
    place = start + (before.start("name") if before else 0)
    if _NAME.fullmatch(text, place, end):
        yield place, end


def _again(text: str, names: set[str]) -> Iterator[tuple[int, int]]:
    """Names that were said before, and how they are written: 弓长张, 伟大的伟."""
    for name in names:
        if len(name) >= 2:
            for match in re.finditer(re.escape(name), text):
                yield match.span()
    chars = set().union(*names) if names else set()
    for match in _LIKE.finditer(text):
        if match["name"] in chars and match["name"] in match["word"]:
            yield match.span()
    if names:
        for match in _SPELLED.finditer(text):
            yield match.span()
