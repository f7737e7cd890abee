"""What stands around a phrase: is it denied, asked, or somebody else's word?

不是保证收益, 不保证收益吗, 您说保证收益 hold the words 保证收益 and do not promise anything. The
flags err towards doubt: what is flagged goes to a person, what is not may cost points.
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
    r"|要不|差不多|没问题|没事|没关系|没错|无论|非常|特别|个别|别的|分别|级别|识别|区别|只不过"
)
_NEGATION_BEFORE = re.compile(
    r"[不没无未非别勿莫否]|禁止|严禁|谨防|警惕|避免|拒绝|杜绝|防范|防止|小心|难以|难说|哪有|哪能|怎么(?:能|会|可能|敢)"
)
_NEGATION_AFTER = re.compile(
    r"^[^，,。！!？?；;]{0,6}?(?:[是就]?(?:不可能|不允许|不可以|不能|不行|不存在|不对|不敢|不会|不是|不现实|不成立)"
    r"|没有(?:的|办法|这)|做不到|谈不上|谈不到|违规|违法|骗|假的|不可信|不要信|别信)"
)
_QUESTION_BEFORE = re.compile(
    r"是不是|有没有|能不能|会不会|可不可以|是否|可否|能否|有无|难道|为什么|为何|请问.{0,4}$"
)
_QUESTION_AFTER = re.compile(
    r"^[^，,。！!？?；;]{0,8}?(?:[吗么嘛]|呢|是不是|对不对|对吗|是吗|可以吗|[?？])"
    r"|^[^。！!；;]{0,6}?[，,](?:是吗|是吧|对吗|对吧|是不是)"
)
_SPEAKER = (
    r"(?:[您你他她]们?|人家|别人|有人|客户|先生|女士|朋友|家人|老师|谁|网上|对方|骗子|外面|广告|新闻|之前|"
    r"上次|经理|柜员|同事)"
)
_SAYS = r"(?:说|讲|提到|提的|问|认为|以为|觉得|听|担心|理解|承诺|宣传|答应|告诉)"
_QUOTED_BEFORE = re.compile(
    r"(?<![跟和向给对])" + _SPEAKER + r"[^，,。！!？?]{0,6}?" + _SAYS + r"|所谓|听说|号称|自称|声称"
    r"|据说|谣传|什么叫|如果|假如|假设|要是|万一|凡是|任何.{0,4}(?:说|承诺)|[“‘「『\"]$"
)


@dataclass(frozen=True, slots=True)
class Context:
    """``negated``: denied or warned of; ``question``: asked; ``quoted``: reported or supposed."""

    negated: bool = False
    question: bool = False
    quoted: bool = False


def context_of(text: str, start: int, end: int) -> Context:
    """The flags for ``text[start:end]``, from the clause around it (the sentence, for quotes).

    >>> context_of("我们不保证收益", 3, 7)
    Context(negated=True, question=False, quoted=False)
    """
    head = text[:start]
    clause = _last(_CLAUSE_END, head)
    stated = _NOT_NEGATIVE.sub("", clause)[-_REACH:]
    sentence = _last(_SENTENCE_END, head)[-2 * _REACH :]
    tail = text[end : end + _REACH]
    return Context(
        negated=bool(_NEGATION_BEFORE.search(stated) or _NEGATION_AFTER.match(tail)),
        question=bool(_QUESTION_BEFORE.search(clause[-_REACH:]) or _QUESTION_AFTER.match(tail)),
        quoted=bool(_QUOTED_BEFORE.search(sentence)),
    )


def _last(border: re.Pattern[str], text: str) -> str:
    return border.split(text)[-1]
