"""One frozen ``Settings``, read once from the environment and overridden by the command line.

Every field can be set as ``AUTOQA_`` and its name in capitals (``AUTOQA_MODEL=large-v3-turbo``).
Every limit on what other people send is here, with a default that a hotline can live with.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from autoqa.errors import UsageError
from autoqa.i18n import DEFAULT_LANGUAGE, LANGUAGES

_YES = "1", "yes", "true", "on"
_NO = "0", "no", "false", "off", ""


@dataclass(frozen=True, slots=True)
class Settings:
    """See each field's comment for meaning and unit."""

    language: str = DEFAULT_LANGUAGE
    """Of pages, reports and faults: zh_CN or en."""

    model: str = "base"
    """Whisper: a name (base, large-v3-turbo), or a folder with CTranslate2 weights."""
    device: str = "cpu"
    """cpu or cuda."""
    compute_type: str = "int8"
    """CTranslate2's: int8 on a processor, float16 on a GPU."""
    speech_language: str = "zh"
    """What is spoken on the line, for the recogniser."""
    workers: int = 0
    """Processes that hear recordings; 0: one for each processor, as far as there is memory."""
    threads: int = 1
    """Of each of them: processes gain more than threads."""
    gpu_share: float = 1.0
    """Of a graphics card, for a worker on a cluster: 0.5 puts two on each."""
    batch_size: int = 0
    """Windows of speech decoded together; 0: 16 on a processor, 64 on a GPU."""
    worker_recordings: int = 500
    """After so many recordings a worker is replaced, so that nothing can grow over a night."""
    speakers: str = "auto"
    """auto: the voices on a mono recording are told apart, if autoqa[mono] is installed; off."""

    prompts: Path = Path()
    """Folder of known recordings; empty: none is known by its sound."""

    meaning: Path = Path()
    """Folder of a sentence model (model.onnx, tokenizer.json), by which what customers ask is put
    together; empty: by how it sounds."""

    store: str = ""
    """SQLAlchemy URL; empty: autoqa.db in the output folder."""
    store_wait_s: float = 120.0
    """So long a worker waits for a PostgreSQL that is gone before it gives up what it has done."""
    data_dir: Path = Path("qa")
    """Folder of what the service keeps beside the store: posted recordings."""
    cache_dir: Path = Path()
    """For assembled model weights; empty: the user's cache folder."""
    time_zone: str = "Asia/Shanghai"
    """Of times in the metadata that name no zone."""
    caller_key: str = ""
    """Key of the hash under which customers' numbers are kept; empty: numbers are dropped."""
    satisfied: str = ""
    """Keys by which a customer says so, comma between (1,2); empty: only words say it."""
    complaint_rules: str = "apology"
    """Ids of rules, comma between, that are decided only where the customer complained; what he
    complained about is in the reports of management. Empty: it is not."""
    name_colleagues: bool = False
    """Whose calls good examples are from is told to agents; no: only to those who see all calls."""

    keep_audio_days: int = 0
    """So long the service keeps the recordings posted to it; 0: for ever."""
    keep_transcript_days: int = 0
    """So long it keeps what was heard in a call; 0: for ever."""
    keep_score_days: int = 0
    """So long it keeps a call at all, with its scorecards and reviews; 0: for ever."""

    mask: bool = True
    """Personal data is masked wherever people or programs read it, and bleeped where they hear it;
    no: in the store only."""

    max_duration_s: int = 6 * 3600
    """A longer recording is refused."""
    max_file_mb: int = 2048
    """A larger file is refused."""
    max_channels: int = 8
    """A recording with more channels is refused."""
    timeout_factor: float = 4.0
    """A recording may take this many times its length to hear."""
    shortest_timeout_s: float = 120.0
    """However short it is, it may take as long as this."""
    retries: int = 2
    """How often a recording is tried again after its worker died."""
    worker_memory_mb: int = 6144
    """Of a worker of the service; a recording that wants more is failed. 0: no limit."""

    host: str = "127.0.0.1"
    """The service listens here."""
    port: int = 8080
    """The service listens here."""
    browser_language: bool = False
    """Pages and problems are in the language that a browser asks for, else in ``language``."""
    trusted_proxies: str = ""
    """Addresses and networks, comma between, whose X-Forwarded-For and -Proto are believed."""
    tls_certificate: Path = Path()
    """PEM file; empty: no TLS, which is for the loopback and behind a trusted proxy only."""
    tls_key: Path = Path()
    """PEM file."""

    password_length: int = 12
    """A password has at least so many characters; NIST SP 800-63B asks for 8."""
    sign_in_tries: int = 10
    """After so many wrong tries a name is locked for a while, whether it exists or not."""
    address_tries: int = 50
    """As ``sign_in_tries``, from one address; a branch may share one."""
    lockout_minutes: int = 15
    """So long is a name or an address locked."""
    session_idle_minutes: int = 60
    """Who did nothing for so long signs in again."""
    session_hours: int = 12
    """After so long everybody signs in again: a long shift."""

    oidc_issuer: str = ""
    """URL of the bank's own sign-in (OpenID Connect); empty: there is none."""
    oidc_client_id: str = ""
    """What the issuer knows this service as."""
    oidc_client_secret: str = field(default="", repr=False)
    """From the issuer; belongs into the environment only."""
    oidc_scope: str = "openid profile"
    """What is asked of the issuer."""
    oidc_name_claim: str = "preferred_username"
    """The claim with the person's name."""
    oidc_duty_claim: str = "groups"
    """The claim that ``oidc_duties`` reads."""
    oidc_duties: str = ""
    """Values of that claim and the duties they give: ``qa=reviewer,qa-lead=supervisor``."""
    oidc_agent_claim: str = "employee_number"
    """The claim with an agent's id in the metadata of calls."""
    max_json_mb: int = 16
    """A larger body of a request is refused; recordings have ``max_file_mb``."""
    body_timeout_s: float = 30.0
    """The body of a request has to arrive within this time; an upload has ``upload_timeout_s``."""
    upload_timeout_s: float = 900.0
    """A recording has to arrive, or to be fetched, within this time."""
    stall_timeout_s: float = 20.0
    """An upload that sends nothing for so long is cut."""
    max_waiting: int = 1000
    """Calls that may wait to be heard; more are refused until some are done."""
    requests_a_minute: int = 3000
    """So often a key or a person may ask, all at once if they like; 0: as often as they like."""
    max_wait_s: int = 60
    """So long a request may wait for its scorecard (``?wait=``)."""
    fetch_from: str = ""
    """Prefixes of URLs from which recordings are fetched, with blanks between; empty: none."""
    fetch_private: bool = False
    """Recordings may be fetched from addresses inside the bank's own network."""
    callbacks_to: str = ""
    """Prefixes of URLs that may be told when a call is scored, with blanks between; empty: none."""
    alerts_to: str = ""
    """URL below one of them that is told of each alert; empty: none."""
    callbacks_private: bool = False
    """They may be at addresses inside the bank's own network."""
    callback_secret: str = field(default="", repr=False)
    """Signs what is sent to them; belongs into the environment only."""
    smtp: str = ""
    """Where letters with reports go: ``smtps://USER@HOST:465`` or ``smtp://HOST``; empty: none."""
    smtp_password: str = field(default="", repr=False)
    """Of the user; belongs into the environment only."""
    mail_from: str = ""
    """Sender of these letters; empty: autoqa@HOST."""
    take_from: Path = Path()
    """Folder below which recordings may be named by their path; empty: none."""
    metrics_token: str = ""
    """Who reads ``/metrics`` has to send it as a bearer token; empty: only this machine may."""
    chore_processes: int = 2
    """Processes of the service for scoring transcripts, trying rules and making playback copies."""
    chore_timeout_s: float = 120.0
    """So long one of these may take."""
    chore_memory_mb: int = 4096
    """So much memory each of these processes may allocate."""

    @property
    def complaint_rule_ids(self) -> tuple[str, ...]:
        """``complaint_rules``, one by one."""
        return tuple(one.strip() for one in self.complaint_rules.split(",") if one.strip())

    @property
    def satisfied_keys(self) -> frozenset[str]:
        """``satisfied``, one by one."""
        return frozenset(key.strip() for key in self.satisfied.split(",") if key.strip())


