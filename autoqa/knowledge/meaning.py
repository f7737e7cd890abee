"""Sentences as vectors, by a model of the bank's own choice: what means alike lies close together.

The model is a folder as they are published for ONNX: ``model.onnx`` (there or in ``onnx/``) and
``tokenizer.json``; where they are there, ``1_Pooling/config.json`` says whether the first word or
the mean of all stands for a sentence (else: the mean), ``config_sentence_transformers.json`` what
is written before one (``prompts``, ``query``). Nothing is fetched.

Likeness is no proof of what somebody asked: with the model that was tried, questions about other
things came as near as those of the same in other words. So no score hangs on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoqa.errors import UsageError
from autoqa.i18n import N_

Vectors = NDArray[np.float32]
"""A row a sentence, each of length 1: their products are likenesses, -1 to 1."""

_BATCH = 64
_MOST_TOKENS = 256
"""Of a sentence; a question has some twenty."""
_NO_MODEL = N_("{folder} holds no model.onnx and tokenizer.json: give the folder of a model")
_BAD_MODEL = N_("the model in {folder} cannot be used ({reason}); give another one")


class Meaning:
    """``folder``: of the model. Raises ``UsageError``."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        places = folder / "model.onnx", folder / "onnx" / "model.onnx"
        weights = next((path for path in places if path.is_file()), None)
        if weights is None or not (folder / "tokenizer.json").is_file():
            raise UsageError(_NO_MODEL, folder=str(folder))
        options = SessionOptions()
        options.intra_op_num_threads = threads
        self._folder = folder
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.enable_truncation(_MOST_TOKENS)
            self._tokenizer.enable_padding()
            self._session = InferenceSession(str(weights), options)
        except Exception as error:  # noqa: BLE001 (both raise whatever their own languages raise)
            raise UsageError(_BAD_MODEL, folder=str(folder), reason=type(error).__name__) from None
        self._inputs = {one.name for one in self._session.get_inputs()}
        pooling = _read(folder / "1_Pooling" / "config.json")
        self._by_first = bool(pooling.get("pooling_mode_cls_token"))
        prompts = _read(folder / "config_sentence_transformers.json").get("prompts")
        self._before = str(prompts.get("query", "")) if isinstance(prompts, dict) else ""

    def vectors(self, sentences: Sequence[str]) -> Vectors:
        """A row for each, in their order. Raises ``UsageError`` where the model gives none."""
        if not sentences:
            return np.zeros((0, 1), np.float32)
        found: Vectors = np.concatenate(list(self._batches(sentences)))
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return found

    def _batches(self, sentences: Sequence[str]) -> Iterator[Vectors]:
        for at in range(0, len(sentences), _BATCH):
            texts = [self._before + one for one in sentences[at : at + _BATCH]]
            encoded = self._tokenizer.encode_batch(texts)
            mask = np.array([one.attention_mask for one in encoded], np.int64)
            given = {
                "input_ids": np.array([one.ids for one in encoded], np.int64),
                "attention_mask": mask,
                "token_type_ids": np.zeros_like(mask),
            }
            try:
                known = {name: given[name] for name in self._inputs}
                made = np.asarray(self._session.run(None, known)[0], np.float32)
            except Exception as error:  # noqa: BLE001 (as above)
                raise UsageError(
                    _BAD_MODEL, folder=str(self._folder), reason=type(error).__name__
                ) from None
            yield made if made.ndim == 2 else self._pooled(made, mask)

    def _pooled(self, words: Vectors, mask: NDArray[np.int64]) -> Vectors:
        """``words``: (sentences, words, width)."""
        if self._by_first:
            return words[:, 0]
        share = mask[..., None].astype(np.float32)
        means: Vectors = (words * share).sum(axis=1) / np.maximum(share.sum(axis=1), 1)
        return means


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
