"""One run of the model: noise in, layers out."""

import numpy as np
import torch

from model.decomposers.base import OnProgress, Parameters
from model.decomposers.qwen_image_layered.loading import Loaded
from model.decomposers.qwen_image_layered.pictures.frame import Frame
from model.decomposers.qwen_image_layered.sampling.latents import decoded, grid_of, noise_tokens, picture_tokens, unpack
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.sampling.pace import Pace
from model.decomposers.qwen_image_layered.sampling.samplers import SAMPLERS
from model.decomposers.qwen_image_layered.sampling.schedule import schedule_of
from model.decomposers.qwen_image_layered.sampling.velocity import GuidedVelocity, Scene
from model.decomposers.qwen_image_layered.words import Guidance
from model.errors import DecompositionFailed
from model.layers import Pixels

_FEWEST_STEPS = 2
"""With one, the scheduler divides by zero where the schedule has a terminal shift, as that of Qwen-Image has."""


class NumbersOverflowed(DecompositionFailed):
    """Infinite or undefined numbers in the latents or the pixels; wider numbers may hold them."""


def steps_of(parameters: Parameters) -> int:
    """How many steps ``on_progress`` hears of: those of the model, and one for decoding."""
    return max(_FEWEST_STEPS, parameters.num_inference_steps) + 1


class Run:
    """What one request's attempts share; ``layers`` is one attempt.

    Args:
        layers: how many to make, 1 or more; ``object`` makes one whatever is said here.

    Attributes:
        forwards: how often the transformer was asked, in all attempts so far.
    """

    def __init__(
        self,
        loaded: Loaded,
        frame: Frame,
        guidance: Guidance,
        parameters: Parameters,
        layers: int,
        method: Method,
    ) -> None:
        self._loaded, self._frame, self._guidance = loaded, frame, guidance
        self._parameters, self._layers = parameters, layers
        self._method = method
        self.forwards = 0

    def layers(self, seed: int, stage: str, on_progress: OnProgress) -> list[Pixels]:
        """Each ``(height, width, 4)`` uint8, of the frame's size, bottom to top.

        The first frame that the model makes is the whole picture once more, and is dropped.

        Args:
            seed: of the noise, which is drawn on the CPU, so that it is the same on every device.
            stage: the name under which steps are reported.
            on_progress: called after every step, and once more when the layers are decoded.

        Raises:
            NumbersOverflowed: the sentence names the numbers.
        """
        return self._made(1 + self._layers, slice(1, None), seed, stage, on_progress)

    def object(self, seed: int, stage: str, on_progress: OnProgress) -> Pixels:
        """``(height, width, 4)`` uint8: the one frame of a model that is asked for no layers, such as Layered-Control.

        Arguments and errors are those of ``layers``.
        """
        (only,) = self._made(1, slice(None), seed, stage, on_progress)
        return only

    @torch.no_grad()
    def _made(self, frames: int, kept: slice, seed: int, stage: str, on_progress: OnProgress) -> list[Pixels]:
        steps = steps_of(self._parameters)

        def on_done(step: int, finite: bool) -> None:
            self._check(finite)
            on_progress(stage, step, steps)

        self._loaded.use("transformer", "vae")
        scene = self._scene(frames)
        latents = self._denoised(scene, seed, Pace(self._loaded.placement.device, scene.schedule.steps, on_done))
        pixels = self._pixels(unpack(latents, scene.grid)[:, :, kept])
        on_progress(stage, steps, steps)
        return list(pixels)

    def _scene(self, frames: int) -> Scene:
        pipeline, device = self._loaded.pipeline, self._loaded.placement.device
        dtype = self._guidance.prompt.values.dtype
        picture = picture_tokens(pipeline, self._frame.shown, device, dtype)
        grid = grid_of(pipeline, self._frame.shown)
        steps = steps_of(self._parameters) - 1
        schedule = schedule_of(pipeline.scheduler, steps, grid.tokens, device, dtype, self._method.shift)
        return Scene(picture, grid, frames, schedule)

    def _denoised(self, scene: Scene, seed: int, pace: Pace) -> torch.Tensor:
        """``(1, frames · tokens, channels)``"""
        pipeline, picture = self._loaded.pipeline, scene.picture
        velocity = GuidedVelocity(
            pipeline.transformer, self._guidance, self._parameters.guidance_scale, scene, self._method
        )
        noise = noise_tokens(pipeline, scene.grid, scene.frames, seed, picture.dtype).to(picture.device)
        try:
            for latents in SAMPLERS[self._method.sampler](noise, scene.schedule, velocity):
                pace.step(latents)
            pace.finish()
        finally:
            self.forwards += velocity.forwards
        return latents

    def _pixels(self, latents: torch.Tensor) -> Pixels:
        """``(frames, height, width, 4)`` uint8"""
        pixels = decoded(self._loaded.pipeline, latents)
        finite = torch.isfinite(pixels).all()
        whole = (pixels.float() * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()
        self._check(bool(finite))
        return np.asarray(whole.cpu())

    def _check(self, finite: bool) -> None:
        if not finite:
            numbers = self._loaded.placement.numbers
            advice = " The precision bf16 holds them, where the GPU has it." if numbers == "float16" else ""
            raise NumbersOverflowed(f"The model's numbers overflowed in {numbers}.{advice}")
