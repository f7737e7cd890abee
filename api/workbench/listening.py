"""A call to listen to: the player over its lines, and the transcript that follows the sound."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from nicegui import ui

from api.paths import call_path
from api.service import Service
from api.workbench.frame import Key, draw
from api.workbench.sound import peaks_url, sound_url
from autoqa.i18n import _, render
from autoqa.reports import wording
from autoqa.reports.call_page import known_facts
from autoqa.reports.timeline import timeline, voices
from autoqa.reports.transcript import transcript
from autoqa.store import Overview
from autoqa.types import Call, Contact, Recording, Role, Scorecard

SCRIPTS = ("player.js", "call.js")


@dataclass(frozen=True, slots=True)
class Heard:
    """A stored call as it is interpreted now."""

    contact: Contact
    call: Call
    unmasked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A channel as the player draws it. ``style``: whose it is. ``parts``: who spoke when."""

    name: str
    style: str
    parts: tuple[tuple[int, int, str], ...]


def heard(service: Service, call_id: str, *, unmasked: bool = False) -> Heard:
    """A call that is known to be stored; without words where they were kept for their time.

    ``unmasked``: with personal data, for who may see it.
    """
    one = next(iter(service.store.stored([call_id])), None)
    if one is None:
        return _wordless(service, call_id)
    return Heard(one.contact, service.heard(one, unmasked=unmasked), unmasked)


def _wordless(service: Service, call_id: str) -> Heard:
    row = Overview(service.store).call(call_id)
    (contact,) = service.store.contacts([call_id])
    assert row is not None, "what is shown stands somewhere"
    return Heard(contact, Call(Recording(row.recording_id, 0, 0, row.duration_ms, ""), ()))


def listening_keys() -> list[Key]:
    return [
        ("␣", _("play, pause")),
        ("← →", _("5 seconds back, on")),
        ("+ − 0", _("zoom in, out, all of it")),
        ("/", _("search what was said")),
        ("u", _("back to the list")),
    ]


@contextmanager
def listening(
    heard: Heard, back: str, card: Scorecard | None, unsent: Mapping[str, str], mask: str = ""
) -> Iterator[None]:
    """The head and the player of a call; what is drawn inside comes below.

    ``card``: whose findings are marked; None: nobody is told what the machine found. ``unsent``:
    what the viewer has typed, by place. ``mask``: where the same page is with or without personal
    data, for who may see it.
    """
    call, contact = heard.call, heard.contact
    lines = lines_of(call)
    form = [(_("Form"), card.form_name or card.form)] if card else []
    pages = [(_("Print"), "/report.html"), (_("Evidence bundle"), "/bundle.html")] if card else []
    data = {
        "duration": call.duration_ms,
        "lines": [{"parts": line.parts} for line in lines],
        "peaks": peaks_url(contact.call_id),
        "unsent": unsent,
    }
    shown = draw(
        "player.html",
        call=call,
        contact=contact,
        back=back,
        mask=mask,
        taken=[(label, call_path(contact.call_id, rest)) for label, rest in pages],
        unmasked=heard.unmasked,
        facts=[*known_facts(call, contact), *form],
        remarks=[render(remark.message) for remark in call.remarks],
        picture=timeline(call, card),
        lines=lines,
        sound=sound_url(contact.call_id, unmasked=heard.unmasked),
    )
    whole = ui.element("div")
    whole.props["id"], whole.props["data-call"] = "call", json.dumps(data)
    with whole:
        ui.html(shown, sanitize=False)
        yield


def talk(heard: Heard, card: Scorecard | None) -> str:
    """The transcript, each word with its time. ``card`` as in ``listening``."""
    return draw("talk.html", transcript=transcript(heard.call, card, by_word=True))


def pane(style: str, label: str, content: str) -> ui.html:
    """A part of the page that scrolls by itself."""
    shown = ui.html(content, sanitize=False, tag="section").classes(style)
    shown.props["aria-label"], shown.props["tabindex"] = label, "0"
    return shown


def lines_of(call: Call) -> list[Line]:
    """The channels, each with whose voice was on it when."""
    found = []
    for channel in call.channels:
        said = tuple(u for u in call.utterances if u.channel == channel.index)
        spoken = voices(replace(call, channels=(channel,), utterances=said))
        parts = sorted(
            (segment.start_ms, segment.end_ms, role.value)
            for role, segments in spoken.items()
            for segment in segments
        )
        role = Role.UNKNOWN if call.is_mixed else channel.role
        known = role in (Role.AGENT, Role.CUSTOMER)
        name = wording.role_name(role) if known else _("Line {n}").format(n=channel.index + 1)
        found.append(Line(name, role.value, tuple(parts)))
    return found
