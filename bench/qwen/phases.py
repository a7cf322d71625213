"""One picture through the worker's own code, with a clock on each part."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from bench.qwen.floor import settle
from model.decomposers import Parameters
from model.decomposers.qwen_image_layered.device import kernels
from model.decomposers.qwen_image_layered.loading import Loaded
from model.decomposers.qwen_image_layered.pictures.frame import Frame, fitted
from model.decomposers.qwen_image_layered.pictures.separation import judged, proposed
from model.decomposers.qwen_image_layered.sampling.denoise import Run, steps_of
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.words import MAX_TOKENS, Guidance, Words
from model.layers import Pixels, Stack
from model.refine import refine

_GIVEN = "given as embeddings"


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What every mode is given.

    Attributes:
        picture: ``(H, W, 4)`` uint8, opaque.
        layers: how many are asked for.
    """

    picture: Pixels
    parameters: Parameters
    layers: int

    @property
    def frame(self) -> Frame:
        return fitted(self.picture, self.parameters.resolution)


@dataclass(slots=True)
class Seconds:
    """Of the parts of one run. ``encode`` is of the picture, ``words`` of the prompts."""

    caption: float = 0.0
    words: float = 0.0
    encode: float = 0.0
    denoise: float = 0.0
    decode: float = 0.0
    refine: float = 0.0

    @property
    def model(self) -> float:
        """What is compared between modes: from the picture and the embeddings to the layers' pixels."""
        return self.encode + self.denoise + self.decode


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """One run.

    Attributes:
        pixels: ``(layers, height, width, 4)`` uint8, as the model made them.
        forwards: how often the transformer was asked.
    """

    pixels: Pixels
    seconds: Seconds
    forwards: int


@dataclass(frozen=True, slots=True, eq=False)
class Worded:
    """What the text encoder made; the prompt is the caption where none was given."""

    prompt: str
    guidance: Guidance
    seconds: Seconds


def worded(loaded: Loaded, case: Case) -> Worded:
    """Caption and embeddings, made anew, as for a picture that nobody has sent before."""
    device, seconds, words = loaded.placement.device, Seconds(), Words(loaded)
    with _timed(device, seconds, "caption"):
        caption = words.caption(case.frame, lambda: None)
    with _timed(device, seconds, "words"):
        prompt = case.parameters.prompt or caption
        guidance = words.guidance(prompt, case.parameters)
    return Worded(prompt, guidance, seconds)


def ours(loaded: Loaded, case: Case, guidance: Guidance, method: Method) -> Ran:
    """By the worker's own loop."""
    loaded.use("transformer", "vae")
    if kernels.prepare(loaded.pipeline.transformer, loaded.placement):  # `plain` took them out
        kernels.warm(loaded.pipeline.transformer)
    run = Run(loaded, case.frame, guidance, case.parameters, case.layers, method)
    seed = case.parameters.seed
    return _ran(loaded, lambda: (np.stack(run.layers(seed, "layers", lambda *_: None)), run.forwards))


def plain(loaded: Loaded, case: Case, guidance: Guidance) -> Ran:
    """By diffusers' pipeline as it is: its loop and its kernels. Layers are decoded one by one, as by ``ours``."""
    parameters, device = case.parameters, loaded.placement.device
    asked: dict[str, Any] = {
        "image": case.frame.shown,
        "layers": case.layers,
        "resolution": parameters.resolution,
        "num_inference_steps": steps_of(parameters) - 1,
        "true_cfg_scale": parameters.guidance_scale,
        "cfg_normalize": True,
        "output_type": "pt",
        "prompt": _GIVEN,
        "prompt_embeds": guidance.prompt.values.to(device),
        "prompt_embeds_mask": guidance.prompt.mask.to(device),
        "max_sequence_length": MAX_TOKENS,
    }
    if guidance.negative is not None:
        asked["negative_prompt_embeds"] = guidance.negative.values.to(device)
        asked["negative_prompt_embeds_mask"] = guidance.negative.mask.to(device)
    pipeline = loaded.pipeline

    def work() -> tuple[Pixels, int]:
        generator = torch.Generator("cpu").manual_seed(parameters.seed)
        decoded = pipeline(generator=generator, **asked).images[0]
        pixels = np.rint(decoded.float().cpu().numpy().transpose(0, 2, 3, 1) * 255).astype(np.uint8)
        return pixels, asked["num_inference_steps"] * (1 if guidance.negative is None else 2)

    loaded.use("transformer", "vae")
    kernels.install(pipeline.transformer, kernels.Kernels(), device, getattr(torch, loaded.placement.numbers))
    return _ran(loaded, work)


def refined(case: Case, ran: Ran) -> Stack:
    """The layers at the picture's size, exact; writes down the seconds."""
    raw = proposed(judged(list(ran.pixels), case.frame, case.parameters.seed).layers, case.frame, {})
    with _timed(torch.device("cpu"), ran.seconds, "refine"):
        return refine(raw, case.picture, case.parameters)


def _ran(loaded: Loaded, work: Callable[[], tuple[Pixels, int]]) -> Ran:
    """Denoising is what is left of the whole once the autoencoder's two parts are taken off."""
    device, clock = loaded.placement.device, _Clock()
    whole = Seconds()
    with clock.on(loaded.pipeline.vae, device), _timed(device, whole, "denoise"):
        pixels, forwards = work()
    seconds = Seconds(encode=clock.spent["encode"], decode=clock.spent["decode"])
    seconds.denoise = whole.denoise - seconds.encode - seconds.decode
    return Ran(pixels, seconds, forwards)


@dataclass(slots=True)
class _Clock:
    """Seconds spent in the autoencoder's ``encode`` and ``decode``."""

    spent: dict[str, float] = field(default_factory=lambda: {"encode": 0.0, "decode": 0.0})

    @contextmanager
    def on(self, vae: Any, device: torch.device) -> Iterator[None]:
        for name in self.spent:
            setattr(vae, name, self._wrapped(getattr(vae, name), name, device))
        try:
            yield
        finally:
            for name in self.spent:
                delattr(vae, name)

    def _wrapped(self, work: Callable[..., Any], name: str, device: torch.device) -> Callable[..., Any]:
        def timed(*inputs: Any, **named: Any) -> Any:
            settle(device)
            started = time.perf_counter()
            result = work(*inputs, **named)
            settle(device)
            self.spent[name] += time.perf_counter() - started
            return result

        return timed


@contextmanager
def _timed(device: torch.device, seconds: Seconds, name: str) -> Iterator[None]:
    settle(device)
    started = time.perf_counter()
    yield
    settle(device)
    setattr(seconds, name, time.perf_counter() - started)
