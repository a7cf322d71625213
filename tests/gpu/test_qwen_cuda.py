"""The tiny checkpoint on a CUDA device: every mode and precision, repeatable bytes, and memory that comes back."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_qwen import change_weights, write_checkpoint

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered import QwenImageLayered
from model.decomposers.qwen_image_layered.device.arrange import Arrangement
from model.decomposers.qwen_image_layered.device.plan import Plan, next_smaller
from model.decomposers.qwen_image_layered.loading import Loaded, load
from model.decomposers.qwen_image_layered.options import Memory, Options, Precision
from model.decomposers.qwen_image_layered.weights.folder import PARTS
from model.errors import OutOfMemory
from model.layers import Pixels, Stack

pytestmark = pytest.mark.gpu

QUICK = Parameters(max_layers=2, num_inference_steps=2, seed=5)
LARGE = Parameters(max_layers=1, num_inference_steps=2, seed=5, resolution=1024, prompt="a square")
MODES: tuple[Memory, ...] = ("whole", "turns", "streamed")
HAS_BFLOAT16 = torch.cuda.is_bf16_supported(including_emulation=False)
QUANTISED: tuple[Precision, ...] = ("fp8", "4bit") if HAS_BFLOAT16 else ()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("qwen"))


def _poster() -> Pixels:
    picture = np.full((120, 160, 4), (30, 60, 200, 255), np.uint8)
    picture[40:80, 50:110, :3] = (220, 40, 40)
    return picture


def _decompose(model: QwenImageLayered, parameters: Parameters = QUICK) -> Stack:
    return model.decompose(_poster(), parameters, lambda *_: None)


def _bytes(stack: Stack) -> list[bytes]:
    return [layer.pixels.tobytes() for layer in stack.layers]


def _difference(made: Stack, other: Stack) -> float:
    """The largest mean difference of a layer, in steps of 255."""
    assert [layer.bbox for layer in made.layers] == [layer.bbox for layer in other.layers]
    pairs = zip(made.layers, other.layers, strict=True)
    return max(float(np.abs(one.pixels.astype(int) - two.pixels).mean()) for one, two in pairs)


@contextmanager
def _only(more_bytes: int) -> Iterator[None]:
    """So much more of the device's memory than is taken now."""
    gc.collect()
    torch.cuda.empty_cache()
    _, total_bytes = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + more_bytes) / total_bytes)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


@pytest.mark.parametrize("precision", ["auto", "fp16"])
def test_one_seed_gives_the_same_bytes(checkpoint: Path, precision: Precision) -> None:
    model = QwenImageLayered(weights=str(checkpoint), precision=precision)
    first, again = _decompose(model), _decompose(model)
    halves = precision == "fp16" or not HAS_BFLOAT16
    assert first.notes["numbers"] == ("float16" if halves else "bfloat16")
    assert first.notes["memory"] == "whole"
    assert _bytes(first) == _bytes(again)


@pytest.mark.parametrize("memory", ["turns", "streamed"])
@pytest.mark.parametrize("precision", ["auto", "fp16", *(each for each in QUANTISED if each == "fp8")])
def test_every_mode_gives_the_layers_of_the_whole_model_and_goes_on_doing_so(
    checkpoint: Path, memory: Memory, precision: Precision
) -> None:
    whole = _decompose(QwenImageLayered(weights=str(checkpoint), precision=precision, memory="whole"))
    model = QwenImageLayered(weights=str(checkpoint), precision=precision, memory=memory)
    made = _decompose(model)
    assert made.notes["memory"] == memory
    assert _difference(made, whole) < 2
    assert _bytes(_decompose(model)) == _bytes(made)


def test_weights_in_four_bits_take_turns(checkpoint: Path) -> None:
    if "4bit" in QUANTISED:
        whole, turns = (
            _decompose(QwenImageLayered(weights=str(checkpoint), precision="4bit", memory=memory))
            for memory in ("whole", "turns")
        )
        assert _difference(turns, whole) < 2


