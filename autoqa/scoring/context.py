"""What stands around a phrase: is it denied, asked, or somebody else's word?

不是保证收益, 不保证收益吗, 您说保证收益 hold the words 保证收益 and do not promise anything. The
flags err on the side that costs nobody anything. ``negated`` and ``quoted`` are narrow, for they
take a said phrase from an agent (没有及时处理，非常抱歉 is said and meant); ``doubted`` is wide,
for a prohibition that is not in doubt costs points.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_REACH = 14
"""Characters of the same clause that are looked at on either side."""

_CLAUSE_END = re.compile(r"[，,。！!？?；;：:\n\r]")
_SENTENCE_END = re.compile(r"[。！!？?；;\n\r]")

_NOT_NEGATIVE = re.compile(
    r"不好意思|对不起|不错|不过|不但|不仅|不光|不只|不单|不管|不论|不客气|不瞒[您你]说|不用担心|不用怕"
    r"|是不是|能不能|会不会|可不可以|有没有|对不对|行不行|好不好"
    r"|爱(.)不\1|没用(?![过到上的])"
    r"|不便|不周|不到位|不愉快|要不|差不多|没问题|没事|没关系|没错|无论|非常|特别|个别|别的|分别|级别|识别|区别|只不过"
)
_NEGATION_BEFORE = re.compile(
    r"[不没无未非别勿莫否]|禁止|严禁|谨防|警惕|避免|拒绝|杜绝|防范|防止|小心|难以|难说|哪有|哪能|怎么(?:能|会|可能|敢)"
)
_SOUNDS_LIKE_NOT = re.compile("[布步部怖簿补](?=$|[能会是要可敢保承存允许得该])")
"""A recogniser's ways to write 不, before the phrase or before what mostly follows 不."""
_DENIED = re.compile(
    r"(?:不(?!好意思)|没有?人?|没法|无法|难以|不足以|别|甭|无|未|非|莫|勿|哪有|凭什么(?=[要让给跟]))"
    r"(?:用|需要?|必要?|要|想|是|能|会|该|敢|可能?|可以|打算|准备|允许|再|有|去|来|让|说|讲|给|跟|向|对|为|[我您你他]们?"
    r"|一定|一?声|一?个|任何|什么|好)*$"
)
_REPORTED = re.compile(
    r"(?:(?<![跟和向给对])[您你他她]们?|客户|先生|女士|经理|柜员|同事|谁)(?:刚才|刚刚|之前|上次|昨天)?"
    r"(?:是不是|是|想|跟[您你]|对[您你])?(?:说|讲|要求|的意思是|问|希望)(?![的得明过])[^，,。！!？?；;]{0,7}$"
    r"|(?:短信|微信|信息|消息|邮件|页面|网页|网站|屏幕|卡片|贺卡|纸|单子|公告|通知|上面|里面|里头|最后)"
    r"[^，,。！!？?；;]{0,4}(?:写|印|显示|提示)(?:的|着|了|的?是)*[^，,。！!？?；;]{0,3}$"
    r"|(?:机器人|语音|录音|提示音|系统|[他她]们?|骗子|对方|网点|柜台|大堂|工作人员|的人)"
    r"[^，,。！!？?；;]{0,4}(?:说|讲|播报?|念|问[您你]?|提示|报了?[个一]?)[^，,。！!？?；;]{0,7}$"
    r"|(?:听到|听见|提示|写着|写的是|显示)(?!您的声音|您说|我)[^，,。！!？?；;]{0,3}$"
    r"|所谓的?$|[“‘「『\"]$"
)
_NEGATION_AFTER = re.compile(
    r"^[^，,。！!？?；;]{0,6}?(?:[是就]?(?:不可能|不允许|不可以|不能|不行|不存在|不对|不敢|不会|不是|不现实|不成立)"
    r"|没有(?:的|办法|这)|做不到|谈不上|谈不到|违规|违法|骗|假的|不可信|不要信|别信)"
)
_QUESTION_BEFORE = re.compile(
    r"是不是|有没有|能不能|会不会|可不可以|是否|可否|能否|有无|难道|为什么|为何|请问.{0,4}$"
)
_QUESTION_AFTER = re.compile(
    r"^[^，,。！!？?；;]{0,8}?(?:吗|嘛|(?<![什怎那这多要])么|呢|是不是|对不对|对吗|是吗|可以吗|[?？])"
    r"|^[^。！!；;]{0,6}?[，,](?:是吗|是吧|对吗|对吧|是不是)"
)
_ASKS_BY_ITSELF = re.compile("吗|嘛|什么|怎么|怎样|干嘛|谁|哪|烦不烦|没有搞错")
"""A phrase that is put as a question, such as 你听不懂吗, is said when it is asked."""
_SPEAKER = (
    r"(?:[您你他她]们?|人家|别人|有人|客户|先生|女士|朋友|家人|老师|谁|网上|对方|骗子|外面|广告|新闻|之前|"
    r"上次|经理|柜员|同事)"
)
_SAYS = r"(?:说|讲|提到|提的|问(?!题)|认为|以为|觉得|听|担心|理解|承诺|宣传|答应|告诉)"
_QUOTED_BEFORE = re.compile(
    r"(?<![跟和向给对])" + _SPEAKER + r"[^，,。！!？?]{0,6}?" + _SAYS + r"|所谓|听说|号称|自称|声称"
    r"|据说|谣传|什么叫|如果|假如|假设|要是|万一|凡是|任何.{0,4}(?:说|承诺)|[“‘「『\"]$"
    r"|(?:[不没未别勿莫]|禁止|严禁|杜绝)[^。！!？?；;]{0,8}(?:说|讲|承诺|宣传|答应|告诉|表示|(?<![不没])用)[^，,。！!？?]{0,3}[，,：:]?$"
)
_QUOTED_AFTER = re.compile(
    r"^[^，,。！!？?；;]{0,3}?(?:这样|这种|这类|那样|那种|之类|此类|诸如此类|等)的?(?:话|说法|承诺|字眼|词|用语|宣传|表述)"
    r"|^的?(?:这句话|那句话|这些话|这话|这几个字|这个说法|这种话|说法|字眼)"
)


