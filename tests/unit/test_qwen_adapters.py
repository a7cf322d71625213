"""What an adapter's name means, what must be fetched for it, and what becomes of a request's parameters."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered.adapters.known import ADAPTERS, Needed, Source, adapter_of, needed
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.sampling.schedule import schedule_of

ROOT = Path(__file__).resolve().parents[2]
CONTROL = "DiffSynth-Studio/Qwen-Image-Layered-Control"


def test_no_adapter_needs_and_changes_nothing() -> None:
    assert adapter_of(None) is None
    assert needed(None) == ()


def test_known_names_say_what_they_need() -> None:
    patterns = {name: [(each.repository, each.revision) for each in needed(adapter_of(name))] for name in ADAPTERS}
    assert patterns == {
        "stable-layers": [("StabilityLabs/Stable-Layers", "main")],
        "layered-control": [(CONTROL, "main")],
        "layered-control-v2": [(CONTROL, "main"), (f"{CONTROL}-V2", "main")],
    }
    transformer, lora = needed(adapter_of("layered-control-v2"))
    assert "transformer/*.safetensors" in transformer.patterns
    assert lora.patterns == ("model.safetensors", "adapter_config.json")


def test_no_pickle_is_ever_fetched() -> None:
    for name in (*ADAPTERS, "someone/lora", "someone/lora/folder", "someone/lora/a/b.safetensors"):
        for each in needed(adapter_of(name)):
            assert all(pattern.endswith((".json", ".safetensors")) for pattern in each.patterns)


@pytest.mark.parametrize(
    ("wanted", "lora"),
    [
        ("someone/lora", Source("someone/lora", "main")),
        ("someone/lora@abc", Source("someone/lora", "abc")),
        ("someone/lora/epoch-4", Source("someone/lora", "main", "epoch-4")),
        ("someone/lora/in/it.safetensors@abc", Source("someone/lora", "abc", "in/it.safetensors")),
        ("stable-layers@abc", Source("StabilityLabs/Stable-Layers", "abc")),
        ("layered-control-v2@abc", Source(f"{CONTROL}-V2", "abc", "model.safetensors")),
        ("./not/here", Source("not/here")),
        ("/srv/lora.safetensors", Source("/srv/lora.safetensors")),
    ],
)
def test_names_on_the_hub_may_have_a_place_inside_and_a_revision(wanted: str, lora: Source) -> None:
    adapter = adapter_of(wanted)
    assert adapter is not None
    assert adapter.lora == lora
    assert (needed(adapter) == ()) == lora.is_on_disk or adapter.transformer is not None


def test_a_place_inside_a_repository_is_all_that_is_fetched_of_it() -> None:
    file = needed(adapter_of("someone/lora/in/it.safetensors@abc"))
    assert file == (Needed("someone/lora", "abc", ("in/it.safetensors", "in/adapter_config.json")),)
    (folder,) = needed(adapter_of("someone/lora/epoch-4"))
    assert set(folder.patterns) == {"epoch-4/adapter_config.json", "epoch-4/*.safetensors"}


def test_a_folder_that_is_there_goes_before_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "someone" / "lora").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    adapter = adapter_of("someone/lora")
    assert adapter is not None
    assert adapter.lora == Source("someone/lora")
    assert needed(adapter) == ()


def test_a_folder_with_a_transformer_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    adapter = adapter_of(str(tmp_path), "object")
    assert adapter is not None
    assert (adapter.lora, adapter.transformer, adapter.kind) == (None, Source(str(tmp_path)), "object")


def test_what_garbles_the_layers_otherwise_is_fixed_whatever_a_request_says() -> None:
    stable = ADAPTERS["stable-layers"]
    asked = Parameters(num_inference_steps=10, guidance_scale=7.0, resolution=1024, prompt="a cat")
    used = stable.parameters(asked)
    assert (used.num_inference_steps, used.guidance_scale, used.resolution, used.prompt) == (50, 1.0, 640, "a cat")
    told = stable.told(used, ("StabilityLabs/Stable-Layers@abc",))
    assert told["num_inference_steps"] == 50
    assert told["sources"] == ["StabilityLabs/Stable-Layers@abc"]


def test_what_is_only_recommended_gives_way_to_what_a_request_names() -> None:
    control = ADAPTERS["layered-control-v2"]
    usual = control.parameters(Parameters(prompt="the hat"))
    assert (usual.num_inference_steps, usual.guidance_scale, usual.resolution) == (10, 4.0, 1024)
    asked = control.parameters(Parameters(prompt="the hat", num_inference_steps=30, guidance_scale=2.0))
    assert (asked.num_inference_steps, asked.guidance_scale, asked.prompt) == (30, 2.0, "the hat")


def test_files_of_ones_own_prescribe_nothing() -> None:
    adapter = adapter_of("someone/lora")
    assert adapter is not None
    asked = Parameters(num_inference_steps=12, guidance_scale=3.0, resolution=1024)
    assert adapter.parameters(asked) == asked


def test_an_adapter_with_a_prompt_of_its_own_spares_the_caption() -> None:
    used = ADAPTERS["stable-layers"].parameters(Parameters(prompt="  "))
    assert used.prompt == "a clean, well composed image"


def test_the_table_loads_nothing_heavy() -> None:
    script = "import sys, model.decomposers.qwen_image_layered.adapters.known; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_options_are_sampled_as_their_adapter_was_trained() -> None:
    stable = Method.of(Options(adapter="stable-layers"), ADAPTERS["stable-layers"])
    assert (stable.sampler, stable.shift, stable.reuse) == ("heun", "layered", 0)
    fast = Method.of(Options(speed="fast"), ADAPTERS["layered-control-v2"])
    assert (fast.sampler, fast.shift) == ("euler", "qwen-image")
    assert fast.reuse == Method.fast().reuse


@pytest.mark.parametrize("kind", ["exponential", "linear"])
def test_qwen_images_own_shift_is_the_same_however_the_scheduler_is_told(kind: str) -> None:
    scheduler = FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift_terminal=None, time_shift_type=kind)
    sigmas = schedule_of(scheduler, 10, 4096, torch.device("cpu"), torch.float32, "qwen-image").sigmas
    shift = math.exp(0.5 + 0.4 * (4096 - 256) / (8192 - 256))
    wanted = [shift / (shift + 1 / (1 - step / 10) - 1) for step in range(10)]
    assert sigmas == pytest.approx([*wanted, 0.0], abs=1e-6)