def test_quantised_weights_give_layers_near_those_of_plain_ones(checkpoint: Path) -> None:
    plain = _decompose(QwenImageLayered(weights=str(checkpoint)))
    for precision in QUANTISED:
        made = _decompose(QwenImageLayered(weights=str(checkpoint), precision=precision))
        assert made.notes["numbers"] == precision
        assert _difference(made, plain) < 4


def _places(model: Loaded) -> dict[str, str]:
    return {name: next(getattr(model.pipeline, name).parameters()).device.type for name in PARTS}


def test_parts_that_take_turns_come_when_used_and_go_home_without_a_copy(checkpoint: Path) -> None:
    model = load(Options(weights=str(checkpoint), memory="turns"))
    encoder = model.pipeline.text_encoder
    assert set(_places(model).values()) == {"cpu"}
    at_home = [parameter.data_ptr() for parameter in encoder.parameters()]
    model.use("text_encoder")
    assert _places(model) == {"text_encoder": "cuda", "transformer": "cpu", "vae": "cpu"}
    model.use("transformer", "vae")
    assert _places(model) == {"text_encoder": "cpu", "transformer": "cuda", "vae": "cuda"}
    assert [parameter.data_ptr() for parameter in encoder.parameters()] == at_home
    model.use("text_encoder")
    taken = torch.cuda.memory_allocated()
    model.use("vae")
    assert torch.cuda.memory_allocated() < taken


def test_a_streamed_model_leaves_the_device_empty_between_runs_and_can_be_whole_again(checkpoint: Path) -> None:
    model = load(Options(weights=str(checkpoint), memory="streamed"))
    assert set(_places(model).values()) == {"cpu"}
    assert all(parameter.is_pinned() for parameter in model.pipeline.transformer.transformer_blocks.parameters())
    smaller = next_smaller(model.placement.plan)
    assert smaller is not None
    assert (smaller.tiled, smaller.words_streamed) == (True, True)
    model.arrange(smaller)
    model.arrange(replace(smaller, sharing="whole", tiled=False, words_streamed=False))
    assert set(_places(model).values()) == {"cuda"}
    arrangement = Arrangement({name: getattr(model.pipeline, name) for name in PARTS}, torch.device("cuda"))
    arrangement.arrange(Plan(model.placement.numbers, "turns"))
    assert set(_places(model).values()) == {"cpu"}


def test_a_job_that_lacks_memory_is_done_in_a_smaller_mode(checkpoint: Path) -> None:
    model = QwenImageLayered(weights=str(checkpoint), memory="streamed")
    _decompose(model)
    done: set[str] = set()
    for mib in (512, 256, 128, 96, 64, 48, 32, 24, 16):  # how much the libraries take differs from card to card
        with _only(mib << 20), suppress(OutOfMemory):
            notes = _decompose(model, LARGE).notes
            done.add(str(notes["memory"]))
            assert notes.get("retried_for_memory", False) is (notes["memory"] == "streamed, tiled")
    assert done == {"streamed", "streamed, tiled"}
    assert _decompose(model).notes["memory"] == "streamed"


def test_a_full_device_is_an_error_with_a_name_and_is_empty_again_afterwards(checkpoint: Path) -> None:
    model = QwenImageLayered(weights=str(checkpoint))
    before = _decompose(model)
    torch.cuda.empty_cache()
    used = torch.cuda.memory_allocated()
    with (
        _only(8 << 20),
        pytest.raises(OutOfMemory, match=r"ran out of memory at 1024 .* mode turns was tried") as raised,
    ):
        _decompose(model, Parameters(max_layers=10, num_inference_steps=2, resolution=1024))
    assert raised.value.final
    assert torch.cuda.memory_allocated() <= used + (1 << 20)
    assert _bytes(_decompose(model)) == _bytes(before)


def test_numbers_that_overflow_in_halves_are_made_wider(tmp_path: Path) -> None:
    change_weights(write_checkpoint(tmp_path), "transformer", {"proj_out.weight": 1e5})
    notes = _decompose(QwenImageLayered(weights=str(tmp_path), precision="fp16")).notes
    wide = "bfloat16" if HAS_BFLOAT16 else "float32"
    assert notes["fell_back"] == f"float16 overflowed; {wide} was used"
    assert notes["numbers"] == wide
