"""A telephone system that posts calls, and a worker that hears what a test tells it."""

from __future__ import annotations

import io
import wave
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from api.service import Service
from autoqa.events import interpret
from autoqa.scoring.evaluate import score
from autoqa.types import Call, Message
from tests.builders import dialogue

GREETING = """
坐席 0.5-2.5 您好，很高兴为您服务，请问有什么可以帮您？
客户 3.0-4.0 我想查一下我的账单。
"""


def wav(seconds: float = 5.0, tone: int = 1, channels: int = 2) -> bytes:
    """A recording; another ``tone`` is another recording."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(8000)
        frames = int(8000 * seconds) * channels
        out.writeframes(b"".join(int(tone * (n % 50)).to_bytes(2, "little") for n in range(frames)))
    return file.getvalue()


def post(client: Any, data: bytes | None = None, **options: Any) -> Any:
    """Posts a recording with the fields of its metadata as a form."""
    name = options.pop("name", "call.wav")
    params, headers = options.pop("params", None), options.pop("headers", None)
    files = {"recording": (name, wav() if data is None else data)}
    return client.post("/v1/calls", files=files, data=options, params=params, headers=headers)


def work(app: FastAPI, script: str = GREETING, *, error: Message | None = None) -> int:
    """Does every job that waits, as a worker would; returns how many there were."""
    service: Service = app.state.service
    count = 0
    while (held := service.jobs.claim("test")) is not None:
        count += 1
        if error is not None:
            service.jobs.fail(held, error)
            continue
        order = held.job.order
        heard = heard_in(script, order.recording_id)
        call = interpret(heard, order.contact)
        card, _ = score(call, order.contact, service.rules.rule_set)
        with service.jobs.holding(held):
            service.store.put_call(heard)
            service.store.put_scorecard(order.contact, call, card)
            service.jobs.finish(held)
    return count


def heard_in(script: str, recording_id: str) -> Call:
    call = dialogue(script)
    return replace(call, recording=replace(call.recording, id=recording_id))
