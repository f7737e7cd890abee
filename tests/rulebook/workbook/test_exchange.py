"""Rules go out to Excel and come back: what was edited is edited, everything else stays."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from autoqa.cli import app
from autoqa.errors import UsageError
from autoqa.i18n import language
from autoqa.rulebook.workbook.exchange import BookError, export_rules, import_rules
from autoqa.scoring.load import load_rules
from autoqa.types import Outcome
from tests.rulebook.stores import RULES, write_rules
from tests.scoring.packs import RETAIL_BANK

Edit = Callable[[Any], None]
EXAMPLE_BANK = RETAIL_BANK.parent / "example-bank"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


def text_of(folder: Path) -> str:
    return (folder / "rules.yaml").read_text("utf-8")


def exported(folder: Path) -> Path:
    file = folder.parent / "规则.xlsx"
    export_rules(folder, file)
    return file


def edit(file: Path, change: Edit) -> Path:
    book = openpyxl.load_workbook(file)
    change(book)
    book.save(file)
    return file


def place(book: Any, sheet: str, title: str, **cells: str) -> Any:
    """The cell below ``title`` in the first row that has these cells; the row after the last for
    no cells."""
    rows = book[sheet]
    columns = {cell.value: cell.column for cell in rows[1]}
    number = next(
        row
        for row in range(2, rows.max_row + 2)
        if all(rows.cell(row, columns[key]).value == value for key, value in cells.items())
        and (cells or not any(cell.value for cell in rows[row]))
    )
    return rows.cell(number, columns[title])


def put(sheet: str, title: str, value: Any, **cells: str) -> Edit:
    def change(book: Any) -> None:
        place(book, sheet, title, **cells).value = value

    return change


def add(sheet: str, **cells: Any) -> Edit:
    def change(book: Any) -> None:
        row = place(book, sheet, next(iter(cells))).row
        columns = {cell.value: cell.column for cell in book[sheet][1]}
        for title, value in cells.items():
            book[sheet].cell(row, columns[title]).value = value

    return change


def remove(sheet: str, **cells: str) -> Edit:
    def change(book: Any) -> None:
        book[sheet].delete_rows(place(book, sheet, next(iter(cells)), **cells).row)

    return change


def after(folder: Path, *changes: Edit) -> str:
    file = exported(folder)
    for change in changes:
        edit(file, change)
    import_rules(file, folder)
    return text_of(folder)


def faults(folder: Path, *changes: Edit) -> list[str]:
    """As they are told; nothing is written."""
    before = text_of(folder)
    file = exported(folder)
    for change in changes:
        edit(file, change)
    with pytest.raises(BookError) as caught:
        import_rules(file, folder)
    assert text_of(folder) == before
    return list(caught.value.faults)


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_what_was_not_edited_changes_not_a_byte(tmp_path: Path, lang: str) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    for path in RETAIL_BANK.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    times = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    with language(lang):
        file = exported(folder)
    done = import_rules(edit(file, lambda book: None), folder)
    assert done.files == ()
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == times


GREETING = {"规则编号": "greeting"}


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (put("评分表", "分值", 12, **GREETING), "greeting: 10", "greeting: 12"),
        (put("评分表", "分值", "12.5", **GREETING), "greeting: 10", "greeting: 12.5"),
        (
            put("评分表", "一票否决", "是", **GREETING),
            "greeting: 10",
            "greeting: {points: 10, fatal: true}",
        ),
        (put("规则", "名称", "问候", 编号="greeting"), "name: 开头问候", "name: 问候"),
        (
            put("规则", "判断条件", "all:\n  - {says: greeting}", 编号="greeting"),
            "passes_if: {says: greeting, role: 坐席}",
            "passes_if:\n      all:\n        - {says: greeting}",
        ),
        (
            put("规则", "判断条件", "says: greeting", 编号="greeting"),
            "passes_if: {says: greeting, role: 坐席}",
            "passes_if:\n      says: greeting",
        ),
        (
            put("规则", "适用条件", "no_event: 静音", 编号="greeting"),
            "          坐席: 什么事？\n",
            "          坐席: 什么事？\n    applies_if:\n      no_event: 静音\n",
        ),
        (put("话术", "说法", "为您效劳", 话术组="greeting"), "[很高兴为您服务]", "[为您效劳]"),
        (
            add("话术", 话术组="greeting", 用途="算", 说法="[您好]为您效劳"),
            "[很高兴为您服务]",
            '[很高兴为您服务, "[您好]为您效劳"]',
        ),
        (
            put("话术", "除外", "不是很高兴为您服务\n谁很高兴为您服务", 话术组="greeting"),
            "greeting: [很高兴为您服务]",
            "greeting: [{text: 很高兴为您服务, unless: [不是很高兴为您服务, 谁很高兴为您服务]}]",
        ),
        (
            add("话术", 话术组="greeting", 用途="可能算", 说法="有什么事"),
            "  greeting: [很高兴为您服务]\n",
            "  greeting:\n    phrases:\n      - 很高兴为您服务\n    perhaps:\n      - 有什么事\n",
        ),
        (
            add("示例", 规则编号="greeting", 应判="不合格", 对话="坐席: 喂。\n客户: 你好。"),
            "          坐席: 什么事？\n",
            "          坐席: 什么事？\n        - |\n          坐席: 喂。\n          客户: 你好。\n",
        ),
        (
            put("示例", "对话", "坐席: 说。", 规则编号="greeting", 应判="不合格"),
            "坐席: 什么事？",
            "坐席: 说。",
        ),
        (
            remove("示例", 规则编号="no-promise", 应判="合格"),
            "      pass:\n        - |\n          坐席: 收益不确定。\n",
            "",
        ),
        (put("评分表设置", "合格线", 85, 编号="form"), "pass_mark: 80", "pass_mark: 85"),
        (
            put("规则", "依据", "=客户先感受到的", 编号="greeting"),
            "          坐席: 什么事？\n",
            "          坐席: 什么事？\n    rationale: =客户先感受到的\n",
        ),
    ],
)
def test_only_what_was_edited_changes(folder: Path, change: Edit, old: str, new: str) -> None:
    if "=" in new and "rationale" in new:  # typed as text, not as a formula

        def change(book: Any) -> None:
            cell = place(book, "规则", "依据", 编号="greeting")
            cell.value, cell.data_type = "=客户先感受到的", "s"

    assert RULES.count(old) == 1
    assert after(folder, change) == RULES.replace(old, new)


def test_what_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    text = RULES.replace("name: 开头问候", 'name: "=1+1"\n    rationale: "-2"')
    folder = write_rules(tmp_path / "rules", text)
    file = exported(folder)
    cell = place(openpyxl.load_workbook(file), "规则", "名称", 编号="greeting")
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert import_rules(file, folder).files == ()


def test_a_new_rule_comes_with_its_examples_and_points(folder: Path) -> None:
    text = after(
        folder,
        add("规则", 编号="bye", 名称="道别", 判断条件="{says: bye}", 状态="试行"),
        add("示例", 规则编号="bye", 应判="合格", 对话="坐席: 再见。"),
        add("示例", 规则编号="bye", 应判="不合格", 对话="坐席: 好了。"),
        add("话术", 话术组="bye", 用途="算", 说法="再见"),
        add("评分表", 部分="结尾", 规则编号="bye", 分值=3),
    )
    rule_set = load_rules(folder)
    assert rule_set.rule("bye").name == "道别"
    assert len(rule_set.rule("bye").examples) == 2
    assert [section.name for section in rule_set.forms[-1].sections] == ["礼仪", "结尾"]
    assert "# 开头要问候" in text


def test_a_condition_without_braces_fits_into_a_rule_with_braces(tmp_path: Path) -> None:
    rule = "rules: [{id: quiet, name: 不冷场, passes_if: {says: promise}}]\n"
    text = rule + RULES[RULES.index("phrases:") :].replace("greeting: 10", "quiet: 10")
    text = text.replace("        no-promise: {points: 5, fatal: true}\n", "")
    folder = write_rules(tmp_path / "rules", text)
    new = after(folder, put("规则", "判断条件", "no_event: 静音", 编号="quiet"))
    assert new == text.replace("{says: promise}", "{no_event: 静音}")


@pytest.mark.parametrize("outcomes", [("不合格", "不适用"), ("不适用", "不合格")])
def test_new_examples_come_in_any_order(folder: Path, outcomes: tuple[str, str]) -> None:
    after(
        folder,
        *(add("示例", 规则编号="no-promise", 应判=one, 对话=f"坐席: {one}。") for one in outcomes),
    )
    examples = load_rules(folder).rule("no-promise").examples
    assert [one.outcome for one in examples].count(Outcome.FAILED) == 2
    assert [one.outcome for one in examples].count(Outcome.NOT_APPLICABLE) == 1


def test_a_file_gets_the_ending_that_rule_files_have(folder: Path) -> None:
    after(
        folder,
        add("规则", 文件="新规则", 编号="bye", 名称="道别", 判断条件="says: bye"),
        add("话术", 文件="新规则.yml", 话术组="bye", 用途="算", 说法="再见"),
        add("评分表", 部分="礼仪", 规则编号="bye", 分值=3),
    )
    assert {path.name for path in folder.iterdir()} == {"rules.yaml", "新规则.yaml", "新规则.yml"}
    assert load_rules(folder).rule("bye").name == "道别"


@pytest.mark.parametrize("name", ["../新.yaml", "/tmp/新", "C:\\新.yaml", "~/新", ".新", "a//新"])
def test_a_file_lies_in_the_folder_of_rules(folder: Path, name: str) -> None:
    rule = {"编号": "bye", "名称": "道别", "判断条件": "says: greeting"}
    found = faults(folder, add("规则", 文件=name, **rule))
    assert found == ["规则!B4: 只写文件名，例如“rules.yaml”"]


def test_a_row_can_be_moved_to_another_section(folder: Path) -> None:
    after(folder, put("评分表", "部分", "合规", 规则编号="no-promise"))
    sections = load_rules(folder).forms[-1].sections
    assert {s.name: [item.rule_id for item in s.items] for s in sections} == {
        "礼仪": ["greeting"],
        "合规": ["no-promise"],
    }
    assert sections[1].items[0].fatal


def test_a_rule_is_deleted_with_all_its_rows(folder: Path) -> None:
    text = after(
        folder,
        remove("规则", 编号="no-promise"),
        remove("示例", 规则编号="no-promise"),
        remove("示例", 规则编号="no-promise"),
        remove("评分表", 规则编号="no-promise"),
    )
    assert [rule.id for rule in load_rules(folder).rules] == ["greeting"]
    assert "# 开头要问候" in text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            put("评分表", "分值", "十分", **GREETING),
            ["评分表!F2: “十分”不是数字；只写数字，不要带单位"],
        ),
        (put("评分表", "分值", "=5+5", **GREETING), ["评分表!F2: 这是公式"]),
        (put("评分表", "一票否决", "可能", **GREETING), ["评分表!J2: 请写“是”或“否”"]),
        (put("规则", "判断条件", "{says: greting}", 编号="greeting"), ["规则!L2: ", "greeting"]),
        (
            put("规则", "判断条件", "says: greeting\nwithin_frist: 5s", 编号="greeting"),
            ["规则!L2: ", "within_first", "第 2 行"],
        ),
        (put("规则", "判断条件", "says: [greeting", 编号="greeting"), ["规则!L2: 这一格第 "]),
        (
            put("示例", "对话", "坐席: 您好。 客户: 好。", 规则编号="greeting"),
            ["示例!E2: 这一行里换了人说话；“客户: …”要另起一行"],
        ),
        (
            put("示例", "对话", "坐席: 您好\n谁: 您好", 规则编号="greeting"),
            ["示例!E2: ", "第 2 行"],
        ),
        (put("话术", "说法", "您好{数子}", 话术组="greeting"), ["话术!E2: ", "数子"]),
        (put("话术", "用途", "不知道", 话术组="greeting"), ["话术!D2: “不知道”不是"]),
        (put("规则", "编号", "问候", 编号="greeting"), ["规则!C2: "]),
        (add("评分表", 部分="礼仪", 规则编号="nobody", 分值=1), ["评分表!D4: ", "nobody"]),
        (
            add("评分表", 部分="礼仪", 规则编号="greeting", 分值=1),
            ["评分表!D4: 已经有“greeting”了"],
        ),
        (add("示例", 规则编号="nobody", 应判="合格", 对话="坐席: 好。"), ["示例!B6: ", "nobody"]),
        (add("示例", 规则编号="greeting", 对话="坐席: 好。"), ["示例!D6: 这一行缺“应判”"]),
        (remove("规则", 编号="no-promise"), ["示例!B4: ", "也删掉"]),
        (remove("规则", 编号="no-promise"), ["评分表!D3: ", "也删掉"]),
        (put("规则", "名称", None, 编号="greeting"), ["规则!D2: 这里缺少“名称”"]),
        (put("规则", "判断条件", None, 编号="greeting"), ["规则!L2: 这里缺少“判断条件”"]),
        (lambda book: book["评分表"].delete_rows(2, 2), ["部分设置!C2: 一个部分要有考核项"]),
        (put("规则", "文件", "other.yaml", 编号="greeting"), ["规则!B2: ", "换地方"]),
        (lambda book: setattr(book["规则"]["C1"], "value", "编码"), ["规则!C1: 不认识表头“编码”"]),
    ],
)
def test_faults_are_told_by_cell_and_nothing_is_written(
    folder: Path, change: Edit, told: list[str]
) -> None:
    found = faults(folder, change)
    assert any(all(part in line for part in told) for line in found), found


def test_a_workbook_whose_files_changed_since_is_refused(folder: Path) -> None:
    file = exported(folder)
    write_rules(folder, RULES.replace("greeting: 10", "greeting: 20"))
    with pytest.raises(UsageError, match=r"rules\.yaml"):
        import_rules(file, folder)


def test_a_sheet_that_is_missing_deletes_nothing(folder: Path) -> None:
    def change(book: Any) -> None:
        del book["示例"]

    assert import_rules(edit(exported(folder), change), folder).files == ()


def test_a_workbook_fills_an_empty_folder(tmp_path: Path, folder: Path) -> None:
    new = tmp_path / "new"
    done = import_rules(exported(folder), new)
    assert done.files == ("rules.yaml",)
    assert load_rules(new).version == load_rules(folder).version


def archive(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as parts:
        for name, content in files.items():
            parts.writestr(name.replace("__", "/"), content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "不是 .xlsx"),
        (b"PK\x03\x04nonsense", "不是 .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "旧格式"),
        (archive(xl__vbaProject=b"x").replace(b"vbaProject", b"vbaProject"), "不是 .xlsx"),
        (archive(**{"xl__vbaProject.bin": b"x"}), "宏"),
        (archive(**{"[Content_Types].xml": b"<x/>"}), "不是 .xlsx"),
    ],
)
def test_what_is_no_workbook_is_one_sentence(folder: Path, content: bytes, told: str) -> None:
    file = folder.parent / "wrong.xlsx"
    file.write_bytes(content)
    done = CliRunner().invoke(app, ["rules", "import", str(file), str(folder)])
    assert done.exit_code == 2
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_any_other_workbook_is_refused(folder: Path) -> None:
    file = folder.parent / "other.xlsx"
    openpyxl.Workbook().save(file)
    with pytest.raises(UsageError):
        import_rules(file, folder)


def test_the_commands_say_what_they_did(folder: Path) -> None:
    file = folder.parent / "规则.xlsx"
    out = CliRunner().invoke(app, ["rules", "export", str(folder), str(file)])
    assert out.exit_code == 0, out.stderr
    edit(file, put("评分表", "分值", 12, **GREETING))
    back = CliRunner().invoke(app, ["rules", "import", str(file), str(folder)])
    assert back.exit_code == 0, back.stderr
    assert "评分表：修改 1 行" in back.stdout
    assert "已写入：rules.yaml" in back.stderr
    edit(file, put("评分表", "分值", 13, **GREETING))
    assert CliRunner().invoke(app, ["rules", "import", str(file), str(folder)]).exit_code == 2


def test_the_sheets_are_laid_out_for_people(folder: Path) -> None:
    book = openpyxl.load_workbook(exported(folder))
    assert book.sheetnames[:5] == ["说明", "评分表", "规则", "话术", "示例"]
    for name in book.sheetnames[1:-1]:
        sheet = book[name]
        assert sheet.freeze_panes is not None
        assert sheet.column_dimensions["A"].hidden
        assert sheet.max_row == 1 or sheet["B2"].number_format == "@"
    assert book[book.sheetnames[-1]].sheet_state == "veryHidden"
    choices = {rule.formula1 for rule in book["示例"].data_validations.dataValidation}
    assert choices == {'"合格,不合格,不适用,待复核"'}


# ---------------------------------------------------------------- knowledge


@pytest.fixture
def known(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE_BANK, tmp_path / "bank"))


def test_an_untouched_workbook_of_knowledge_changes_nothing(known: Path) -> None:
    assert import_rules(exported(known), known).files == ()


def test_knowledge_is_changed_and_added_in_a_workbook(known: Path) -> None:
    before = (known / "knowledge/accounts.yaml").read_text("utf-8")
    file = exported(known)
    edit(file, put("要点", "金额、利率、时限或日期", "2万元", 名称="日累计限额"))
    new = {"编号": "black-fee", "名称": "黑金卡年费", "标准答案": "黑金卡年费三千元。"}
    asked = {"问题里的词": "黑金卡|黑卡\n年费|多少钱", "问法": "黑金卡年费多少\n黑卡一年要多少钱"}
    edit(file, add("知识库", **new, **asked))
    fact = {"条目编号": "black-fee", "名称": "年费", "金额、利率、时限或日期": "3000元"}
    edit(file, add("要点", **fact, 和哪些词一起说="年费|一年"))
    dialogue = "客户: 黑金卡年费多少？\n坐席: 黑金卡年费三千元。"
    edit(file, add("解答示例", 条目编号="black-fee", 应判="合格", 对话=dialogue))
    assert import_rules(file, known).files == ("knowledge/accounts.yaml",)
    after = (known / "knowledge/accounts.yaml").read_text("utf-8")
    lines = set(before.splitlines())
    gone = lines - set(after.splitlines())
    assert len(gone) == 1
    assert "1万元" in next(iter(gone))
    (entry,) = (one for one in load_rules(known).knowledge if one.id == "black-fee")
    assert (entry.name, len(entry.questions), len(entry.facts)) == ("黑金卡年费", 2, 1)


def test_a_workbook_of_knowledge_fills_an_empty_folder(known: Path, tmp_path: Path) -> None:
    refilled = tmp_path / "refilled"
    import_rules(exported(known), refilled)
    entries = [
        {repr(replace(one, source="")) for one in load_rules(each).knowledge}
        for each in (known, refilled)
    ]
    assert entries[0] == entries[1]


def test_a_fact_of_one_of_several_versions_is_refused(known: Path) -> None:
    file = exported(known)
    old = load_rules(known).knowledge
    twice = next(one.id for one in old if sum(other.id == one.id for other in old) > 1)
    fact = {
        "条目编号": twice,
        "名称": "年费",
        "金额、利率、时限或日期": "9元",
        "和哪些词一起说": "年费",
    }
    edit(file, add("要点", **fact))
    with pytest.raises(BookError) as raised, language("zh_CN"):
        import_rules(file, known)
    assert any(twice in one for one in raised.value.faults)


def test_faults_of_knowledge_are_told_by_cell(known: Path) -> None:
    file = exported(known)
    edit(file, put("要点", "金额、利率、时限或日期", "很贵", 名称="日累计限额"))
    edit(file, add("要点", 条目编号="nobody", 名称="年费"))
    with pytest.raises(BookError) as raised, language("zh_CN"):
        import_rules(file, known)
    assert any(one.startswith("要点") and "nobody" in one for one in raised.value.faults)
    edit(file, lambda book: book["要点"].delete_rows(book["要点"].max_row))
    with pytest.raises(BookError) as raised, language("zh_CN"):
        import_rules(file, known)
    assert any(one.startswith("要点") and "很贵" in one for one in raised.value.faults)


# ---------------------------------------------------------------- sentences


@pytest.fixture
def taught(tmp_path: Path) -> Path:
    """Rules with sentences that a phrase set is learned from."""
    return Path(shutil.copytree(RETAIL_BANK, tmp_path / "taught"))


def is_taught(folder: Path, name: str) -> tuple[set[str], set[str]]:
    """What a set is learned from: the sentences of it and those that are not."""
    one = next(one.taught for one in load_rules(folder).phrases if one.name == name)
    assert one is not None
    return set(one.sentences), set(one.others)


def add_sentence(book: Any, **cells: str) -> None:
    rows = book["例句"]
    columns = {cell.value: cell.column for cell in rows[1]}
    number = rows.max_row + 1
    for title, text in cells.items():
        rows.cell(number, columns[title]).value = text


def test_an_untouched_workbook_of_sentences_changes_nothing(taught: Path) -> None:
    assert import_rules(exported(taught), taught).files == ()


def test_sentences_are_changed_added_and_deleted_in_a_workbook(taught: Path) -> None:
    here, there = is_taught(taught, "forbidden")
    gone = sorted(here)[0]

    def change(book: Any) -> None:
        book["例句"].delete_rows(place(book, "例句", "例句", 例句=gone, 话术组="forbidden").row)
        add_sentence(book, 话术组="forbidden", 是不是="是这样说", 例句="你爱找谁找谁说理去")
        add_sentence(book, 话术组="forbidden", 是不是="只是像", 例句="您想找谁办理都可以")
        add_sentence(book, 是不是="平常的话", 例句="您的回单明天寄出")

    done = import_rules(edit(exported(taught), change), taught)
    assert set(done.files) == {"sentences/forbidden.yaml", "sentences/ordinary.yaml"}
    now_here, now_there = is_taught(taught, "forbidden")
    assert now_here == here - {gone} | {"你爱找谁找谁说理去"}
    assert now_there == there | {"您想找谁办理都可以", "您的回单明天寄出"}


def test_a_workbook_of_sentences_fills_an_empty_folder(taught: Path, tmp_path: Path) -> None:
    import_rules(exported(taught), tmp_path / "new")
    for one in load_rules(taught).phrases:
        if one.taught is not None:
            assert is_taught(tmp_path / "new", one.name) == is_taught(taught, one.name)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"话术组": "forbidden", "例句": "随便你"}, "请选这一句是不是"),
        ({"是不是": "是这样说", "例句": "随便你"}, "请写明这一句是哪个话术组的"),
        ({"话术组": "forbidden", "是不是": "平常的话", "例句": "好"}, "请把“话术组”空着"),
        ({"话术组": "forbidden", "是不是": "只是像"}, "请写上例句"),
        ({"话术组": "forbidden", "是不是": "也许", "例句": "好"}, "“也许”"),
        ({"话术组": "没有这组", "是不是": "只是像", "例句": "好的"}, "没有这组"),
        ({"文件": "../x.yaml", "话术组": "forbidden", "是不是": "只是像", "例句": "好"}, "文件名"),
    ],
)
def test_faults_of_sentences_are_told_by_cell(
    taught: Path, cells: dict[str, str], told: str
) -> None:
    before = {path: path.read_bytes() for path in taught.rglob("*.yaml")}
    file = edit(exported(taught), lambda book: add_sentence(book, **cells))
    with pytest.raises(BookError) as error:
        import_rules(file, taught)
    assert any(fault.startswith("例句!") and told in fault for fault in error.value.faults)
    assert {path: path.read_bytes() for path in taught.rglob("*.yaml")} == before
