"""Which kernels are chosen, and what compiled blocks do; on a CPU, with compilers that need no GPU."""

import gc
import logging
import weakref
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import QwenImageTransformer2DModel
from diffusers.models.transformers.transformer_qwenimage import QwenDoubleStreamAttnProcessor2_0
from tiny_qwen import WIDTH
from torch._dynamo.testing import CompileCounter

from model.decomposers.qwen_image_layered.device import kernels
from model.decomposers.qwen_image_layered.device.attention import backend_works, use_backend, use_real_numbers
from model.decomposers.qwen_image_layered.device.kernels import (
    Kernels,
    chosen,
    compile_blocks,
    forward,
    install,
    warm,
)
from model.decomposers.qwen_image_layered.device.tables import KEPT
from model.decomposers.qwen_image_layered.loading import load
from model.decomposers.qwen_image_layered.options import Options


@pytest.mark.parametrize(
    ("capability", "numbers", "sharing", "flash_3", "expected"),
    [
        (None, "float32", "whole", True, Kernels(False, "native")),
        ((7, 5), "float16", "whole", False, Kernels(True, "native")),
        ((8, 9), "bfloat16", "turns", True, Kernels(True, "native")),
        ((9, 0), "bfloat16", "whole", False, Kernels(True, "_native_cudnn")),
        ((9, 0), "bfloat16", "whole", True, Kernels(True, "_flash_3")),
        ((10, 0), "bfloat16", "whole", True, Kernels(True, "_native_cudnn")),
        ((9, 0), "float32", "whole", True, Kernels(True, "native")),
        ((9, 0), "bfloat16", "streamed", False, Kernels(False, "_native_cudnn")),
    ],
)
def test_the_device_decides(
    capability: tuple[int, int] | None, numbers: str, sharing: str, flash_3: bool, expected: Kernels
) -> None:
    assert chosen(capability, numbers, sharing, flash_3) == expected


def _transformer() -> QwenImageTransformer2DModel:
    torch.manual_seed(3)
    return QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=32,
        out_channels=8,
        num_layers=3,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WIDTH,
        axes_dims_rope=(8, 4, 4),
        use_additional_t_cond=True,
        use_layer3d_rope=True,
    ).eval()


def _inputs(side: int, words: int) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(side)
    return {
        "hidden_states": torch.randn(1, 3 * side * side, 32, generator=generator),
        "timestep": torch.full((1,), 0.5),
        "encoder_hidden_states": torch.randn(1, words, WIDTH, generator=generator),
        "img_shapes": [[(1, side, side)] * 3],
        "additional_t_cond": torch.zeros(1, dtype=torch.long),
    }


@pytest.mark.parametrize(("dtype", "apart"), [(torch.float32, 1e-5), (torch.bfloat16, 0.02)])
@torch.no_grad()
def test_attention_in_real_numbers_gives_what_complex_ones_give(dtype: torch.dtype, apart: float) -> None:
    transformer = _transformer().to(dtype)
    inputs = _inputs(6, 7)
    for name in ("hidden_states", "timestep", "encoder_hidden_states"):
        inputs[name] = inputs[name].to(dtype)
    plain = forward(transformer, **inputs)
    undo = use_real_numbers(transformer)
    real = forward(transformer, **inputs)
    assert real.dtype == dtype
    torch.testing.assert_close(real, plain, rtol=apart, atol=apart)
    undo()
    torch.testing.assert_close(forward(transformer, **inputs), plain, rtol=0, atol=0)


def _compiler_that_fails(graph: Any, inputs: Any) -> Any:
    raise OSError("no compiler on this machine")


def _compiler_whose_code_fails(graph: Any, inputs: Any) -> Any:
    def fail(*_: Any) -> Any:
        raise RuntimeError("Failed to find C compiler.")

    return fail


@pytest.mark.parametrize("compiler", [_compiler_that_fails, _compiler_whose_code_fails])
@torch.no_grad()
def test_blocks_that_fail_when_they_are_first_used_run_as_they_are_with_a_warning(
    compiler: Any, caplog: pytest.LogCaptureFixture
) -> None:
    torch._dynamo.reset()
    transformer = _transformer()
    plain = forward(transformer, **_inputs(4, 5))
    compile_blocks(transformer, compiler)
    with caplog.at_level(logging.WARNING):
        warm(transformer)
    assert [record.message for record in caplog.records] == ["the transformer runs uncompiled"]
    torch.testing.assert_close(forward(transformer, **_inputs(4, 5)), plain, rtol=0, atol=0)


@torch.no_grad()
def test_blocks_that_cannot_be_compiled_for_a_picture_run_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    torch._dynamo.reset()
    transformer = _transformer()
    plain = forward(transformer, **_inputs(4, 5))
    compile_blocks(transformer, _compiler_that_fails)
    with caplog.at_level(logging.WARNING):
        torch.testing.assert_close(forward(transformer, **_inputs(4, 5)), plain, rtol=0, atol=0)
        assert [record.message for record in caplog.records] == ["the transformer runs uncompiled"]
        forward(transformer, **_inputs(6, 3))
    assert len(caplog.records) == 1


