"""Sentences as vectors, by a model in a folder: here one that knows five letters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from autoqa.errors import UsageError
from autoqa.knowledge.meaning import Meaning

VOCABULARY = {"[PAD]": 0, "[UNK]": 1, "a": 2, "b": 3, "c": 4, "q": 5}
TABLE = np.eye(len(VOCABULARY), dtype=np.float32)[:, 1:]


def write_model(folder: Path, *, weights: str = "model.onnx") -> Path:
    """Gives each letter a direction of its own: ``last_hidden_state`` of the usual shape."""
    place = folder / weights
    place.parent.mkdir(parents=True, exist_ok=True)
    shape = ["sentences", "letters"]
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "letters",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, shape)
            for name in ("input_ids", "attention_mask", "token_type_ids")
        ],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*shape, 5])],
        [numpy_helper.from_array(TABLE, "table")],
    )
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), str(place))
    tokenizer = Tokenizer(models.WordLevel(VOCABULARY, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def _rows(folder: Path, texts: Sequence[str]) -> list[list[float]]:
    return [[round(float(one), 3) for one in row] for row in Meaning(folder).vectors(texts)]


@pytest.mark.parametrize("weights", ["model.onnx", "onnx/model.onnx"])
def test_a_sentence_is_the_mean_of_its_words_and_of_length_one(
    tmp_path: Path, weights: str
) -> None:
    write_model(tmp_path, weights=weights)
    assert _rows(tmp_path, ["a", "ab", "bba"]) == [
        [0, 1, 0, 0, 0],
        [0, 0.707, 0.707, 0, 0],  # the padding beside the longer one counts for nothing
        [0, 0.447, 0.894, 0, 0],
    ]


def test_the_first_word_stands_for_it_where_the_model_says_so(tmp_path: Path) -> None:
    (write_model(tmp_path) / "1_Pooling").mkdir()
    config = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps(config), "utf-8")
    assert _rows(tmp_path, ["bba"]) == [[0, 0, 1, 0, 0]]


def test_what_the_model_wants_before_a_question_is_put_there(tmp_path: Path) -> None:
    config = {"prompts": {"query": "q"}}
    place = write_model(tmp_path) / "config_sentence_transformers.json"
    place.write_text(json.dumps(config), "utf-8")
    assert _rows(tmp_path, ["a"]) == [[0, 0.707, 0, 0, 0.707]]


def test_rows_do_not_depend_on_what_else_is_asked(tmp_path: Path) -> None:
    meaning = Meaning(write_model(tmp_path))
    texts = ["abc"[: 1 + number % 3] * (1 + number % 40) for number in range(150)]
    together = meaning.vectors(texts)
    assert together.shape == (150, 5)
    assert np.allclose(together[77], meaning.vectors([texts[77]])[0])
    assert meaning.vectors([]).shape[0] == 0


@pytest.mark.parametrize("broken", ["none", "tokenizer.json", "model.onnx"])
def test_a_folder_that_is_no_model_is_named(tmp_path: Path, broken: str) -> None:
    if broken != "none":
        (write_model(tmp_path) / broken).write_text("{}", "utf-8")
    with pytest.raises(UsageError, match=str(tmp_path)):
        Meaning(tmp_path)
