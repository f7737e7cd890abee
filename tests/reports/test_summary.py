"""``summary.csv`` opens in Excel, complete, in order and harmless."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoqa.cells import FORMULA_STARTS
from autoqa.i18n import language
from autoqa.reports.row import Row, failed_row, row_of
from autoqa.reports.summary import SummaryWriter, write_summary
from autoqa.types import Contact, EventKind, Message, Outcome, Party
from tests.reports.samples import card_of, night, samples


def rows_of_samples() -> list[Row]:
    return [row_of(*sample) for sample in samples().values()]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_chinese_reaches_excel_intact(tmp_path: Path) -> None:
    write_summary(rows_of_samples(), tmp_path / "summary.csv")
    assert (tmp_path / "summary.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rich = next(r for r in read(tmp_path / "summary.csv") if r["录音文件"].startswith("evening"))
    assert rich["坐席"] == "李晓雯"
    assert rich["质检结果"] == "不合格"
    assert rich["持线后致谢 (hold-thanked)"] == "不合格"
    assert rich["询问其他需求 (offer-help)"] == "待复核"
    assert (rich["持线次数"], rich["持线合计（秒）"], rich["最长持线（秒）"]) == (
        "2",
        "64.2",
        "35.7",
    )
    assert rich["不合格项"] == "接通前不播放广告；持线前征求同意；持线后致谢；不打断客户"
    assert rich["广告时长（秒）"] == "8.2"


def test_every_recording_has_a_row_sorted_by_file(tmp_path: Path) -> None:
    rows = night(200)
    with language("en"):
        write_summary(reversed(rows), tmp_path / "s.csv")
    written = [row["File"] for row in read(tmp_path / "s.csv")]
    assert written == sorted(row.contact.file for row in rows)


def test_failed_recording_says_why_and_has_no_score(tmp_path: Path) -> None:
    failure = failed_row(Contact("b", "b.wav"), Message("{file} is gone", {"file": "b.wav"}))
    with language("en"):
        write_summary([failure, *rows_of_samples()], tmp_path / "s.csv")
    row = next(r for r in read(tmp_path / "s.csv") if r["File"] == "b.wav")
    assert row["Why it could not be scored"] == "b.wav is gone"
    assert row["Score"] == row["Holds"] == row["规范问候 (greeting)"] == ""


def test_kind_nobody_listened_for_is_unknown_not_zero(tmp_path: Path) -> None:
    call, contact, card = samples()["mono"]
    deaf = replace(call, heard=(EventKind.HOLD,), events=())
    with language("en"):
        write_summary([row_of(deaf, contact, card)], tmp_path / "s.csv")
    (row,) = read(tmp_path / "s.csv")
    assert row["Holds"] == "0"
    assert row["Talk-over, times"] == row["Advertisements (s)"] == ""


def test_rows_can_be_read_while_the_night_runs(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    failure = failed_row(Contact("z", "z.wav"), Message("broken"))
    with language("en"), SummaryWriter(path) as writer:
        writer.add(failure)
        writer.add(rows_of_samples()[0])
        writer.add(rows_of_samples()[1])
        running = [row["File"] for row in read(path)]
    assert running == ["z.wav", "evening/8026_card lost.wav", "6618-2.mp3"]
    assert [row["File"] for row in read(path)] == sorted(running)
    assert [entry.name for entry in tmp_path.iterdir()] == ["s.csv"]


def test_rules_of_several_forms_all_have_a_column(tmp_path: Path) -> None:
    one, other = (
        replace(rows_of_samples()[0], scorecard=card_of({rule_id: (Outcome.PASSED, [])}))
        for rule_id in ("greeting", "closing")
    )
    write_summary([one, other], tmp_path / "s.csv")
    first, second = read(tmp_path / "s.csv")
    assert (first["规范问候 (greeting)"], first["规范结束语 (closing)"]) == ("合格", "")
    assert (second["规范问候 (greeting)"], second["规范结束语 (closing)"]) == ("", "合格")


def test_section_of_both_parties_has_a_column_for_each(tmp_path: Path) -> None:
    row = rows_of_samples()[0]
    assert row.scorecard is not None
    centre, *rest = row.scorecard.sections
    agent = replace(centre, counts_for=Party.AGENT, score=Decimal(40))
    card = replace(row.scorecard, sections=(agent, centre, *rest))
    write_summary([replace(row, scorecard=card)], tmp_path / "s.csv")
    (read_row,) = read(tmp_path / "s.csv")
    assert read_row["服务响应得分"] == "40.0"
    assert read_row["服务响应得分（中心）"] == "66.67"


def test_night_without_recordings_is_a_header(tmp_path: Path) -> None:
    write_summary([], tmp_path / "s.csv")
    assert read(tmp_path / "s.csv") == []
    assert "录音文件" in (tmp_path / "s.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_cell_that_would_run_gets_an_apostrophe(start: str, tmp_path: Path) -> None:
    evil = start + 'HYPERLINK("http://x","y")'
    contact = Contact(evil, "a.wav", agent_id=evil, agent_name=evil, team=evil, queue=evil)
    with language("en"):
        write_summary([failed_row(contact, Message(evil))], tmp_path / "s.csv")
    (row,) = read(tmp_path / "s.csv")
    for column in ("Call ID", "Agent ID", "Agent", "Team", "Queue", "Why it could not be scored"):
        assert row[column] == "'" + evil


@given(texts=st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_survives_and_none_runs(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("summary") / "s.csv"
    rows = [failed_row(Contact("c", f"{i}"), Message("x"), 1) for i in range(len(texts))]
    rows = [
        replace(row, contact=replace(row.contact, team=text))
        for row, text in zip(rows, texts, strict=True)
    ]
    with language("en"):
        write_summary(rows, path)
    for row, text in zip(read(path), texts, strict=True):
        assert not row["Team"].startswith(FORMULA_STARTS)
        assert row["Team"].removeprefix("'") == text.replace("\0", "").removeprefix("'")


def test_file_name_that_is_no_text_can_be_written(tmp_path: Path) -> None:
    write_summary([failed_row(Contact("c", "bad\udcff.wav"), Message("x"))], tmp_path / "s.csv")
    assert read(tmp_path / "s.csv")[0]["录音文件"] == "bad\\udcff.wav"


@pytest.mark.parametrize(
    ("name", "column", "told"), [("zh_CN", "呼叫方向", "呼出"), ("en", "Direction", "outbound")]
)
def test_the_direction_is_in_the_language_of_the_report(
    tmp_path: Path, name: str, column: str, told: str
) -> None:
    contact = Contact("a", "a.wav", direction="outbound")
    with language(name):
        write_summary([failed_row(contact, Message("no"))], tmp_path / "s.csv")
    assert [row[column] for row in read(tmp_path / "s.csv")] == [told]
