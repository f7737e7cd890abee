"""Metadata: what the bank knows of its calls, in whatever way its systems write it."""

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest

from autoqa.contacts import Metadata, distinct, read_metadata
from autoqa.errors import MetadataError
from autoqa.i18n import language, render
from autoqa.settings import Settings
from autoqa.types import Contact, Role, Segment

SETTINGS = Settings(caller_key="k")
CHINA = timezone(timedelta(hours=8))


def read(folder: Path, *files: str, settings: Settings = SETTINGS) -> Metadata:
    return read_metadata(folder, files, settings)


def test_a_recording_without_metadata_is_its_path(tmp_path: Path) -> None:
    assert read(tmp_path, "a/b.wav").contact("a/b.wav") == Contact("a/b.wav", "a/b.wav")


def test_every_column_of_a_table(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(
        "call_id,file,agent_id,team,direction,queue,product,started_at,queue_seconds,caller,"
        "channel_roles\n"
        "c1,a.wav,8026,甲组,inbound,卡服务,信用卡,2026-01-31T09:30:00+08:00,12.5,13800000000,"
        '"customer,agent"\n',
        "utf-8",
    )
    contact = read(tmp_path, "a.wav").contact("a.wav")
    assert contact.call_id == "c1"
    assert (contact.agent_id, contact.team, contact.direction) == ("8026", "甲组", "inbound")
    assert (contact.queue, contact.product) == ("卡服务", "信用卡")
    assert contact.started_at == datetime(2026, 1, 31, 9, 30, tzinfo=CHINA)
    assert contact.queue_ms == 12_500
    assert contact.channel_roles == (Role.CUSTOMER, Role.AGENT)


def test_a_number_is_kept_only_as_a_keyed_hash(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,caller\na.wav,13800000000\n", "utf-8")
    hashed = read(tmp_path).contact("a.wav").caller
    other = read(tmp_path, settings=Settings(caller_key="other")).contact("a.wav").caller
    assert hashed is not None
    assert "138" not in hashed
    assert hashed != other
    assert read(tmp_path, settings=Settings()).contact("a.wav").caller is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_as_excel_saves_it_in_china(tmp_path: Path, encoding: str) -> None:
    text = "录音文件,坐席工号,班组,呼叫方向\n甲.wav,8026,一组,呼入\n"
    (tmp_path / "calls.csv").write_bytes(text.encode(encoding))
    contact = read(tmp_path).contact("甲.wav")
    assert (contact.agent_id, contact.team, contact.direction) == ("8026", "一组", "inbound")


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["file", "agent_id", "started_at"])
    sheet.append(["a.wav", 8026, datetime(2026, 1, 31, 9, 30)])
    sheet.append([None, None, None])
    book.save(tmp_path / "calls.xlsx")
    contact = read(tmp_path).contact("a.wav")
    assert contact.agent_id == "8026"
    assert contact.started_at == datetime(2026, 1, 31, 9, 30, tzinfo=CHINA)


def test_a_file_beside_the_recording_wins(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,agent_id\nsub/a.wav,1\nsub/b.wav,1\n", "utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.meta.json").write_text(json.dumps({"agent_id": 2}), "utf-8")
    metadata = read(tmp_path, "sub/a.wav", "sub/b.wav")
    assert metadata.contact("sub/a.wav").agent_id == "2"
    assert metadata.contact("sub/b.wav").agent_id == "1"


def test_a_table_may_name_a_file_without_its_folder(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,agent_id\na.wav,8026\n", "utf-8")
    contact = read(tmp_path).contact("monday/a.wav")
    assert (contact.agent_id, contact.call_id) == ("8026", "monday/a.wav")


def test_an_unknown_column_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,备注\na.wav,加急\nb.wav,普通\n", "utf-8")
    metadata = read(tmp_path)
    assert metadata.contact("a.wav").extra == {"备注": "加急"}
    assert len(metadata.warnings) == 1
    assert "备注" in render(metadata.warnings[0])


@pytest.mark.parametrize("text", ["2026/1/31 9:30", "2026/1/31 9:30:00", "2026-01-31 09:30"])
def test_a_date_as_excel_writes_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "calls.csv").write_text(f"file,开始时间\na.wav,{text}\n", "utf-8")
    expected = datetime(2026, 1, 31, 9, 30, tzinfo=CHINA)
    assert read(tmp_path).contact("a.wav").started_at == expected


@pytest.mark.parametrize(("text", "queue_ms"), [("12.5", 12_500), ("00:01:12", 72_000)])
def test_waiting_in_seconds_or_on_a_clock(tmp_path: Path, text: str, queue_ms: int) -> None:
    (tmp_path / "calls.csv").write_text(f"file,排队时长\na.wav,{text}\n", "utf-8")
    assert read(tmp_path).contact("a.wav").queue_ms == queue_ms


HOLDS = (Segment(10_000, 35_500), Segment(60_000, 80_000))


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("10~35.5;60~80", HOLDS),
        ("60-80；10-35.5", HOLDS),
        ("00:00:10 至 00:00:35.5、00:01:00～00:01:20", HOLDS),
        ("10~35.5;20~30;60~70;70~80;", HOLDS),
        ("无", ()),
        ("", None),
    ],
)
def test_times_of_holds(tmp_path: Path, written: str, holds: tuple[Segment, ...] | None) -> None:
    (tmp_path / "calls.csv").write_text(f"file,持线时段\na.wav,{written}\n", "utf-8")
    metadata = read(tmp_path)
    assert metadata.contact("a.wav").holds == holds
    assert metadata.warnings == ()


