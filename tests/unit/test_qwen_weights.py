"""Weights are looked at before anything is loaded; what is wrong with them is said."""

import json
from pathlib import Path

import pytest

from model.decomposers.qwen_image_layered.weights.folder import PARTS, PIPELINE, is_hub_name, looked_at
from model.errors import ModelUnavailable
from tests.safetensors_of_zeros import weights_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": PIPELINE}))
    for size, part in enumerate(PARTS, start=1):
        (tmp_path / part).mkdir()
        (tmp_path / part / "model-00001-of-00001.safetensors").write_bytes(weights_of(size))
    return tmp_path


def test_the_size_of_each_part_is_known(folder: Path) -> None:
    found = looked_at(folder)
    assert dict(found.part_bytes) == {part: len(weights_of(size)) for size, part in enumerate(PARTS, start=1)}
    assert found.total_bytes == sum(found.part_bytes.values())


@pytest.mark.parametrize("left", [0, 5, 20, -1], ids=str)
def test_a_file_that_was_cut_off_is_named_with_what_is_left_of_it(folder: Path, left: int) -> None:
    file = folder / "vae" / "model-00001-of-00001.safetensors"
    whole = file.read_bytes()
    file.write_bytes(whole[:left])
    if left == 0:  # as if it were not there
        with pytest.raises(ModelUnavailable, match="lacks the weights of vae"):
            looked_at(folder)
        return
    said = rf"vae/model-00001-of-00001\.safetensors \({len(whole[:left])}( of {len(whole)})? bytes\); remove"
    with pytest.raises(ModelUnavailable, match=said):
        looked_at(folder)
    assert looked_at(folder, without=["vae"]).part_bytes["vae"] == len(whole[:left])


@pytest.mark.parametrize(
    "data",
    [
        b"version https://git-lfs.github.com/spec/v1",
        (2).to_bytes(8, "little") + b"[]",
        (2).to_bytes(8, "little") + b"\xff\xff",
        (14).to_bytes(8, "little") + b'{"a":{"b":{}}}',
        (2**63).to_bytes(8, "little"),
        weights_of(3) + b"more",
    ],
    ids=["a pointer", "a list", "no text", "no offsets", "a long header", "longer than it says"],
)
def test_what_is_no_file_of_weights_is_named(folder: Path, data: bytes) -> None:
    (folder / "transformer" / "model-00001-of-00001.safetensors").write_bytes(data)
    with pytest.raises(ModelUnavailable, match=rf"transformer/model-\S+ \({len(data)}( of \d+)? bytes\); remove"):
        looked_at(folder)


def test_files_that_an_index_names_and_that_are_not_there_are_named(folder: Path) -> None:
    index = {"weight_map": {"a": "model-00001-of-00001.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "transformer" / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(
        ModelUnavailable, match=r"lacks transformer/model-00002-of-00002\.safetensors; copy or download"
    ):
        looked_at(folder)


def test_parts_that_say_so_are_quantised(folder: Path) -> None:
    assert looked_at(folder).quantised == frozenset()
    (folder / "transformer" / "config.json").write_text(
        json.dumps({"quantization_config": {"quant_method": "torchao"}})
    )
    (folder / "vae" / "config.json").write_text("[")
    found = looked_at(folder)
    assert found.quantised == {"transformer"}
    assert (found.parts.transformer, found.parts.quantised) == (len(weights_of(2)), {"transformer"})


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ("Qwen/Qwen-Image-Layered", True),
        ("name", True),
        ("/srv/weights", False),
        ("./weights", False),
        ("~/weights", False),
        ("a/b/c", False),
    ],
)
def test_hub_names_are_told_from_folders(weights: str, expected: bool) -> None:
    assert is_hub_name(weights) is expected


def test_a_folder_that_is_there_goes_before_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Qwen" / "Qwen-Image-Layered").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert not is_hub_name("Qwen/Qwen-Image-Layered")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"no folder .*nowhere.*LAMINA_QWEN_WEIGHTS"):
        looked_at(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "null"])
def test_a_folder_without_a_sound_index_is_refused(folder: Path, text: str) -> None:
    (folder / "model_index.json").write_text(text)
    with pytest.raises(ModelUnavailable, match=r"model_index\.json"):
        looked_at(folder)


def test_another_model_is_refused_by_name(folder: Path) -> None:
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "QwenImagePipeline"}))
    with pytest.raises(ModelUnavailable, match=f"holds a QwenImagePipeline, not a {PIPELINE}"):
        looked_at(folder)


def test_missing_parts_are_named(folder: Path) -> None:
    for part in ("transformer", "vae"):
        (folder / part / "model-00001-of-00001.safetensors").rename(folder / part / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match=r"lacks the weights of transformer, vae \(\*\.safetensors\)"):
        looked_at(folder)
