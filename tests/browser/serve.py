"""``python -m tests.browser.serve PORT FOLDER``: the service on the store that ``fill`` made."""

from __future__ import annotations

import sys
import wave
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import uvicorn

from api.app import create_app
from autoqa.events import interpret
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.settings import Settings
from autoqa.store import RECORDINGS, Recordings, Store, store_url
from autoqa.types import Call, Contact, Word
from tests.builders import dialogue
from tests.rulebook.stores import ROLES, write_rules

RATE_HZ = 8000
BEGAN = datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))
PROMISE = """
    坐席 0.0-2.5 您好，很高兴为您服务。
    客户 3.0-5.0 那个理财产品怎么样？
    坐席 12.0-14.5 我们保证收益百分之五。
    客户 15.0-17.0 那我考虑一下。
    坐席 18.0-20.0 保证收益的机会不多。
"""
POLITE = """
    坐席 0.0-2.5 您好，很高兴为您服务。
    客户 3.0-5.0 我想查一下账单。
"""
HOSTILE = "<img src=x onerror=\"document.title='broken in'\">"
CALLS: Mapping[str, tuple[str, str]] = {
    "night/promise.wav": (PROMISE, "8001"),
    "night/polite.wav": (POLITE, "8002"),
    f"night/{HOSTILE}.wav": (POLITE.replace("账单", f"账单 {HOSTILE} </script><b>"), "8002"),
}


def settings_in(folder: Path) -> Settings:
    return Settings(store=str(folder / "autoqa.db"), data_dir=folder, chore_processes=1)


def fill(folder: Path) -> None:
    """Puts a store, rules and recordings into ``folder``."""
    settings = settings_in(folder)
    rules = load_rules(write_rules(folder / "rules"))
    with Store(store_url(settings.store)) as store:
        recordings = Recordings(store, folder / RECORDINGS)
        for number, (name, (script, agent)) in enumerate(CALLS.items()):
            heard = _with_words(dialogue(script))
            heard = replace(heard, recording=replace(heard.recording, id=f"{number:064}"))
            contact = Contact(
                name,
                name,
                agent_id=agent,
                team="一组",
                started_at=BEGAN + timedelta(days=number),
                channel_roles=ROLES,
            )
            path = folder / f"{number}.wav"
            write_sound(path, heard)
            recordings.note(heard.recording.id, [path])
            store.put_call(heard)
            call = interpret(heard, contact)
            store.put_scorecard(contact, call, score(call, contact, rules)[0])


def write_sound(path: Path, call: Call) -> None:
    """A WAV with a hum where somebody speaks."""
    frames = np.zeros((call.duration_ms * RATE_HZ // 1000, len(call.channels)), np.int16)
    hum = (8000 * np.sin(np.arange(frames.shape[0]) * 2 * np.pi * 180 / RATE_HZ)).astype(np.int16)
    for channel in call.channels:
        for part in channel.speech:
            span = slice(part.start_ms * RATE_HZ // 1000, part.end_ms * RATE_HZ // 1000)
            frames[span, channel.index] = hum[span]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(call.channels))
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(frames.tobytes())


def _with_words(call: Call) -> Call:
    """Each character a word, with an equal share of the time."""
    said = []
    for one in call.utterances:
        share = (one.end_ms - one.start_ms) / len(one.text)
        words = tuple(
            Word(
                one.start_ms + round(at * share), one.start_ms + round((at + 1) * share), text, 0.9
            )
            for at, text in enumerate(one.text)
        )
        said.append(replace(one, words=words))
    return replace(call, utterances=tuple(said))


if __name__ == "__main__":
    place = Path(sys.argv[2])
    app = create_app(settings_in(place), place / "rules")
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
