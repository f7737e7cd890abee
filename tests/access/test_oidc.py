"""The bank's own sign-in: who comes back is believed only where everything fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from autoqa.access import Access
from autoqa.access.oidc import BankSignIn, Identity, duties_of
from autoqa.errors import SignInRefused, UsageError
from autoqa.settings import Settings
from autoqa.store import Database
from autoqa.types import Duty
from tests.access.clock import Clock
from tests.access.issuer import CLIENT, SECRET, Issuer, serving

BACK = "https://qa.example/sign-in/bank/back"


@pytest.fixture(scope="module")
def running() -> Iterator[Issuer]:
    with serving() as issuer:
        yield issuer


@pytest.fixture
def issuer(running: Issuer) -> Iterator[Issuer]:
    yield running
    running.reset()


@pytest.fixture
def settings(issuer: Issuer) -> Settings:
    return Settings(
        oidc_issuer=issuer.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_duties="qa-staff=reviewer, qa-lead=supervisor,floor=agent",
    )


@pytest.fixture
def bank(settings: Settings) -> BankSignIn:
    return BankSignIn(settings, lambda: datetime.now(UTC))


def came_back(bank: BankSignIn, issuer: Issuer, **query: str) -> Identity:
    """Somebody goes there and comes back; ``query``: what differs from what the issuer said."""
    url, begun = bank.begin(BACK)
    return bank.finish(begun, BACK, {**issuer.authorize(url), **query})


def test_the_browser_is_sent_with_state_nonce_and_challenge(
    bank: BankSignIn, issuer: Issuer
) -> None:
    url, begun = bank.begin(BACK)
    assert url.startswith(f"{issuer.url}/authorize?")
    query = parse_qs(urlsplit(url).query)
    assert query["response_type"] == ["code"]
    assert query["redirect_uri"] == [BACK]
    assert (query["state"], query["nonce"]) == ([begun.state], [begun.nonce])
    assert query["code_challenge_method"] == ["S256"]
    assert begun.verifier not in url
    assert bank.begin(BACK)[1] != begun


def test_who_comes_back_is_known(bank: BankSignIn, issuer: Issuer) -> None:
    identity = came_back(bank, issuer)
    assert identity.subject == f"{issuer.url}#u-1"
    assert (identity.name, identity.duties) == ("王芳", frozenset({Duty.REVIEWER}))


def test_an_agent_gets_his_ids_and_who_also_judges_sees_all(
    bank: BankSignIn, issuer: Issuer
) -> None:
    issuer.claims = {"groups": "floor", "employee_number": 4711}
    agent = came_back(bank, issuer)
    assert (agent.duties, agent.agent_ids) == (frozenset({Duty.AGENT}), frozenset({"4711"}))
    issuer.claims = {"groups": ["floor", "qa-lead"], "employee_number": "4711"}
    lead = came_back(bank, issuer)
    assert (lead.duties, lead.agent_ids) == (frozenset({Duty.SUPERVISOR}), frozenset())


@pytest.mark.parametrize("query", [{"state": "x"}, {"state": ""}, {"code": ""}, {"code": "other"}])
def test_a_wrong_state_or_code_is_refused(
    bank: BankSignIn, issuer: Issuer, query: dict[str, str]
) -> None:
    with pytest.raises(SignInRefused):
        came_back(bank, issuer, **query)


def test_an_answer_of_another_issuer_or_an_error_is_refused(
    bank: BankSignIn, issuer: Issuer
) -> None:
    with pytest.raises(SignInRefused):
        came_back(bank, issuer, iss="https://evil.example")
    with pytest.raises(SignInRefused):
        came_back(bank, issuer, error="access_denied")
    assert came_back(bank, issuer, iss=issuer.url).name == "王芳"


def test_a_sign_in_that_was_not_begun_here_is_refused(bank: BankSignIn, issuer: Issuer) -> None:
    url, begun = bank.begin(BACK)
    with pytest.raises(SignInRefused):
        bank.finish(None, BACK, issuer.authorize(url))
    with pytest.raises(SignInRefused):
        bank.finish(replace(begun, verifier="other"), BACK, issuer.authorize(url))
    with pytest.raises(SignInRefused):
        bank.finish(begun, BACK + "/elsewhere", issuer.authorize(url))


def test_a_code_serves_once(bank: BankSignIn, issuer: Issuer) -> None:
    url, begun = bank.begin(BACK)
    query = issuer.authorize(url)
    bank.finish(begun, BACK, query)
    with pytest.raises(SignInRefused):
        bank.finish(begun, BACK, query)


LONG_AGO, FAR_AHEAD = 1_000_000_000, 4_102_444_800
"""In 2001 and in 2100: tests have the same names whenever they run."""


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "other"},
        {"nonce": None},
        {"nonce": ["x"]},
        {"aud": "somebody-else"},
        {"aud": None},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"exp": LONG_AGO},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": FAR_AHEAD},
        {"nbf": FAR_AHEAD},
    ],
    ids=str,
)
def test_a_token_that_does_not_fit_is_refused(
    bank: BankSignIn, issuer: Issuer, claims: dict[str, object]
) -> None:
    issuer.claims = claims
    with pytest.raises(SignInRefused):
        came_back(bank, issuer)


@pytest.mark.filterwarnings("ignore:JWS algorithm")
@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_could_sign_is_refused(
    bank: BankSignIn, issuer: Issuer, algorithm: str
) -> None:
    issuer.header = {"alg": algorithm}
    with pytest.raises(SignInRefused):
        came_back(bank, issuer)


def test_a_token_that_somebody_else_signed_is_refused(bank: BankSignIn, issuer: Issuer) -> None:
    issuer.sign_with_another_key()
    with pytest.raises(SignInRefused):
        came_back(bank, issuer)


def test_an_issuer_may_change_its_key(bank: BankSignIn, issuer: Issuer) -> None:
    came_back(bank, issuer)
    issuer.turn_key()
    assert came_back(bank, issuer).name == "王芳"


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "file:///etc/passwd"},
    ],
    ids=str,
)
def test_an_issuer_that_points_elsewhere_is_not_followed(
    bank: BankSignIn, issuer: Issuer, document: dict[str, object]
) -> None:
    issuer.document = document
    with pytest.raises(SignInRefused):
        bank.begin(BACK)


def test_an_issuer_that_is_away_is_told(settings: Settings) -> None:
    away = replace(settings, oidc_issuer="http://127.0.0.1:9")
    with pytest.raises(SignInRefused, match="cannot be reached"):
        BankSignIn(away, lambda: datetime.now(UTC)).begin(BACK)


def test_an_issuer_that_is_away_is_not_asked_by_everybody(
    settings: Settings, issuer: Issuer
) -> None:
    clock = Clock()
    bank = BankSignIn(settings, clock)
    issuer.document = {"issuer": "https://evil.example"}
    with pytest.raises(SignInRefused, match="does not hold"):
        bank.begin(BACK)
    issuer.reset()
    with pytest.raises(SignInRefused, match="cannot be reached"):
        bank.begin(BACK)
    clock.wait(seconds=5)
    assert bank.begin(BACK)


def test_a_token_of_yesterday_is_refused(settings: Settings, issuer: Issuer) -> None:
    tomorrow = BankSignIn(settings, lambda: datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(SignInRefused):
        came_back(tomorrow, issuer)


@pytest.mark.parametrize(
    "changes",
    [
        {"oidc_issuer": "http://sso.example"},
        {"oidc_issuer": "sso.example"},
        {"oidc_client_id": ""},
        {"oidc_duties": "qa-staff=boss"},
        {"oidc_duties": "qa-staff"},
    ],
)
def test_settings_that_cannot_work_are_told_at_the_start(
    settings: Settings, changes: dict[str, str]
) -> None:
    with pytest.raises(UsageError):
        BankSignIn(replace(settings, **changes), lambda: datetime.now(UTC))  # type: ignore[arg-type]


def test_a_group_may_have_an_equals_sign_in_its_name() -> None:
    assert duties_of("cn=qa=reviewer,") == {"cn=qa": Duty.REVIEWER}


def test_the_secret_is_not_shown_with_the_settings(settings: Settings) -> None:
    assert SECRET not in repr(settings)


# ---------------------------------------------------------------- who that is here


@pytest.fixture
def closed(database: Database, settings: Settings) -> Access:
    return Access(settings, database)


WANG = Identity("https://sso#1", "王芳", frozenset({Duty.REVIEWER}), frozenset())


def test_somebody_new_is_added_and_known_again(closed: Access) -> None:
    assert not closed.is_open()
    person = closed.staff.by_identity(WANG)
    promoted = replace(WANG, name="王芳芳", duties=frozenset({Duty.SUPERVISOR}))
    assert closed.staff.by_identity(promoted) == replace(person, duties=promoted.duties)
    assert [one.name for one in closed.staff.all()] == ["王芳"]


def test_who_has_no_duty_here_stays_out(closed: Access) -> None:
    with pytest.raises(SignInRefused, match="no duty"):
        closed.staff.by_identity(replace(WANG, duties=frozenset()))
    with pytest.raises(SignInRefused, match="no duty"):
        closed.staff.by_identity(replace(WANG, duties=frozenset({Duty.AGENT})))
    assert closed.staff.all() == []


def test_a_name_does_not_take_over_an_account(closed: Access) -> None:
    closed.staff.add("王芳", [Duty.ADMIN])
    with pytest.raises(SignInRefused, match="somebody else"):
        closed.staff.by_identity(WANG)
    with pytest.raises(SignInRefused):
        closed.staff.by_identity(replace(WANG, name="local"))
    assert closed.staff.find("王芳").duties == {Duty.ADMIN}


def test_who_is_disabled_here_stays_out(closed: Access) -> None:
    closed.staff.by_identity(WANG)
    closed.staff.disable("王芳")
    with pytest.raises(SignInRefused):
        closed.staff.by_identity(WANG)
