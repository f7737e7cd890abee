"""What a store on PostgreSQL does that no other can."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from autoqa.errors import StoreError
from autoqa.events import interpret
from autoqa.i18n import language, render
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import Filter, Overview, Store
from tests.databases import POSTGRES, cluster, execute, running_on, url_of
from tests.rulebook.stores import RULES, write_rules
from tests.store.calls import filled

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _on_postgres() -> Iterator[None]:
    with running_on(POSTGRES):
        yield


def test_who_may_not_come_in_is_told_so_in_one_line_without_the_password() -> None:
    with pytest.raises(StoreError) as caught, language("en"):
        Store(cluster().place("postgres", password="wrong-secret"))
    with language("en"):
        told = render(caught.value.message)
    assert "password authentication failed" in told
    assert "wrong-secret" not in told
    assert "\n" not in told


@pytest.mark.parametrize("query", ["", "?password=wrong-secret"])
def test_where_there_is_no_server_it_says_so(query: str) -> None:
    with pytest.raises(StoreError, match="refused") as caught:
        Store(f"postgresql://autoqa:wrong-secret@127.0.0.1:9/qa{query}")
    assert "wrong-secret" not in str(caught.value)


def test_what_reads_sees_one_state_and_writes_nothing(tmp_path: Path) -> None:
    with Store(url_of(tmp_path / "qa.db")) as store:
        kind = sa.text("SHOW transaction_isolation")
        with store.reading() as connection:
            assert connection.scalar(kind) == "repeatable read"
            assert connection.scalar(sa.text("SHOW transaction_read_only")) == "on"
        with store.begin() as connection:
            assert connection.scalar(kind) == "read committed"


def test_no_text_breaks_it(tmp_path: Path) -> None:
    with filled(tmp_path) as store:
        assert Overview(store).call("a/polite\0.wav") is None
        assert Overview(store).count(Filter(teams=["\0"], text="\0")) == 0


def test_many_who_score_the_same_calls_at_once_agree_on_where_they_stand(tmp_path: Path) -> None:
    def rescore(number: int) -> None:
        # Each rule set by two at once; what a rule is called changes, too.
        text = RULES.replace("开头问候", f"开头问候 {number % 2}")
        rules = load_rules(write_rules(tmp_path / f"rules-{number}", text))
        with Store(url) as store:
            stored = store.stored(store.call_ids())
            calls = [(one.contact, interpret(one.call, one.contact)) for one in stored]
            for _ in range(5):
                for some in (calls, calls[::-1]):
                    store.put_scorecards(
                        [(contact, call, score(call, contact, rules)[0]) for contact, call in some]
                    )

    url = url_of(tmp_path / "qa.db")
    with filled(tmp_path) as store, ThreadPoolExecutor(4) as pool:
        list(pool.map(rescore, range(4)))
        for row in Overview(store).page().rows:
            final = store.current_scorecard(row.call_id)
            assert final is not None
            assert row.rule_set_version == final.rule_set_version
            assert len(store.scorecards(row.call_id)) == 3  # one of them is that of ``filled``
    kept = execute(url, "SELECT overview_id, count(*) FROM overview_findings GROUP BY overview_id")
    assert [count for _, count in kept] == [2, 2, 2, 2]
