"""Sampling on a CUDA device: no waiting within a step, true progress, and kernels that give the same layers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_qwen import write_checkpoint

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered.device.kernels import Kernels, install, prepare
from model.decomposers.qwen_image_layered.loading import Loaded, load
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.pictures.frame import fitted
from model.decomposers.qwen_image_layered.sampling.denoise import Run
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.sampling.pace import Pace
from model.decomposers.qwen_image_layered.words import Words
from model.layers import Pixels

pytestmark = pytest.mark.gpu

PARAMETERS = Parameters(num_inference_steps=12, guidance_scale=4.0)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    checkpoint: Path = write_checkpoint(tmp_path_factory.mktemp("qwen"))
    return load(Options(weights=str(checkpoint)))


def _picture(size: tuple[int, int]) -> Pixels:
    picture = np.full((*size, 4), (30, 60, 200, 255), np.uint8)
    picture[40:80, 50:110, :3] = (220, 40, 40)
    return picture


def _run(loaded: Loaded, method: Method, size: tuple[int, int] = (120, 160)) -> Run:
    guidance = Words(loaded).guidance("a red square on blue", PARAMETERS)
    return Run(loaded, fitted(_picture(size), 640), guidance, PARAMETERS, 2, method)


def _layers(run: Run) -> Pixels:
    return np.stack(run.layers(7, "layers", lambda *_: None)).astype(float)


@pytest.mark.parametrize("method", [Method.exact(), Method.fast("heun")], ids=["exact", "fast"])
def test_within_a_step_the_host_never_waits_for_the_device(loaded: Loaded, method: Method) -> None:
    run = _run(loaded, method)
    _layers(run)  # what is made once for a size of picture is made

    def on_progress(stage: str, step: int, steps: int) -> None:
        torch.cuda.set_sync_debug_mode("error" if step < steps - 1 else "default")

    try:
        run.layers(7, "layers", on_progress)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_a_step_is_told_while_the_next_is_under_way(loaded: Loaded) -> None:
    told: list[tuple[int, bool]] = []
    pace = Pace(loaded.placement.device, 3, lambda step, finite: told.append((step, finite)))
    heard = []
    for value in (0.0, float("nan"), 1.0):
        pace.step(torch.full((2,), value, device=loaded.placement.device))
        heard.append(len(told))
    pace.finish()
    assert heard == [0, 1, 2]
    assert told == [(1, True), (2, False), (3, True)]


def test_compiled_blocks_give_the_layers_of_plain_ones_at_every_size(loaded: Loaded) -> None:
    sizes = ((120, 160), (160, 90), (100, 100))
    transformer = loaded.pipeline.transformer
    compiled = [_layers(_run(loaded, Method.exact(), size)) for size in sizes]
    assert all(block._compiled_call_impl is not None for block in transformer.transformer_blocks)
    with _diffusers_kernels(loaded):
        plain = [_layers(_run(loaded, Method.exact(), size)) for size in sizes]
    for ours, theirs in zip(compiled, plain, strict=True):
        assert np.abs(ours - theirs).mean() < 1


def test_diffusers_own_loop_gives_the_same_layers(loaded: Loaded) -> None:
    with _diffusers_kernels(loaded):
        ours = _layers(_run(loaded, Method.exact()))
        made = _made_by_diffusers(loaded)
    assert np.abs(made - ours).mean() < 1


@contextmanager
def _diffusers_kernels(loaded: Loaded) -> Iterator[None]:
    transformer, placement = loaded.pipeline.transformer, loaded.placement
    install(transformer, Kernels(), placement.device, getattr(torch, placement.numbers))
    try:
        yield
    finally:
        assert prepare(transformer, placement)


def _made_by_diffusers(loaded: Loaded) -> Pixels:
    device = loaded.placement.device
    guidance = Words(loaded).guidance("a red square on blue", PARAMETERS)
    assert guidance.negative is not None
    theirs = loaded.pipeline(
        image=fitted(_picture((120, 160)), 640).shown,
        prompt="given as embeddings",
        prompt_embeds=guidance.prompt.values.to(device),
        prompt_embeds_mask=guidance.prompt.mask.to(device),
        negative_prompt_embeds=guidance.negative.values.to(device),
        negative_prompt_embeds_mask=guidance.negative.mask.to(device),
        true_cfg_scale=PARAMETERS.guidance_scale,
        cfg_normalize=True,
        layers=2,
        num_inference_steps=PARAMETERS.num_inference_steps,
        generator=torch.Generator("cpu").manual_seed(7),
        output_type="pt",
    ).images[0]
    made: Pixels = theirs.float().cpu().numpy().transpose(0, 2, 3, 1) * 255
    return made
