"""Our sampling against diffusers' pipeline, on the tiny checkpoint: the same bits, or counted differences."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from model.decomposers import Parameters
from model.decomposers.qwen_image_layered.device.half import halve, halve_attention
from model.decomposers.qwen_image_layered.loading import Loaded, load
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.pictures.frame import Frame, fitted
from model.decomposers.qwen_image_layered.sampling.denoise import NumbersOverflowed, Run
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.words import Guidance, Words
from model.errors import Canceled
from model.layers import Pixels

PARAMETERS = Parameters(num_inference_steps=3, guidance_scale=4.0, seed=5, prompt="a red square on blue")
SEED = 7


def _drawn(width: int, height: int) -> Pixels:
    """A gradient with a square on it."""
    picture = np.full((height, width, 4), 255, np.uint8)
    picture[..., 0] = np.linspace(0, 255, width).astype(np.uint8)
    picture[..., 1] = np.linspace(255, 0, height).astype(np.uint8)[:, None]
    picture[height // 4 : height // 2, width // 4 : width // 2, :3] = (220, 40, 40)
    return picture


def _unheard(stage: str, step: int, steps: int) -> None:
    pass


@pytest.fixture(scope="module")
def loaded(checkpoint: Path) -> Loaded:
    return load(Options(weights=str(checkpoint)))


@pytest.fixture(scope="module")
def words(loaded: Loaded) -> Words:
    return Words(loaded)


def _run(loaded: Loaded, words: Words, parameters: Parameters, method: Method) -> Run:
    frame = fitted(_drawn(160, 120), 640)
    return Run(loaded, frame, words.guidance("a red square on blue", parameters), parameters, 2, method)


def _asked(frame: Frame, guidance: Guidance, parameters: Parameters, layers: int) -> dict[str, Any]:
    """The arguments of diffusers' pipeline, as the model's own demonstration passes them."""
    asked: dict[str, Any] = {
        "image": frame.shown,
        "layers": layers,
        "resolution": parameters.resolution,
        "num_inference_steps": parameters.num_inference_steps,
        "true_cfg_scale": parameters.guidance_scale,
        "cfg_normalize": True,
        "generator": torch.Generator("cpu").manual_seed(SEED),
        "output_type": "pt",
        "prompt": "given as embeddings",
        "prompt_embeds": guidance.prompt.values,
        "prompt_embeds_mask": guidance.prompt.mask,
    }
    if guidance.negative is not None:
        asked |= {
            "negative_prompt_embeds": guidance.negative.values,
            "negative_prompt_embeds_mask": guidance.negative.mask,
        }
    return asked


def _by_diffusers(loaded: Loaded, frame: Frame, guidance: Guidance, parameters: Parameters, layers: int) -> Pixels:
    """``(layers, height, width, 4)`` from the pipeline's own loop."""
    decoded = loaded.pipeline(**_asked(frame, guidance, parameters, layers)).images[0]
    return np.rint(decoded.float().numpy().transpose(0, 2, 3, 1) * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("width", "height", "resolution", "layers", "steps", "scale", "sliced"),
    [
        (160, 120, 640, 2, 3, 4.0, True),
        (160, 120, 640, 2, 3, 4.0, False),
        (160, 120, 640, 2, 3, 1.0, True),
        (90, 160, 640, 4, 2, 4.0, False),
        (100, 100, 640, 1, 10, 1.0, True),
        (300, 60, 1024, 1, 2, 4.0, True),
    ],
)
def test_exact_sampling_gives_the_very_pixels_of_diffusers(
    loaded: Loaded,
    words: Words,
    width: int,
    height: int,
    resolution: int,
    layers: int,
    steps: int,
    scale: float,
    sliced: bool,
) -> None:
    parameters = replace(PARAMETERS, resolution=resolution, num_inference_steps=steps, guidance_scale=scale)
    frame = fitted(_drawn(width, height), resolution)
    guidance = words.guidance("a red square on blue", parameters)
    loaded.pipeline.vae.use_slicing = sliced
    run = Run(loaded, frame, guidance, parameters, layers, Method.exact())
    ours = np.stack(run.layers(SEED, "layers", _unheard))
    np.testing.assert_array_equal(ours, _by_diffusers(loaded, frame, guidance, parameters, layers))
    assert ours.std(axis=(1, 2)).min() > 0  # no blank pictures, which all samplers would agree on
    assert run.forwards == steps * (2 if scale > 1 else 1)