@torch.no_grad()
def test_blocks_are_compiled_for_all_sizes_before_the_first_picture_and_can_be_put_back() -> None:
    torch._dynamo.reset()
    transformer, counter = _transformer(), CompileCounter()
    sizes = [(4, 5), (4, 9), (6, 9), (8, 3), (7, 30)]
    plain = [forward(transformer, **_inputs(*size)) for size in sizes]
    assert install(transformer, Kernels(True, "_native_math"), torch.device("cpu"), torch.float32, counter)
    warm(transformer)
    compiled = [counter.frame_count]
    for size, answer in zip(sizes, plain, strict=True):
        torch.testing.assert_close(forward(transformer, **_inputs(*size)), answer)
        compiled.append(counter.frame_count)
    assert compiled[0] in (1, 2)
    assert set(compiled) == {compiled[0]}
    used = counter.op_count
    assert not install(transformer, Kernels(), torch.device("cpu"), torch.float32)
    for size, answer in zip(sizes, plain, strict=True):
        torch.testing.assert_close(forward(transformer, **_inputs(*size)), answer, rtol=0, atol=0)
    assert counter.op_count == used
    assert {type(block.attn.processor) for block in transformer.transformer_blocks} == {
        QwenDoubleStreamAttnProcessor2_0
    }
    assert [block._compiled_call_impl for block in transformer.transformer_blocks] == [None] * 3


@torch.no_grad()
def test_attention_falls_back_with_a_warning_where_the_kernel_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    transformer = _transformer()
    plain = forward(transformer, **_inputs(4, 5))
    with caplog.at_level(logging.WARNING):
        install(transformer, Kernels(False, "_native_cudnn"), torch.device("cpu"), torch.bfloat16)
    assert [record.message for record in caplog.records] == ["attention is PyTorch's own"]
    torch.testing.assert_close(forward(transformer, **_inputs(4, 5)), plain, rtol=0, atol=0)


def test_a_kernel_that_the_device_lacks_is_found_out() -> None:
    cpu = torch.device("cpu")
    assert backend_works("native", cpu, torch.bfloat16)
    assert not backend_works("_native_cudnn", cpu, torch.bfloat16)
    assert not backend_works("_flash_3", cpu, torch.bfloat16)


@torch.no_grad()
def test_the_blocks_attend_by_the_kernel_that_is_set_and_others_are_left_alone() -> None:
    transformer, other = _transformer(), _transformer()
    plain = forward(transformer, **_inputs(4, 5))
    use_backend(transformer, "_native_math")
    torch.testing.assert_close(forward(transformer, **_inputs(4, 5)), plain)
    assert [block.attn.processor._attention_backend.value for block in transformer.transformer_blocks] == [
        "_native_math"
    ] * 3
    assert {block.attn.processor._attention_backend for block in other.transformer_blocks} == {None}
    use_backend(transformer, None)
    assert {block.attn.processor._attention_backend for block in transformer.transformer_blocks} == {None}


@torch.no_grad()
def test_what_is_compiled_is_compiled_at_loading_and_anew_when_the_blocks_stay_on_the_device_again(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch._dynamo.reset()
    counter = CompileCounter()
    monkeypatch.setattr(kernels, "chosen", lambda capability, numbers, sharing, flash_3: Kernels(sharing != "streamed"))
    monkeypatch.setattr(kernels, "install", partial(install, compiler=counter))
    loaded = load(Options(weights=str(checkpoint), memory="turns"))
    transformer, plan = loaded.pipeline.transformer, loaded.placement.plan

    def compiled_while(work: Callable[[], object]) -> bool:
        before = counter.frame_count
        work()
        return counter.frame_count > before

    used = partial(forward, transformer, **_inputs(4, 5))
    assert counter.frame_count > 0
    assert not compiled_while(used)
    assert not compiled_while(lambda: loaded.arrange(replace(plan, sharing="whole")))
    assert not compiled_while(used)
    loaded.arrange(replace(plan, sharing="streamed"))
    assert not compiled_while(used)
    assert all(block._compiled_call_impl is None for block in transformer.transformer_blocks)
    loaded.arrange(plan)
    assert all(block._compiled_call_impl is not None for block in transformer.transformer_blocks)
    assert not compiled_while(used)


@torch.no_grad()
def test_tables_of_the_sizes_last_used_are_kept_and_they_are_diffusers_own(checkpoint: Path) -> None:
    plain = _transformer().pos_embed
    loaded = load(Options(weights=str(checkpoint)))
    rotary = loaded.pipeline.transformer.pos_embed
    plain.pos_freqs, plain.neg_freqs, plain.axes_dim = rotary.pos_freqs, rotary.neg_freqs, rotary.axes_dim
    for side in range(4, 4 + 2 * KEPT):
        shapes = [[(1, side, side)] * 4]
        for ours, theirs in zip(rotary(shapes, 8), plain(shapes, 8), strict=True):
            assert torch.equal(ours, theirs)
    for kept in (rotary._compute_video_freqs, rotary._compute_condition_freqs):
        assert kept.cache_info().currsize == KEPT
    before = rotary._compute_video_freqs.cache_info().misses
    rotary(shapes, 8)
    assert rotary._compute_video_freqs.cache_info().misses == before


def test_a_model_that_is_let_go_leaves_no_tables(checkpoint: Path) -> None:
    loaded = load(Options(weights=str(checkpoint)))
    rotary = weakref.ref(loaded.pipeline.transformer.pos_embed)
    loaded.pipeline.transformer.pos_embed([[(1, 4, 4)] * 4], 8)
    del loaded
    gc.collect()
    assert rotary() is None


def test_on_a_cpu_the_transformer_is_left_as_it_is(checkpoint: Path) -> None:
    loaded = load(Options(weights=str(checkpoint)))
    modules = list(loaded.pipeline.transformer.modules())
    assert [module for module in modules if module._compiled_call_impl is not None] == []
    assert {module.processor._attention_backend for module in modules if hasattr(module, "processor")} == {None}
