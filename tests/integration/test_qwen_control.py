"""Adapters through the whole model on tiny weights: what they prescribe is done, and the notes say so."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import QwenImageTransformer2DModel, TorchAoConfig
from safetensors.torch import save_file
from tiny_qwen import change_weights, write_checkpoint
from torchao.quantization import Int8WeightOnlyConfig

from app.settings import Settings
from model.decomposers import Parameters, create
from model.decomposers.qwen_image_layered.loading import load
from model.decomposers.qwen_image_layered.options import Options
from model.errors import Canceled, DecompositionFailed, ModelUnavailable
from model.layers import Pixels, Stack
from tests.api_in_thread import Api, cards_png
from tests.hub_in_thread import COMMIT, hub
from worker.gpu import Decomposers

CONTROL = "qwen-image-layered-control"
QUICK = Parameters(max_layers=2, num_inference_steps=2, guidance_scale=1.0, seed=5, prompt="the red square")
TO_Q = "transformer_blocks.0.attn.to_q"

Serve = Callable[..., AbstractContextManager[Api]]


def _poster() -> Pixels:
    picture = np.full((120, 160, 4), (30, 60, 200, 255), np.uint8)
    picture[40:80, 50:110, :3] = (220, 40, 40)
    return picture


def _unheard(stage: str, step: int, steps: int) -> None:
    """Nobody looks on."""


def _bytes(stack: Stack) -> list[object]:
    return [dict(stack.notes), *((layer.name, layer.bbox, layer.pixels.tobytes()) for layer in stack.layers)]


@pytest.fixture(scope="module")
def lora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of PEFT that changes one layer a lot."""
    folder = tmp_path_factory.mktemp("lora")
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 2, "lora_alpha": 4}))
    generator = torch.Generator().manual_seed(4)
    halves = {"A": torch.randn(2, 48, generator=generator), "B": torch.randn(48, 2, generator=generator)}
    save_file(
        {f"base_model.model.{TO_Q}.lora_{half}.weight": tensor for half, tensor in halves.items()},
        folder / "adapter_model.safetensors",
    )
    return folder


def test_a_lora_of_ones_own_changes_the_layers_and_is_named_in_the_notes(checkpoint: Path, lora: Path) -> None:
    plain = create("qwen-image-layered", weights=str(checkpoint)).decompose(_poster(), QUICK, _unheard)
    adapted = create("qwen-image-layered", weights=str(checkpoint), adapter=str(lora))
    first, again = (adapted.decompose(_poster(), QUICK, _unheard) for _ in range(2))
    assert _bytes(first) == _bytes(again)
    assert first.layers[1].pixels.tobytes() != plain.layers[1].pixels.tobytes()
    assert "adapter" not in plain.notes
    told = first.notes["adapter"]
    assert isinstance(told, dict)
    assert (told["name"], told["sources"], told["num_inference_steps"]) == (lora.name, [lora.name], 2)


@pytest.mark.parametrize("precision", ["fp8", "4bit"])
def test_a_lora_goes_into_the_weights_before_they_are_quantised(
    checkpoint: Path, lora: Path, tmp_path: Path, precision: str
) -> None:
    plain = load(Options(weights=str(checkpoint), adapter=str(lora))).pipeline.transformer
    fused = write_checkpoint(tmp_path)
    plain.save_pretrained(fused / "transformer")
    wanted, made = (
        load(Options(weights=str(weights), precision=precision, adapter=adapter)).pipeline.transformer  # type: ignore[arg-type]
        for weights, adapter in ((fused, None), (checkpoint, str(lora)))
    )
    values = torch.randn(1, 3, 48)
    layer = made.get_submodule(TO_Q)
    assert type(layer.weight) is not torch.nn.Parameter
    assert torch.equal(layer(values), wanted.get_submodule(TO_Q)(values))


@pytest.mark.parametrize("memory", ["whole", "turns"])
def test_a_checkpoint_that_is_quantised_on_the_disk_takes_a_lora_beside_its_layers(
    checkpoint: Path, lora: Path, tmp_path: Path, memory: str
) -> None:
    quantised = QwenImageTransformer2DModel.from_pretrained(
        checkpoint / "transformer", quantization_config=TorchAoConfig(Int8WeightOnlyConfig()), dtype=torch.float32
    )
    shutil.copytree(checkpoint, tmp_path / "weights", ignore=shutil.ignore_patterns("transformer"))
    quantised.save_pretrained(tmp_path / "weights" / "transformer")

    def made(weights: Path, adapter: Path | None) -> np.ndarray:
        options = {"weights": str(weights), "memory": memory, "adapter": adapter and str(adapter)}
        stack = create("qwen-image-layered", **options).decompose(_poster(), QUICK, _unheard)
        return stack.layers[1].pixels.astype(int)

    plain, beside, fused = (
        made(weights, adapter)
        for weights, adapter in ((tmp_path / "weights", None), (tmp_path / "weights", lora), (checkpoint, lora))
    )
    assert np.abs(beside - fused).mean() < np.abs(beside - plain).mean() / 2


