"""A store and its recordings in one file, and back: nothing is lost, nothing is half."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from autoqa.backup import back_up, put_back
from autoqa.cli import app as command
from autoqa.errors import StoreError
from autoqa.events import interpret
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import Audit, AuditFilter, Filter, Jobs, Overview, Recordings, Store, store_url
from autoqa.store.dump import tables
from autoqa.store.engine import make_engine
from autoqa.store.schema import bring_up
from autoqa.types import Action, Contact, JobKind, Order
from tests.builders import dialogue
from tests.databases import url_of
from tests.rulebook.stores import ROLES, write_rules

pytestmark = pytest.mark.usefixtures("on_both")

ID, WAITING = "0a" * 32, "0b" * 32
SCRIPT = """
坐席 0.5-2.5 您好，请问有什么可以帮您？
客户 3.0-4.0 旺财今天没有吃饭。
"""
SOUND = b"the sound of a call"


@dataclass(frozen=True)
class Place:
    """A scored call and one that waits, with their recordings and a line of the audit log."""

    folder: Path
    store: Store

    @property
    def recordings(self) -> Recordings:
        return Recordings(self.store, self.folder / "recordings")

    def call_ids(self) -> list[str]:
        return [row.call_id for row in Overview(self.store).page(Filter()).rows]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "qa"
    folder.mkdir()
    write_rules(tmp_path / "rules")
    with Store(url_of(folder / "autoqa.db")) as store:
        made = Place(folder, store)
        for id_ in (ID, WAITING):
            with made.recordings.incoming() as received:
                (received / "a.wav").write_bytes(SOUND)
                made.recordings.keep(id_, [received / "a.wav"])
        contact = Contact(
            "one", "one.wav", started_at=datetime(2026, 3, 2, 9, tzinfo=UTC), channel_roles=ROLES
        )
        heard = dialogue(SCRIPT)
        heard = replace(heard, recording=replace(heard.recording, id=ID))
        call = interpret(heard, contact)
        card, _ = score(call, contact, load_rules(tmp_path / "rules"))
        store.put_call(heard)
        store.put_scorecard(contact, call, card)
        Jobs(store).submit(Order(JobKind.SCORE, WAITING, Contact("two", "two.wav")))
        Audit(store).add("张三", Action.CALL_READ, "one")
        yield made


@pytest.fixture
def backed_up(place: Place, tmp_path: Path) -> Path:
    path = tmp_path / "night.zip"
    back_up(place.store, place.folder, path)
    return path


def content(store: Store) -> dict[str, list[bytes]]:
    return {name: sorted(lines) for name, lines in tables(store)}


def test_what_comes_back_is_what_there_was(place: Place, backed_up: Path, tmp_path: Path) -> None:
    url = url_of(tmp_path / "new" / "autoqa.db")
    (tmp_path / "new").mkdir()
    about = put_back(backed_up, url, tmp_path / "new")
    with Store(url) as store:
        made = Place(tmp_path / "new", store)
        assert content(store) == content(place.store)
        assert made.call_ids() == place.call_ids() == ["one"]
        assert store.call(ID, about_hearing(store)) is not None
        assert [path.read_bytes() for path in made.recordings.paths(WAITING)] == [SOUND]
        assert not list(Audit(store).faults())
        # Whatever is written next is numbered after what came back.
        Audit(store).add("李四", Action.CALL_READ, "one")
        Jobs(store).submit(Order(JobKind.SCORE, ID, Contact("three", "three.wav")))
        numbers = [line.number for line in Audit(store).page(AuditFilter(), limit=9)]
        assert len(set(numbers)) == len(numbers) == 2
    assert (about.recordings, about.missing, about.rows["overview"]) == (2, 0, 1)


def about_hearing(store: Store) -> str:
    (kept,) = store.kept(["one"])
    return kept.hearing


def test_a_backup_is_for_its_owner_alone(backed_up: Path) -> None:
    assert stat.S_IMODE(backed_up.stat().st_mode) == 0o600


def test_one_database_may_be_left_for_another(
    place: Place, backed_up: Path, tmp_path: Path
) -> None:
    """From whichever this is to SQLite; from SQLite to PostgreSQL where that is tried."""
    moved = store_url(str(tmp_path / "moved.db"))
    put_back(backed_up, moved, tmp_path / "moved")
    with Store(moved) as store:
        assert Place(tmp_path / "moved", store).call_ids() == ["one"]
        back_up(store, tmp_path / "moved", tmp_path / "again.zip")
    back = url_of(tmp_path / "back" / "autoqa.db")
    (tmp_path / "back").mkdir()
    put_back(tmp_path / "again.zip", back, tmp_path / "back")
    with Store(back) as store:
        assert Place(tmp_path / "back", store).call_ids() == place.call_ids()
        assert not list(Audit(store).faults())


def test_a_store_in_use_is_not_written_over(place: Place, backed_up: Path) -> None:
    before = content(place.store)
    with pytest.raises(StoreError, match="in use"):
        put_back(backed_up, url_of(place.folder / "autoqa.db"), place.folder)
    assert content(place.store) == before


def spoilt(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Writes the archive anew with other contents; None leaves one out."""
    with zipfile.ZipFile(path) as archive:
        given = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in given:
            if (changed := change(name, data)) is not None:
                archive.writestr(name, changed)