SECRETS = frozenset(
    {"callback_secret", "caller_key", "metrics_token", "oidc_client_secret", "smtp_password"}
)
"""Settings that are shown to nobody."""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``AUTOQA_*`` variables.

    Raises ``UsageError`` for a value that does not fit its field or a language nobody speaks here.
    """
    environment = os.environ if environment is None else environment
    changes: dict[str, Any] = {}
    for item in fields(Settings):
        name = "AUTOQA_" + item.name.upper()
        if (text := environment.get(name)) is not None:
            kind: Any = Path if isinstance(item.default, Path) else type(item.default)
            if kind is bool:
                changes[item.name] = _is_yes(name, text)
                continue
            try:
                changes[item.name] = kind(text)
            except ValueError:
                raise UsageError(
                    "{name}={value} is not a number; unset it or give one", name=name, value=text
                ) from None
    settings = replace(Settings(), **changes)
    if settings.language not in LANGUAGES:
        raise UsageError(
            "the language {value} is not known; choose one of {known}",
            value=settings.language,
            known=", ".join(LANGUAGES),
        )
    return settings


def as_environment(settings: Settings) -> dict[str, str]:
    """What ``read_settings`` makes the same settings of, for a process of our own; but for
    secrets, which it has no need of."""
    return {
        "AUTOQA_" + item.name.upper(): str(getattr(settings, item.name))
        for item in fields(Settings)
        if item.name not in SECRETS
    }


def _is_yes(name: str, text: str) -> bool:
    if (word := text.strip().lower()) in _YES or word in _NO:
        return word in _YES
    raise UsageError("{name}={value} is neither yes nor no", name=name, value=text)