@pytest.mark.parametrize("numbers", ["bfloat16", "float16"])
def test_in_half_the_bits_the_numbers_are_rounded_where_diffusers_rounds_them(
    loaded: Loaded, words: Words, checkpoint: Path, numbers: str
) -> None:
    narrow = load(Options(weights=str(checkpoint)))
    parts = [narrow.pipeline.text_encoder, narrow.pipeline.transformer]
    if numbers == "bfloat16":
        narrow.pipeline.to(torch.bfloat16)
    else:  # as loading does it
        for part in parts:
            halve(part)
        halve_attention(parts[1])
    frame = fitted(_drawn(160, 120), 640)
    guidance = Words(narrow).guidance("a red square on blue", PARAMETERS)
    ours = Run(narrow, frame, guidance, PARAMETERS, 2, Method.exact()).layers(SEED, "layers", _unheard)
    np.testing.assert_array_equal(np.stack(ours), _by_diffusers(narrow, frame, guidance, PARAMETERS, 2))
    wide = _run(loaded, words, PARAMETERS, Method.exact()).layers(SEED, "layers", _unheard)
    assert (np.stack(ours) != wide).any()


def test_a_single_frame_is_kept_where_no_layers_are_asked_for(loaded: Loaded, words: Words) -> None:
    frame = fitted(_drawn(160, 120), 640)
    guidance = words.guidance("a red square on blue", PARAMETERS)
    ours = Run(loaded, frame, guidance, PARAMETERS, 0, Method.exact()).object(SEED, "object", _unheard)
    np.testing.assert_array_equal(ours, _first_frame_by_diffusers(loaded, frame, guidance))
    assert ours.std() > 0


class _Enough(Exception):
    pass


def _first_frame_by_diffusers(loaded: Loaded, frame: Frame, guidance: Guidance) -> Pixels:
    """``(height, width, 4)``; the pipeline drops this frame and then fails for want of any, so it is taken earlier."""
    kept: list[torch.Tensor] = []

    def on_step(pipeline: Any, index: int, timestep: Any, tensors: dict[str, torch.Tensor]) -> dict[str, Any]:
        if index == PARAMETERS.num_inference_steps - 1:
            kept.append(tensors["latents"])
            raise _Enough
        return {}

    pipeline = loaded.pipeline
    with pytest.raises(_Enough):
        pipeline(**_asked(frame, guidance, PARAMETERS, 0), callback_on_step_end=on_step)
    width, height = frame.shown.size
    latents = pipeline._unpack_latents(kept[0], height, width, 0, pipeline.vae_scale_factor)
    with torch.no_grad():  # mean 0 and deviation 1 in the tiny checkpoint
        decoded = pipeline.vae.decode(latents, return_dict=False)[0].squeeze(2)
    pixels = pipeline.image_processor.postprocess(decoded, output_type="pt")[0]
    return np.rint(pixels.numpy().transpose(1, 2, 0) * 255).astype(np.uint8)


def test_layers_decoded_at_once_are_those_decoded_one_by_one_but_for_rounding(loaded: Loaded, words: Words) -> None:
    made = []
    for sliced in (True, False):
        loaded.pipeline.vae.use_slicing = sliced
        made.append(_run(loaded, words, PARAMETERS, Method.exact()).layers(SEED, "layers", _unheard))
    # A convolution adds in another order for another number of pictures: now and then a value is rounded the other way.
    apart = np.abs(np.stack(made[0]).astype(int) - made[1])
    assert apart.max() <= 1
    assert (apart > 0).mean() < 1e-4


def test_every_step_is_told_and_a_cancel_at_any_of_them_leaves_the_weights_usable(loaded: Loaded, words: Words) -> None:
    run = _run(loaded, words, PARAMETERS, Method.exact())
    calls: list[tuple[str, int, int]] = []
    before = run.layers(SEED, "layers", lambda *call: calls.append(call))
    assert calls == [("layers", step, 4) for step in (1, 2, 3, 4)]
    for canceled_at in (1, 3, 4):
        heard: list[int] = []

        def on_progress(stage: str, step: int, steps: int, last: int = canceled_at, heard: list[int] = heard) -> None:
            heard.append(step)
            if step == last:
                raise Canceled("Enough.")

        with pytest.raises(Canceled):
            run.layers(SEED, "layers", on_progress)
        assert heard == list(range(1, canceled_at + 1))
    np.testing.assert_array_equal(run.layers(SEED, "layers", _unheard), before)


