"""What is older than it is to be kept goes, from every row and file, and the rest stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.housekeeping import Housekeeping
from autoqa import codec
from autoqa.cli import app as command
from autoqa.errors import UsageError
from autoqa.events import interpret
from autoqa.files import write_whole
from autoqa.reports.result import result_json
from autoqa.reports.row import document_path, page_path
from autoqa.retention import Kind, Retention, age, ages_of
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.settings import Settings
from autoqa.store import Audit, AuditFilter, Jobs, Recordings, Store, hearing_key
from autoqa.store.figures import By, Figures
from autoqa.types import Action, Contact, JobKind, Order
from tests.builders import dialogue
from tests.databases import kept, url_of
from tests.rulebook.stores import ROLES, write_rules

pytestmark = pytest.mark.usefixtures("on_both")

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SAID, PHONE, NAME, SOUND = "旺财今天没有吃饭", "13800138000", "张三丰", "the sound of "
SCRIPT = """
坐席 0.5-2.5 您好，请问有什么可以帮您？
客户 3.0-4.0 {said}，我的手机号码是{phone}。
"""
LIMIT = timedelta(days=90)
OLD, YOUNG = "old", "young"
IDS = {OLD: "0a" * 32, YOUNG: "0b" * 32}


@dataclass(frozen=True)
class Place:
    """An old call and a young one, posted, scored and played, with their results in the folder."""

    folder: Path
    store: Store

    @property
    def retention(self) -> Retention:
        return Retention(self.store, self.folder)

    @property
    def recordings(self) -> Recordings:
        return Recordings(self.store, self.folder / "recordings")

    def put(self, name: str, days: int) -> None:
        id_ = IDS[name]
        contact = Contact(
            name,
            f"{name}.wav",
            agent_name=NAME + name,
            started_at=NOW - timedelta(days=days),
            channel_roles=ROLES,
        )
        heard = dialogue(SCRIPT.format(said=SAID + name, phone=PHONE + name))
        heard = replace(heard, recording=replace(heard.recording, id=id_))
        call = interpret(heard, contact)
        card, _ = score(call, contact, load_rules(self.folder / "rules"))
        with self.recordings.incoming() as folder:
            (folder / "a.wav").write_text(SOUND + name)
            self.recordings.keep(id_, [folder / "a.wav"])
        self.store.put_call(heard)
        self.store.put_scorecard(contact, call, card)
        write_whole(self.folder / "playback" / id_[:2] / f"{id_}.mix.ogg", SOUND + name)
        write_whole(self.folder / document_path(contact), result_json(call, contact, card))
        write_whole(self.folder / page_path(contact), SOUND + SAID + name)

    def holds(self, text: str) -> bool:
        """Whether anybody finds it who has the store and all files."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        found = [kept(self.folder / "autoqa.db"), *(path.read_bytes() for path in files)]
        return any(text.encode() in one for one in found)

    def purge(self, *kinds: Kind) -> dict[Kind, int]:
        return self.retention.purge(dict.fromkeys(kinds, LIMIT), NOW, "test")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(codec, "_LEVEL", 0)  # what is stored can be searched
    write_rules(tmp_path / "rules")
    with Store(url_of(tmp_path / "autoqa.db")) as store:
        place = Place(tmp_path, store)
        place.put(OLD, 100)
        place.put(YOUNG, 10)
        for text in (SAID, NAME, SOUND, PHONE):
            assert place.holds(text + OLD)
        yield place


def test_recordings_go_and_what_was_heard_stays(place: Place) -> None:
    assert place.purge(Kind.AUDIO) == {Kind.AUDIO: 1}
    assert not place.holds(SOUND + OLD)
    assert place.holds(SOUND + YOUNG)
    assert place.holds(SAID + OLD)
    assert place.recordings.paths(IDS[OLD]) == ()
    assert place.purge(Kind.AUDIO) == {Kind.AUDIO: 0}


def test_words_go_and_the_score_stays(place: Place) -> None:
    before = place.store.current_scorecard(OLD)
    assert place.purge(Kind.WORDS) == {Kind.WORDS: 1}
    for text in (SAID, PHONE):
        assert not place.holds(text + OLD)
        assert place.holds(text + YOUNG)
    assert place.holds(NAME + OLD)
    assert place.store.current_scorecard(OLD) == before is not None
    assert [one.calls for one in Figures(place.store).by(By.ALL)] == [2]


