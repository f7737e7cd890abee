"""Scripts of conversations: what is said, what sounds, and what a fair judge would say about it.

A script is a YAML file in ``bench/conversations/PART/NAME.yaml``; ``bench/conversations/README.md``
explains it by example.  Seconds are written as people do (``2.9``); here they become milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RULES = (
    "answer-time", "menu-depth", "forced-ad", "agent-pitch", "greeting", "staff-id",
    "hold-requested", "hold-thanked", "hold-length", "hold-total", "offer-help", "closing",
    "apology", "interruption", "dead-air", "forbidden-words", "no-guarantee", "speech-rate",
    "risk-notice",
)  # fmt: skip
COMPUTED_RULES = ("speech-rate",)  # depends on the voice, so the synthesizer measures it
OUTCOMES = ("passed", "failed", "not_applicable", "undetermined")
PHRASE_CLASSES = (
    "greeting", "staff_id", "hold_request", "hold_thanks", "offer_help", "closing", "apology",
    "risk_notice", "guarantee", "forbidden", "agent_pitch",
)  # fmt: skip
LABELS = ("menu", "ad", "notice", "queue", "unknown")
CAUSES = ("customer_searching", "typing", "line_dead", "unexplained")
KINDS = (
    "agent", "customer", "prompt", "queue", "hold", "ring", "keys", "busy", "pause", "background",
)  # fmt: skip
OPTIONS = {
    "is", "quoted", "wait", "complaint", "recommends", "after", "during", "speed", "voice", "cut",
    "said", "text", "music", "announce", "every", "inside", "at", "cause", "owed_by", "on", "quiet",
}  # fmt: skip


class ScriptError(Exception):
    """A script is wrong; the message names the file and the place."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a script.  ``after_ms`` counts from the end of what came before (negative:
    overlap), ``during_ms`` from its start; ``at_ms`` from the start of the hold around it."""

    kind: str
    text: str = ""
    duration_ms: int = 0
    count: int = 0
    label: str = ""
    classes: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()  # classes whose words are negated or another's: 不保证收益
    wait: bool = False
    complaint: bool = False
    recommends: bool = False
    after_ms: int | None = None
    during_ms: int | None = None
    at_ms: int = 0
    every_ms: int = 0
    cut_ms: int | None = None
    said: str | None = None
    speed: float = 1.0
    voice: str = ""
    music: bool = True
    cause: str = ""
    owed_by: str = ""
    line: str = ""
    quiet_db: float = 0.0
    inside: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation with its voices, its line, what the bank's files say and the outcomes."""

    name: str
    title: str
    voices: Mapping[str, str]
    items: tuple[Item, ...]
    outcomes: Mapping[str, str]
    rates: Mapping[str, float] = field(default_factory=dict)  # of speaking, by the names of voices
    meta: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    lead_ms: int = 700
    tail_ms: int = 1200
    prompt_line: str = "agent"
    key_line: str = "customer"
    timbre: str = "organ"
    codec: str = "pcm"  # how an example is written, a name of bench.codecs.CODECS
    mono: bool = False
    in_csv: bool = False  # an example's metadata goes to calls.csv instead of a file of its own


def load_scripts(folder: Path) -> list[Script]:
    """Read every script of a folder, in the order of their names."""
    return [load_script(path) for path in sorted(folder.glob("*.yaml"))]


def load_script(path: Path) -> Script:
    """Read one script; raises ScriptError with the file and the place."""
    from ruamel.yaml import YAML  # YAML 1.2: 12:30 stays text, no stays no

    raw = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    try:
        items = tuple(_item(entry, number) for number, entry in enumerate(raw["call"], 1))
        return Script(
            name=path.stem,
            title=str(raw["title"]),
            voices=dict(raw["voices"]),
            items=items,
            outcomes=_outcomes(raw["outcomes"]),
            rates={name: float(rate) for name, rate in raw.get("rates", {}).items()},
            meta=dict(raw.get("meta", {})),
            seed=int(raw.get("seed", sum(path.stem.encode()))),
            lead_ms=_ms(raw.get("lead", 0.7)),
            tail_ms=_ms(raw.get("tail", 1.2)),
            prompt_line=str(raw.get("prompt_line", "agent")),
            key_line=str(raw.get("key_line", "customer")),
            timbre=str(raw.get("timbre", "organ")),
            codec=str(raw.get("codec", "pcm")),
            mono=bool(raw.get("mono", False)),
            in_csv=bool(raw.get("in_csv", False)),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise ScriptError(f"{path}: {type(fault).__name__}: {fault}") from fault


def _ms(seconds: float | int | str) -> int:
    return round(float(seconds) * 1000)


def _item(entry: Mapping[str, Any], number: int) -> Item:
    kinds = [key for key in entry if key in KINDS]
    strange = set(entry) - OPTIONS - set(KINDS)
    if len(kinds) != 1 or strange:
        raise ValueError(f"item {number}: kinds {kinds}, unknown keys {sorted(strange)}")
    kind = kinds[0]
    value = entry[kind]
    classes = tuple(entry.get("is", ()))
    for name, known in ((classes, PHRASE_CLASSES), ((value,) if kind == "prompt" else (), LABELS)):
        if set(name) - set(known):
            raise ValueError(f"item {number}: {name} is none of {known}")
    if kind == "pause" and entry.get("cause") not in CAUSES:
        raise ValueError(f"item {number}: a pause needs a cause, one of {CAUSES}")
    spoken = kind in ("agent", "customer")
    return Item(
        kind=kind,
        text=str(
            value if spoken or kind == "keys" else entry.get("text", entry.get("announce", ""))
        ),
        duration_ms=_ms(value) if kind in ("queue", "hold", "busy", "pause", "background") else 0,
        count=int(value) if kind == "ring" else 0,
        label=str(value) if kind == "prompt" else "",
        classes=classes,
        quoted=tuple(entry.get("quoted", ())),
        wait=bool(entry.get("wait", "hold_request" in classes)),
        complaint=bool(entry.get("complaint", False)),
        recommends=bool(entry.get("recommends", False)),
        after_ms=_ms(entry["after"]) if "after" in entry else None,
        during_ms=_ms(entry["during"]) if "during" in entry else None,
        at_ms=_ms(entry.get("at", 0)),
        every_ms=_ms(entry.get("every", 15)),
        cut_ms=_ms(entry["cut"]) if "cut" in entry else None,
        said=entry.get("said"),
        speed=float(entry.get("speed", 1.0)),
        voice=str(entry.get("voice", "")),
        music=bool(entry.get("music", True)),
        cause=str(entry.get("cause", "")),
        owed_by=str(entry.get("owed_by", "agent")) if kind == "pause" else "",
        line=str(entry.get("on", "")),
        quiet_db=float(entry.get("quiet", 0)),
        inside=tuple(_item(inner, number) for inner in entry.get("inside", ())),
    )


def _outcomes(raw: Mapping[str, Any]) -> dict[str, str]:
    """Read ``{passed: a b, failed: c}``; every rule of RULES but the computed ones, each once."""
    outcomes: dict[str, str] = {}
    for outcome, rules in raw.items():
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome {outcome}")
        for rule in str(rules or "").split():
            if rule in outcomes or rule not in RULES:
                raise ValueError(f"rule {rule} is twice in outcomes, or unknown")
            outcomes[rule] = outcome
    missing = set(RULES) - set(COMPUTED_RULES) - set(outcomes)
    if missing:
        raise ValueError(f"outcomes lack {sorted(missing)}")
    return outcomes