CHANGES: dict[str, Callable[[str, bytes], bytes | None]] = {
    "a table is gone": lambda name, data: None if name == "tables/contacts.jsonl" else data,
    "a row is gone": lambda name, data: (
        b"".join(data.splitlines(True)[:-1]) if name == "tables/contacts.jsonl" else data
    ),
    "a row is no row": lambda name, data: (
        data + b"[1]\n" if name == "tables/contacts.jsonl" else data
    ),
    "no JSON": lambda name, data: b"\xff{" if name == "tables/calls.jsonl" else data,
    "nothing in it": lambda name, data: b"" if name == "tables/calls.jsonl" else data,
    "a column nobody knows": lambda name, data: (
        data.replace(b'"hearing"', b'"x"') if name == "tables/calls.jsonl" else data
    ),
    "nobody says what it is": lambda name, data: None if name == "backup.json" else data,
    "another version": lambda name, data: (
        json.dumps(json.loads(data) | {"version": 9}).encode() if name == "backup.json" else data
    ),
    "a revision nobody knows": lambda name, data: (
        json.dumps(json.loads(data) | {"revision": "9999"}).encode()
        if name == "backup.json"
        else data
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_spoilt_backup_is_one_sentence_and_leaves_nothing(
    backed_up: Path, tmp_path: Path, change: str
) -> None:
    spoilt(backed_up, CHANGES[change])
    url = url_of(tmp_path / "new.db")
    with pytest.raises(StoreError):
        put_back(backed_up, url, tmp_path / "new")
    with Store(url) as store:
        assert all(len(lines) == 1 for lines in content(store).values())


def test_a_backup_that_was_cut_off_is_refused(backed_up: Path, tmp_path: Path) -> None:
    data = backed_up.read_bytes()
    for length in (0, 10, len(data) // 2, len(data) - 1):
        backed_up.write_bytes(data[:length])
        with pytest.raises(StoreError):
            put_back(backed_up, url_of(tmp_path / f"{length}.db"), tmp_path / "new")


def test_a_backup_whose_compressed_bytes_are_spoilt_is_refused(
    backed_up: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(backed_up) as archive:
        place = archive.getinfo("tables/calls.jsonl")
        assert place.compress_type == zipfile.ZIP_DEFLATED
        begin = place.header_offset + 30 + len(place.filename)
    data = bytearray(backed_up.read_bytes())
    data[begin : begin + 40] = b"\xff" * 40
    backed_up.write_bytes(data)
    with pytest.raises(StoreError, match="backup"):
        put_back(backed_up, url_of(tmp_path / "new.db"), tmp_path / "new")


def test_nothing_is_written_outside_of_the_folder(backed_up: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(backed_up, "a") as archive:
        archive.writestr("recordings/../../evil.wav", b"x")
        archive.writestr("recordings/aa/../../../evil.wav", b"x")
        archive.writestr("/evil.wav", b"x")
    put_back(backed_up, url_of(tmp_path / "new.db"), tmp_path / "deep" / "new")
    assert not list(tmp_path.rglob("evil.wav"))


def test_a_file_that_cannot_be_written_is_said(place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(place.store, place.folder, tmp_path / "file" / "night.zip")


def test_a_recording_whose_file_is_gone_is_counted(place: Place, tmp_path: Path) -> None:
    (file,) = place.recordings.paths(ID)
    file.unlink()
    about = back_up(place.store, place.folder, tmp_path / "night.zip")
    assert (about.recordings, about.missing) == (1, 1)


def test_both_are_commands(place: Place, tmp_path: Path) -> None:
    url = url_of(place.folder / "autoqa.db")
    run, file = CliRunner(), str(tmp_path / "night.zip")
    written = run.invoke(command, ["backup", file, "--store", url, "--data", str(place.folder)])
    assert (written.exit_code, "1 通已评分的通话，2 个录音" in written.stderr) == (0, True)
    new = ["--store", url_of(tmp_path / "new.db"), "--data", str(tmp_path / "new")]
    restored = run.invoke(command, ["restore", file, *new])
    assert restored.exit_code == 0
    again = run.invoke(command, ["restore", file, *new])
    assert (again.exit_code, "已在使用" in again.stderr) == (2, True)
    with Store(url) as store:
        assert {line.action for line in Audit(store).page(AuditFilter(), limit=9)} >= {
            Action.BACKUP
        }


def test_a_backup_of_before_is_brought_to_this_version(backed_up: Path, tmp_path: Path) -> None:
    """As the first revision had it: of the tables that came later there is nothing."""
    engine = make_engine(store_url(str(tmp_path / "old.db")))
    bring_up(engine, "0001")
    old = {
        name: {c["name"] for c in sa.inspect(engine).get_columns(name)}
        for name in sa.inspect(engine).get_table_names()
    }
    engine.dispose()

    def change(name: str, data: bytes) -> bytes | None:
        if name == "backup.json":
            about = json.loads(data)
            rows = {table: count for table, count in about["rows"].items() if table in old}
            return json.dumps(about | {"revision": "0001", "rows": rows}).encode()
        table = name.removeprefix("tables/").removesuffix(".jsonl")
        if not name.startswith("tables/"):
            return data
        return older(data, old[table]) if table in old else None

    spoilt(backed_up, change)
    put_back(backed_up, url_of(tmp_path / "new.db"), tmp_path / "new")
    with Store(url_of(tmp_path / "new.db")) as store:
        assert Place(tmp_path / "new", store).call_ids() == ["one"]


def older(data: bytes, columns: set[str]) -> bytes:
    names, *rows = [json.loads(line) for line in data.splitlines()]
    places = [at for at, name in enumerate(names) if name in columns]
    kept = ([row[at] for at in places] for row in (names, *rows))
    return b"".join(json.dumps(row).encode() + b"\n" for row in kept)