@pytest.mark.parametrize(("model", "adapter"), [("qwen-image-layered", "layered-control"), (CONTROL, "stable-layers")])
def test_an_adapter_for_the_other_model_is_refused_by_name(checkpoint: Path, model: str, adapter: str) -> None:
    with pytest.raises(ModelUnavailable, match=f"The adapter '{adapter}' is for .*, not for {model}"):
        create(model, weights=str(checkpoint), adapter=adapter).setup()


def test_the_named_object_lies_on_what_it_hid_and_every_step_is_told(checkpoint: Path) -> None:
    transformer = str(checkpoint / "transformer")
    offered = Decomposers(Settings(models=(CONTROL,), qwen_weights=str(checkpoint), qwen_control=transformer))
    model = offered.get(CONTROL)
    assert offered.is_on_gpu(CONTROL)
    calls: list[tuple[str, int, int]] = []
    stack = model.decompose(_poster(), QUICK, lambda *call: calls.append(call))
    assert [(layer.kind, layer.name) for layer in stack.layers] == [
        ("background", "background"),
        ("object", "the red square"),
    ]
    assert (stack.width, stack.height) == (1184, 896)
    assert calls == [("object", 1, 3), ("object", 2, 3), ("object", 3, 3)]
    assert stack.notes["adapter"]["resolution"] == 1024  # type: ignore[index]
    assert _bytes(model.decompose(_poster(), QUICK, _unheard)) == _bytes(stack)
    other = model.decompose(_poster(), replace(QUICK, prompt="something else"), _unheard)
    assert other.layers[1].pixels.tobytes() != stack.layers[1].pixels.tobytes()

    def cancel(stage: str, step: int, steps: int) -> None:
        raise Canceled("Enough.")

    with pytest.raises(Canceled):
        model.decompose(_poster(), QUICK, cancel)


def test_what_is_not_in_the_picture_is_a_failure_after_a_second_seed(tmp_path: Path) -> None:
    blank = {"decoder.conv_out.weight": 0.0, "decoder.conv_out.bias": -1.0}
    change_weights(write_checkpoint(tmp_path), "vae", blank)
    model = create(CONTROL, weights=str(tmp_path), adapter=str(tmp_path / "transformer"))
    stages: list[str] = []
    with pytest.raises(DecompositionFailed, match="Nothing like 'the red square' was found"):
        model.decompose(_poster(), QUICK, lambda stage, step, steps: stages.append(stage))
    assert stages == ["object"] * 3 + ["object, second seed"] * 3


def test_without_a_prompt_the_model_says_what_it_is_for(checkpoint: Path) -> None:
    model = create(CONTROL, weights=str(checkpoint), adapter=str(checkpoint / "transformer"))
    with pytest.raises(DecompositionFailed, match="the one thing that prompt names"):
        model.decompose(_poster(), replace(QUICK, prompt=" "), _unheard)


def test_a_request_without_a_prompt_is_refused_at_once(serve: Serve) -> None:
    with serve(models=("cards", CONTROL)) as api:
        for prompt in ({}, {"prompt": "  "}, {"prompt": "a card"}):
            asked = {"model": CONTROL, **prompt}
            answer = api.http.post("/v1/decompositions", files={"image": cards_png()}, data=asked)
            if prompt == {"prompt": "a card"}:
                assert answer.status_code == 202
            else:
                assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
                assert [error["pointer"] for error in answer.json()["errors"]] == ["/prompt"]


def test_each_model_has_an_adapter_of_its_own_in_its_options_and_its_ids() -> None:
    settings = Settings(qwen_adapter="stable-layers", qwen_revision="abc")
    assert settings.qwen_options()["adapter"] == "stable-layers"
    assert settings.qwen_options(CONTROL)["adapter"] == "layered-control-v2"
    assert settings.revision_of("qwen-image-layered") == "1-Qwen-Image-Layered-abc-stable-layers"
    assert settings.revision_of(CONTROL) == "1-Qwen-Image-Layered-abc-layered-control-v2"


