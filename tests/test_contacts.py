"""Metadata: what the bank knows of its calls, in whatever way its systems write it."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest

from autoqa.contacts import Metadata, read_metadata
from autoqa.errors import MetadataError
from autoqa.i18n import render
from autoqa.settings import Settings
from autoqa.types import Contact, Role

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