@dataclass(frozen=True, slots=True)
class Context:
    """``negated``: denied. ``question``: asked. ``quoted``: somebody else's word.

    ``doubted``: a denial, a warning, a condition or a report stands anywhere in the clause.
    """

    negated: bool = False
    question: bool = False
    quoted: bool = False
    doubted: bool = False


def context_of(text: str, start: int, end: int) -> Context:
    """The flags for ``text[start:end]``, from the clause around it (the sentence, for quotes).

    ``text``: simplified characters.

    >>> context_of("我们不保证收益", 3, 7)
    Context(negated=True, question=False, quoted=False, doubted=True)
    """
    head = text[:start]
    clause = _last(_CLAUSE_END, head)
    stated = _NOT_NEGATIVE.sub("", clause)[-_REACH:]
    heard = _SOUNDS_LIKE_NOT.sub("不", stated)
    sentence = _last(_SENTENCE_END, head)[-2 * _REACH :]
    tail = text[end : end + _REACH]
    denied_after = bool(_NEGATION_AFTER.match(_NOT_NEGATIVE.sub("", tail)))
    asked = _QUESTION_BEFORE.search(clause[-_REACH:]) or _QUESTION_AFTER.match(tail)
    reproach = _ASKS_BY_ITSELF.search(text, start, end)
    denied = bool(_DENIED.search(stated))
    return Context(
        negated=denied or denied_after,
        question=bool(asked) and not reproach,
        quoted=bool(_REPORTED.search(clause)),
        doubted=denied
        or denied_after
        or bool(_NEGATION_BEFORE.search(heard) or _QUOTED_BEFORE.search(sentence))
        or bool(_QUOTED_AFTER.match(tail)),
    )


def _last(border: re.Pattern[str], text: str) -> str:
    return border.split(text)[-1]