def test_overflow_is_noticed_at_the_step_in_which_it_happens(loaded: Loaded, words: Words) -> None:
    heard: list[int] = []
    weight = loaded.pipeline.transformer.proj_out.weight
    kept = weight.detach().clone()

    def on_progress(stage: str, step: int, steps: int) -> None:
        heard.append(step)
        weight.data.fill_(float("inf"))

    try:
        with pytest.raises(NumbersOverflowed, match="overflowed in float32"):
            _run(loaded, words, PARAMETERS, Method.exact()).layers(SEED, "layers", on_progress)
    finally:
        weight.data.copy_(kept)
    assert heard == [1]


class _Questions(TorchDispatchMode):
    """Counts what would make the host wait for a device: values asked for, values sent from the host's own memory."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if name in ("_local_scalar_dense", "nonzero", "lift_fresh", "lift_fresh_copy", "equal"):
            self.asked[name] += 1
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("method", [Method.exact(), Method.fast("heun")], ids=["exact", "fast"])
def test_a_step_asks_the_device_for_nothing_but_whether_its_numbers_are_finite(
    loaded: Loaded, words: Words, method: Method
) -> None:
    counted = []
    for steps in (4, 14):
        run = _run(loaded, words, replace(PARAMETERS, num_inference_steps=steps), method)
        with _Questions() as questions:
            run.layers(SEED, "layers", _unheard)
        counted.append(questions.asked)
    assert counted[1] - counted[0] == Counter({"_local_scalar_dense": 10})


def test_guidance_everywhere_and_no_step_forecast_is_exact(loaded: Loaded, words: Words) -> None:
    for sampler in ("euler", "heun"):
        parameters = replace(PARAMETERS, num_inference_steps=8)
        exact = _run(loaded, words, parameters, Method.exact(sampler))
        tuned = _run(loaded, words, parameters, replace(Method.fast(sampler), guided=(0.0, 1.0), reuse=0))
        np.testing.assert_array_equal(tuned.layers(SEED, "layers", _unheard), exact.layers(SEED, "layers", _unheard))
        assert tuned.forwards == exact.forwards


def test_fast_asks_the_model_36_times_of_100_and_its_layers_differ_by_a_number(
    loaded: Loaded, words: Words, record_testsuite_property: Callable[[str, object], None]
) -> None:
    parameters = replace(PARAMETERS, num_inference_steps=50)
    exact, fast = (_run(loaded, words, parameters, method) for method in (Method.exact(), Method.fast()))
    reference = np.stack(exact.layers(SEED, "layers", _unheard)).astype(float)
    drift = np.abs(np.stack(fast.layers(SEED, "layers", _unheard)) - reference).mean()
    record_testsuite_property("mean difference of fast from exact, of 255", float(drift))
    assert exact.forwards == 100
    assert fast.forwards == 36  # 54 are forecast, ten are without guidance
    # With matrix products in fp8, half as fast again, a third of the time is left.
    assert exact.forwards / fast.forwards * 1.5 > 3
    assert 0 < drift < 255


def test_a_second_attempt_forecasts_nothing_from_the_first(loaded: Loaded, words: Words) -> None:
    parameters = replace(PARAMETERS, num_inference_steps=12)
    run = _run(loaded, words, parameters, Method.fast())
    first = run.layers(SEED, "layers", _unheard)
    counted = run.forwards
    run.layers(SEED + 1, "layers, second seed", _unheard)
    np.testing.assert_array_equal(run.layers(SEED, "layers", _unheard), first)
    assert run.forwards == 3 * counted


def test_heun_asks_twice_a_step_but_for_the_last_and_is_another_way_to_nearly_the_same_layers(
    loaded: Loaded, words: Words
) -> None:
    parameters = replace(PARAMETERS, num_inference_steps=20, guidance_scale=1.0)
    euler, heun = (_run(loaded, words, parameters, Method.exact(sampler)) for sampler in ("euler", "heun"))
    apart = np.abs(
        np.stack(euler.layers(SEED, "layers", _unheard)).astype(float) - heun.layers(SEED, "layers", _unheard)
    )
    assert (euler.forwards, heun.forwards) == (20, 39)
    assert 0 < apart.mean() < 10