def test_a_call_goes_with_everything_but_its_lines_of_the_audit(place: Place) -> None:
    audit = Audit(place.store)
    audit.add("王芳", Action.CALL_READ, OLD)
    assert place.purge(*Kind) == {Kind.SCORES: 1, Kind.WORDS: 0, Kind.AUDIO: 0}
    for text in (SAID, NAME, SOUND, PHONE):
        assert not place.holds(text + OLD)
        assert place.holds(text + YOUNG)
    assert [one.calls for one in Figures(place.store).by(By.ALL)] == [1]
    (line,) = audit.page(AuditFilter(action=Action.PURGE), limit=9)
    assert (line.target, line.who, line.detail["count"]) == ("scores", "test", "1")
    assert [one.who for one in audit.page(AuditFilter(target=OLD), limit=9)] == ["王芳"]
    assert list(audit.faults()) == []


def test_on_request_the_same_goes(place: Place) -> None:
    place.retention.delete({OLD: IDS[OLD]})
    place.store.scrub()
    for text in (SAID, NAME, SOUND, PHONE):
        assert not place.holds(text + OLD)
        assert place.holds(text + YOUNG)


def test_the_same_recording_of_a_younger_call_is_kept(place: Place) -> None:
    call = place.store.call(IDS[OLD], hearing_key("test", {}))
    assert call is not None
    card = place.store.current_scorecard(OLD)
    assert card is not None
    place.store.put_scorecard(Contact("again", "again.wav", started_at=NOW), call, card)
    assert place.purge(Kind.AUDIO, Kind.WORDS) == {Kind.AUDIO: 0, Kind.WORDS: 0}
    assert place.purge(Kind.SCORES) == {Kind.SCORES: 1}
    assert place.holds(SOUND + OLD)
    assert not place.holds(NAME + OLD)


def test_what_is_waited_for_is_never_old(place: Place) -> None:
    order = Order(JobKind.RESCORE, IDS[OLD], Contact(OLD, "old.wav"))
    Jobs(place.store).submit(order)
    assert place.purge(*Kind) == dict.fromkeys(Kind, 0)


def test_what_never_was_scored_is_as_old_as_its_job(place: Place) -> None:
    jobs = Jobs(place.store)
    jobs.submit(Order(JobKind.SCORE, "0c" * 32, Contact("failed", "failed.wav")), is_done=True)
    ages = dict.fromkeys(Kind, LIMIT)
    today = datetime.now(UTC)
    place.retention.purge(ages, today + timedelta(days=89), "test")
    assert len(jobs.of_call("failed")) == 1
    place.retention.purge(ages, today + timedelta(days=91), "test")
    assert jobs.of_call("failed") == []


def test_results_of_another_file_that_is_called_the_same_stay(place: Place) -> None:
    document = place.folder / "old.wav.json"
    document.write_text(document.read_text().replace('"call_id":"old"', '"call_id":"a/old"'))
    place.purge(*Kind)
    assert document.exists()


def test_the_service_does_so_by_its_settings(place: Place) -> None:
    Housekeeping(place.retention, Settings(keep_score_days=30)).step()
    assert not place.holds(NAME + OLD)
    assert ages_of(Settings()) == {}


def test_the_command_says_what_went(tmp_path: Path) -> None:
    asked = ["purge", "--data", str(tmp_path), "--store", url_of(tmp_path / "empty.db")]
    run = CliRunner().invoke(command, [*asked, "--audio-older", "90d", "--lang", "en"])
    told = "removed: 0 recordings, 0 transcripts, 0 whole calls\n"
    assert (run.exit_code, run.stderr) == (0, told)
    assert CliRunner().invoke(command, asked).exit_code == 2


def test_an_age_is_days_weeks_or_years() -> None:
    assert [age(one).days for one in ("90d", "2w", "5y")] == [90, 14, 1825]
    for text in ("", "0d", "-1d", "90", "1m", "99999999y"):
        with pytest.raises(UsageError):
            age(text)
