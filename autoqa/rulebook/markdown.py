"""Knowledge that is written in Markdown, as staff write it in any editor, as a rule file.

::

    # 短信提醒收费（sms-fee）            a heading: the topic, its id in brackets
    有效：2026-01-01 至 2026-12-31        or 2026-01-01 起, or 至 2026-12-31; else always

    短信提醒每月三元。                     what is no list is the answer

    ## 问法                              a list: ways to ask
    - 短信提醒一个月多少钱
    ## 问题里的词                          what a question must hold, in one of its ways each
    - 短信提醒|短信通知
    - 多少钱|收费
    ## 不是问                             (may be left out)
    - 流水短信
    ## 要点                               name：amount；words it is told with
    - 月费：3元；每月|一个月|短信
    - 优惠期：“前三个月免费”“头三个月不收费”；可不说      or phrases, any of which tells it
    ## 不能说                             phrases that are wrong in this answer
    - 短信[提醒]永久免费
    ## 示例：合格                          dialogues, each between ``` and ```

``imported`` writes ``knowledge/NAME.yaml`` for ``NAME.md``, all of it anew each time: the Markdown
is what is edited. Faults are told by its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from autoqa.errors import UsageError
from autoqa.files import write_whole
from autoqa.i18n import N_
from autoqa.rulebook.drafting import Texts, faults_of_texts, texts_of
from autoqa.rulebook.workbook import yaml_text
from autoqa.rulebook.workbook.exchange import path_at
from autoqa.scoring.faults import Fault, RuleError
from autoqa.scoring.source import Path as Place
from autoqa.scoring.source import decoded, parse
from autoqa.spreadsheets import plain
from autoqa.types import Message

FOLDER = "knowledge"
_MADE = "# 由 Markdown 知识库生成，请改原来的 .md 文件再导入。"

_LISTS = {
    "问法": "questions",
    "问题里的词": "words",
    "不是问": "not_about",
    "不能说": "must_not_say",
}
_FACTS = "要点"
_EXAMPLES = {
    "示例：合格": "pass",
    "示例：不合格": "fail",
    "示例：不适用": "not_applicable",
    "示例：待复核": "undetermined",
}
_SECTIONS = (*_LISTS, _FACTS, *_EXAMPLES)
_HEADING = re.compile(r"(?P<name>.+?)\s*[（(](?P<id>[^（()）]+)[)）]\s*")
_HOLDS = re.compile(r"有效\s*[：:]\s*(?P<days>.+)")
_DAYS = re.compile(
    r"(?P<first>\d{4}-\d{1,2}-\d{1,2})?\s*(?:起|(?:[至到]\s*(?P<last>\d{4}-\d{1,2}-\d{1,2})))?"
)
_FACT = re.compile(r"(?P<name>[^：:]+)[：:]\s*(?P<told>.+)")
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"")
_OPTIONAL = "可不说"

_NO_HEADING = N_("write the topic and its id first: “# 短信提醒收费（sms-fee）”")
_NO_ID = N_("the id is missing; write it in brackets behind the topic: “# {name}（sms-fee）”")
_NO_SECTION = N_("nobody knows the section “{title}”; here can stand {known}")
_NO_DAYS = N_("“{text}” is no time; write “2026-01-01 起” or “2026-01-01 至 2026-12-31”")
_NO_FACT = N_("write a fact as “月费：3元；每月|一个月”, or as “优惠期：“前三个月免费””")
_NO_LIST = N_("a list is expected here, one thing a line, each after “- ”")
_NO_BLOCK = N_("put each dialogue between two lines of ```")
_NO_TEXT = N_("{file} cannot be opened ({reason})")
_NO_ENTRY = N_("{file} has no topics; each begins with “# 短信提醒收费（sms-fee）”")
_HAND_MADE = N_("{file} is there and was not made from Markdown; give the Markdown another name")


@dataclass(slots=True)
class _Read:
    """``entries``: as a rule file has them. ``lines``: of the Markdown, by place in the file."""

    name: str
    entries: list[dict[str, Any]] = field(default_factory=list)
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, line: int, template: str, **params: str) -> None:
        self.faults.append(Fault(self.name, line, 1, Message(template, dict(params))))


def imported(file: Path, folder: Path) -> str:
    """Writes the rule file of ``file``; its path in the folder, which is made if it is not there.

    Raises ``RuleError`` with every fault, told by the lines of ``file``, ``UsageError`` where it
    cannot be read or would take the place of a file of other origin. Then nothing is written.
    """
    read = _read(file)
    if read.faults:
        raise RuleError(file.name, read.faults)
    if not read.entries:
        raise UsageError(_NO_ENTRY, file=file.name)
    name = f"{FOLDER}/{file.stem}.yaml"
    texts = texts_of(folder) if folder.is_dir() else {}
    if not texts.get(name, _MADE).startswith(_MADE):
        raise UsageError(_HAND_MADE, file=name)
    texts[name] = f"{_MADE}\n{yaml_text.block({'knowledge': read.entries})}\n"
    if faults := list(_faults(texts, name, read)):
        raise RuleError(file.name, faults)
    write_whole(folder / name, texts[name])
    return name


def _faults(texts: Texts, name: str, read: _Read) -> Iterator[Fault]:
    """What is wrong with the file ``name`` beside the others, by the lines of the Markdown."""
    tree = parse(name, texts[name].encode())
    for one in faults_of_texts(texts):
        if one.file != name or one.severity != "error":
            continue
        path = path_at(tree, one.line, one.column)
        near = (path[:length] for length in range(len(path), 0, -1))
        line = next((read.lines[place] for place in near if place in read.lines), 1)
        yield Fault(read.name, line, 1, one.message)


# ---------------------------------------------------------------- what is written


def _read(file: Path) -> _Read:
    try:
        text = decoded(file.read_bytes())[0]
    except OSError as error:
        raise UsageError(_NO_TEXT, file=file.name, reason=error.strerror or "?") from None
    read = _Read(file.name)
    tokens = MarkdownIt().parse(text)
    starts = [at for at, token in enumerate(tokens) if _level(token) == 1]
    for token in tokens[: starts[0] if starts else len(tokens)][:1]:
        read.wrong(_line(token), _NO_HEADING)
    for start, end in pairwise([*starts, len(tokens)]):
        _read_entry(read, tokens[start:end])
    return read


def _read_entry(read: _Read, tokens: Sequence[Token]) -> None:
    topic = _Topic(read, ("knowledge", len(read.entries)))
    title = tokens[1].content.strip()
    topic.note(_line(tokens[0]))
    if match := _HEADING.fullmatch(title):
        topic.entry.update(id=match["id"].strip(), name=match["name"].strip())
    else:
        read.wrong(_line(tokens[0]), _NO_ID, name=title)
    for at, token in enumerate(tokens[3:], start=3):
        if _level(token):
            topic.begin(tokens[at + 1].content, _line(token))
        elif token.type == "inline" and tokens[at - 1].type == "paragraph_open":
            is_listed = tokens[at - 1].level > 0
            for number, text in enumerate(token.content.splitlines(), start=_line(token)):
                topic.say(text.strip(), number, is_listed=is_listed)
        elif token.type in ("fence", "code_block"):
            topic.show(token.content, _line(token))
    read.entries.append({key: topic.entry[key] for key in _ORDER if key in topic.entry})


@dataclass(slots=True)
class _Topic:
    """An entry as it is read, ``section`` by section; before the first stands the answer."""

    read: _Read
    place: Place
    entry: dict[str, Any] = field(default_factory=dict)
    section: str = ""

    def note(self, line: int, *inner: str | int) -> None:
        self.read.lines.setdefault((*self.place, *inner), line)

    def begin(self, title: str, line: int) -> None:
        known = next((one for one in _SECTIONS if plain(one) == plain(title)), "")
        if not known:
            listed = " ".join(f"“{one}”" for one in _SECTIONS)
            self.read.wrong(line, _NO_SECTION, title=title, known=listed)
        self.section = known or _SECTIONS[0]
        self.note(line, _key(self.section))

    def say(self, text: str, line: int, *, is_listed: bool) -> None:
        """A line of text, outside of blocks."""
        days = _HOLDS.fullmatch(text)
        if not self.section and days:
            self._hold(days["days"].strip(), line)
        elif not self.section:
            self.note(line, "answer")
            self.entry["answer"] = self.entry.get("answer", "") + text
        elif self.section in _EXAMPLES:
            self.read.wrong(line, _NO_BLOCK)
        elif not is_listed:
            self.read.wrong(line, _NO_LIST)
        else:
            key = _key(self.section)
            own = self.entry.setdefault(key, [])
            self.note(line, key, len(own))
            own.append(self._fact(text, line) if self.section == _FACTS else text)

    def show(self, dialogue: str, line: int) -> None:
        """A block, which is an example."""
        if outcome := _EXAMPLES.get(self.section):
            own = self.entry.setdefault("examples", {}).setdefault(outcome, [])
            self.note(line, "examples", outcome, len(own))
            own.append(dialogue.strip("\n") + "\n")

    def _hold(self, text: str, line: int) -> None:
        match = _DAYS.fullmatch(text)
        if match is None or not (match["first"] or match["last"]):
            self.read.wrong(line, _NO_DAYS, text=text)
            return
        for key, day in (("from", match["first"]), ("until", match["last"])):
            if day:
                self.entry[key] = yaml_text.Source(day)
                self.note(line, key)

    def _fact(self, text: str, line: int) -> yaml_text.Flow:
        match = _FACT.fullmatch(text)
        if match is None:
            self.read.wrong(line, _NO_FACT)
            return yaml_text.Flow()
        told = match["told"].strip()
        parts = [part.strip() for part in re.split("[；;]", _QUOTED.sub("", told))]
        fact = yaml_text.Flow(name=match["name"].strip())
        if phrases := [one or other for one, other in _QUOTED.findall(told)]:
            fact["says"] = phrases
        else:
            fact["value"] = parts[0]
            if about := next((part for part in parts[1:] if part != _OPTIONAL), ""):
                fact["about"] = about
        if _OPTIONAL in parts:
            fact["required"] = yaml_text.Source("否")
        return fact


_ORDER = (
    "id", "name", "from", "until", "words", "not_about", "questions", "answer", "facts",
    "must_not_say", "examples",
)  # fmt: skip


def _key(section: str) -> str:
    return "facts" if section == _FACTS else _LISTS.get(section, "examples")


def _level(token: Token) -> int:
    """1 for a topic, 2 for a section; anything deeper is one, too."""
    return min(2, int(token.tag[1:])) if token.type == "heading_open" else 0


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1
