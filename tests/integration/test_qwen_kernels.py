"""Which kernels are chosen, and what compiled blocks do; on a CPU, with compilers that need no GPU."""

import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import QwenImageTransformer2DModel
from tiny_qwen import WIDTH, write_checkpoint
from torch._dynamo.testing import CompileCounter

from model.decomposers.qwen_image_layered.attention import use_real_numbers
from model.decomposers.qwen_image_layered.kernels import Kernels, chosen, compile_blocks, forward, prepare
from model.decomposers.qwen_image_layered.loading import load
from model.decomposers.qwen_image_layered.method import Method
from model.decomposers.qwen_image_layered.options import Options

EAGER = Method(compiled=False)


@pytest.mark.parametrize(
    ("capability", "numbers", "sharing", "method", "flash_3", "kernels"),
    [
        (None, "float32", "whole", Method(), True, Kernels(False, "native")),
        ((7, 5), "float16", "whole", Method(), False, Kernels(True, "native")),
        ((8, 9), "bfloat16", "turns", Method(), True, Kernels(True, "native")),
        ((9, 0), "bfloat16", "whole", Method(), False, Kernels(True, "_native_cudnn")),
        ((9, 0), "bfloat16", "whole", Method(), True, Kernels(True, "_flash_3")),
        ((10, 0), "bfloat16", "whole", Method(), True, Kernels(True, "_native_cudnn")),
        ((9, 0), "float32", "whole", Method(), True, Kernels(True, "native")),
        ((9, 0), "bfloat16", "streamed", Method(), False, Kernels(False, "_native_cudnn")),
        ((9, 0), "bfloat16", "whole", EAGER, False, Kernels(False, "_native_cudnn")),
    ],
)
def test_the_device_decides(
    capability: tuple[int, int] | None, numbers: str, sharing: str, method: Method, flash_3: bool, kernels: Kernels
) -> None:
    assert chosen(capability, numbers, sharing, method, flash_3) == kernels


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
    use_real_numbers(transformer)
    real = forward(transformer, **inputs)
    assert real.dtype == dtype
    torch.testing.assert_close(real, plain, rtol=apart, atol=apart)


def _compiler_that_fails(graph: Any, inputs: Any) -> Any:
    raise OSError("no compiler on this machine")


@torch.no_grad()
def test_blocks_that_cannot_be_compiled_run_as_they_are_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
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
def test_blocks_are_compiled_for_all_sizes_with_the_first(caplog: pytest.LogCaptureFixture) -> None:
    torch._dynamo.reset()
    transformer, counter = _transformer(), CompileCounter()
    sizes = [(4, 5), (4, 9), (6, 9), (8, 3), (7, 30)]
    plain = [forward(transformer, **_inputs(*size)) for size in sizes]
    use_real_numbers(transformer)
    compile_blocks(transformer, counter)
    compiled = []
    for size, answer in zip(sizes, plain, strict=True):
        torch.testing.assert_close(forward(transformer, **_inputs(*size)), answer)
        compiled.append(counter.frame_count)
    assert compiled[0] in (1, 2)
    assert set(compiled) == {compiled[0]}
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_on_a_cpu_the_transformer_is_left_as_it_is(tmp_path: Path) -> None:
    loaded = load(Options(weights=str(write_checkpoint(tmp_path))))
    prepare(loaded, Method())
    modules = list(loaded.pipeline.transformer.modules())
    assert [module for module in modules if module._compiled_call_impl is not None] == []
    assert {module.processor._attention_backend for module in modules if hasattr(module, "processor")} == {None}