@pytest.mark.parametrize(
    ("written", "ids"), [("8026;0031", ("8026", "0031")), (" 8026 ", ("8026",)), ("", ())]
)
def test_all_agents_of_a_call(tmp_path: Path, written: str, ids: tuple[str, ...]) -> None:
    (tmp_path / "calls.csv").write_text(f"file,经手坐席\na.wav,{written}\n", "utf-8")
    assert read(tmp_path).contact("a.wav").agent_ids == ids
    (tmp_path / "a.meta.json").write_text(json.dumps({"agent_ids": list(ids)}), "utf-8")
    assert read(tmp_path, "a.wav").contact("a.wav").agent_ids == ids


@pytest.mark.parametrize(
    ("given", "holds", "odd"),
    [
        ([[10, 35.5], [60, 80]], HOLDS, 0),
        ([["0:10", "0:35.5"], [60, 80]], HOLDS, 0),
        ([], (), 0),
        (None, None, 0),
        ([10, 35], None, 1),
        ([[10, None]], None, 1),
        ([[35, 10]], None, 1),
        ({"from": 10}, None, 1),
    ],
)
def test_times_of_holds_beside_the_recording(
    tmp_path: Path, given: object, holds: tuple[Segment, ...] | None, odd: int
) -> None:
    (tmp_path / "a.meta.json").write_text(json.dumps({"holds": given}), "utf-8")
    metadata = read(tmp_path, "a.wav")
    assert metadata.contact("a.wav").holds == holds
    assert len(metadata.warnings) == odd
    assert all("a.meta.json" in render(one) for one in metadata.warnings)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("direction", "sideways"),
        ("started_at", "yesterday"),
        ("queue_seconds", "long"),
        ("queue_seconds", "-3"),
        ("queue_seconds", "inf"),
        ("queue_seconds", "1:x"),
        ("started_at", "2026/13/1 9:30"),
        ("排队秒数", "很久"),
        ("channel_roles", "agent,parrot"),
        ("holds", "10"),
        ("holds", "35~10"),
        ("持线", "10~35;很久"),
        ("holds", "-3~5"),
        ("holds", "1~2~3"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_place(
    tmp_path: Path, column: str, value: str
) -> None:
    (tmp_path / "calls.csv").write_text(f'file,agent_id,{column}\na.wav,8026,"{value}"\n', "utf-8")
    metadata = read(tmp_path)
    assert metadata.contact("a.wav").agent_id == "8026"
    (warning,) = metadata.warnings
    assert "calls.csv:2" in render(warning)
    assert column in render(warning)


def test_a_row_without_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,agent_id\n,8026\n", "utf-8")
    (warning,) = read(tmp_path).warnings
    assert "calls.csv:2" in render(warning)


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe\x00"])
def test_a_broken_document_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.meta.json").write_bytes(content)
    with pytest.raises(MetadataError, match=r"a\.meta\.json"):
        read(tmp_path, "a.wav")


def test_a_broken_workbook_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "calls.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(MetadataError, match=r"calls\.xlsx"):
        read(tmp_path)


def test_an_empty_table_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_bytes(b"")
    assert read(tmp_path) == Metadata({}, ())


def told(metadata: Metadata) -> list[str]:
    with language("en"):
        return [render(warning) for warning in metadata.warnings]


def test_a_recording_named_twice_is_told_and_keeps_only_what_both_rows_say(tmp_path: Path) -> None:
    text = "录音文件,工号,班组,满意度\na.wav,8026,一组,高\nb.wav,1,一组,高\na.wav,8031,一组,低\n"
    (tmp_path / "calls.csv").write_text(text, "utf-8")
    metadata = read(tmp_path)
    contact = metadata.contact("a.wav")
    assert (contact.agent_id, contact.team, contact.extra) == (None, "一组", {})
    assert metadata.contact("b.wav").agent_id == "1"
    assert "calls.csv:4: a.wav is already in calls.csv:2, and “工号” “满意度” differ; " in (
        "\n".join(told(metadata))
    )


def test_the_same_row_twice_loses_nothing_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,agent_id\na.wav,8026\na.wav,8026\n", "utf-8")
    metadata = read(tmp_path)
    assert metadata.contact("a.wav").agent_id == "8026"
    assert told(metadata) == ["calls.csv:3: a.wav is already in calls.csv:2"]


def test_two_tables_are_told_and_the_workbook_wins(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,agent_id\na.wav,1\n", "utf-8")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["file", "agent_id"])
    sheet.append(["a.wav", "2"])
    book.save(tmp_path / "calls.xlsx")
    metadata = read(tmp_path)
    assert metadata.contact("a.wav").agent_id == "2"
    assert told(metadata) == ["both calls.csv and calls.xlsx are here; calls.xlsx wins"]


def test_a_bare_name_that_two_recordings_have_names_neither(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,agent_id\na.wav,8026\n", "utf-8")
    metadata = read(tmp_path, "monday/a.wav", "tuesday/a.wav")
    assert metadata.contact("monday/a.wav").agent_id is None
    assert metadata.contact("tuesday/a.wav").agent_id is None
    assert len(told(metadata)) == 1
    assert "a.wav in the table could be any of 2 recordings" in told(metadata)[0]


def test_rows_that_no_recording_gets_are_counted(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("file,agent_id\na,1\nb.wav,2\nd.wav,3\n", "utf-8")
    assert told(read(tmp_path, "a.wav", "b.wav")) == [
        "2 rows of the table name no recording of this folder, first a; check them"
    ]


def test_a_call_id_is_of_one_recording(tmp_path: Path) -> None:
    rows = "file,call_id,agent_id\na.wav,7,1\nb.wav,7,2\nc.wav,8,3\n"
    (tmp_path / "calls.csv").write_text(rows, "utf-8")
    metadata = read(tmp_path)
    contacts, warnings = distinct(metadata.contact(name) for name in ("a.wav", "b.wav", "c.wav"))
    assert [contact.call_id for contact in contacts] == ["7", "b.wav", "8"]
    assert [contact.agent_id for contact in contacts] == ["1", "2", "3"]
    with language("en"):
        (line,) = [render(warning) for warning in warnings]
    assert line.startswith("b.wav: the call id “7” is already that of a.wav")


@pytest.mark.parametrize(
    ("word", "direction"),
    [("呼入", "inbound"), ("进线", "inbound"), ("外呼", "outbound"), ("OUT", "outbound")],
)
def test_directions_in_the_words_of_telephone_systems(
    tmp_path: Path, word: str, direction: str
) -> None:
    (tmp_path / "calls.csv").write_text(f"file,方向\na.wav,{word}\n", "utf-8")
    assert read(tmp_path).contact("a.wav").direction == direction


@pytest.mark.parametrize("name", ["zh_CN", "en"])
def test_what_would_fit_is_told_in_the_reader_s_language(tmp_path: Path, name: str) -> None:
    text = "录音文件,方向,排队时长,开始时间,声道\na.wav,左,久,早,鸟\n"
    (tmp_path / "calls.csv").write_text(text, "utf-8")
    with language(name):
        lines = [render(warning) for warning in read(tmp_path).warnings]
    assert len(lines) == 4
    for line in lines:
        said = re.sub("“[^”]*”|calls.csv|方向|排队时长|开始时间|声道", "", line)
        foreign = "[A-Za-z]{2,}" if name == "zh_CN" else "[\u4e00-\u9fff]"
        assert not re.search(foreign, said), line