_STABLE = """
import json, sys
from test_qwen_control import _poster
from model.decomposers import Parameters, create
calls = []
model = create("qwen-image-layered", weights=sys.argv[1], adapter="stable-layers")
asked = Parameters(max_layers=2, num_inference_steps=3, guidance_scale=7.0, resolution=1024)
stack = model.decompose(_poster(), asked, lambda *call: calls.append(call))
print(json.dumps({"notes": dict(stack.notes), "size": [stack.width, stack.height], "calls": calls}))
"""


def test_stable_layers_come_from_the_hub_and_run_as_they_were_trained(
    checkpoint: Path, lora: Path, tmp_path: Path
) -> None:
    """Heun and 50 steps whatever was asked for, 4 layers, no guidance, no caption, the longest side 640."""
    with hub(lora, "StabilityLabs/Stable-Layers") as served:
        done = _run(_STABLE, str(checkpoint), HF_ENDPOINT=served.url, HF_HOME=str(tmp_path))
    told = json.loads(done)
    assert told["size"] == [640, 480]
    assert told["calls"] == [["layers", step, 51] for step in range(1, 52)]
    assert told["notes"]["adapter"] == {
        "name": "stable-layers",
        "sources": [f"StabilityLabs/Stable-Layers@{COMMIT}"],
        "licence": "Stability AI Community License; free below a yearly revenue of 1,000,000 USD",
        "sampler": "heun",
        "num_inference_steps": 50,
        "guidance_scale": 1.0,
        "resolution": 640,
    }
    assert "caption" not in told["notes"]
    assert [attempt["layers"] for attempt in told["notes"]["attempts"]] == [4]


_PULL = "import sys; sys.argv[1:] = ['pull', '--weights', sys.argv[1]]; from app.cli import main; main()"
_FETCH = """
from model.decomposers.qwen_image_layered.adapters.known import adapter_of, needed
from model.decomposers.qwen_image_layered.weights.fetch import fetched
for each in needed(adapter_of("layered-control-v2")):
    if each.repository.endswith("V2"):
        print(fetched(each.repository, each.revision, patterns=each.patterns))
"""
_SECOND = """
import json, sys
from test_qwen_control import _poster, _unheard
from model.decomposers import Parameters, create
model = create("qwen-image-layered-control", weights=sys.argv[1])
stack = model.decompose(_poster(), Parameters(num_inference_steps=2, prompt="the red square"), _unheard)
print(json.dumps({"notes": dict(stack.notes), "names": [layer.name for layer in stack.layers]}))
"""


def test_layered_control_v2_is_a_transformer_and_a_lora_over_the_words_and_the_vae_of_the_model(
    lora: Path, tmp_path: Path
) -> None:
    """Both repositories fetched before; then without a network, and with no transformer among the model's weights."""
    name, cache = "DiffSynth-Studio/Qwen-Image-Layered-Control", str(tmp_path / "cache")
    weights = write_checkpoint(tmp_path / "weights")
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (weights / "transformer").rename(first / "transformer")
    (first / "whole.safetensors").write_bytes(b"for another program")
    shutil.copy(lora / "adapter_model.safetensors", second / "model.safetensors")
    with hub(first, name) as served:
        first_half = {"LAMINA_MODELS": "qwen-image-layered-control", "LAMINA_QWEN_CONTROL": "layered-control"}
        said = _run(_PULL, str(weights), HF_ENDPOINT=served.url, HF_HOME=cache, **first_half)
        assert said == f"Here is {name} at commit {COMMIT}."
        assert served.fetched("whole.safetensors") == []
    with hub(second, f"{name}-V2") as served:
        _run(_FETCH, HF_ENDPOINT=served.url, HF_HOME=cache)
    told = json.loads(_run(_SECOND, str(weights), HF_HUB_OFFLINE="1", HF_HOME=cache))
    assert told["names"] == ["background", "the red square"]
    adapter = told["notes"]["adapter"]
    assert adapter["sources"] == [f"{name}@{COMMIT}", f"{name}-V2@{COMMIT}"]
    assert (adapter["sampler"], adapter["num_inference_steps"], adapter["guidance_scale"]) == ("euler", 2, 4.0)


def _run(script: str, *arguments: str, **environment: str) -> str:
    """Standard output of a process of its own: the hub's client reads its environment once."""
    root = Path(__file__).resolve().parents[2]
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("HF_", "LAMINA_")) and "proxy" not in key.lower()
    }
    paths = os.pathsep.join(str(path) for path in (root, root / "tests", Path(__file__).parent))
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=root,
        env={**inherited, "PYTHONPATH": paths, "CUDA_VISIBLE_DEVICES": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]
