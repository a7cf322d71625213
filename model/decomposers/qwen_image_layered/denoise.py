"""One run of the model: noise in, layers out."""

from typing import Any

import numpy as np
import torch

from model.decomposers.base import OnProgress, Parameters
from model.decomposers.qwen_image_layered.frame import Frame
from model.decomposers.qwen_image_layered.loading import Loaded
from model.decomposers.qwen_image_layered.words import MAX_TOKENS, Guidance
from model.errors import DecompositionFailed
from model.layers import Pixels

_GIVEN = "given as embeddings"
"""A prompt that is not blank keeps the pipeline from making a caption of its own, which it would not give back."""


_FEWEST_STEPS = 2
"""With one, the scheduler divides by zero where the schedule has a terminal shift, as that of Qwen-Image has."""


def steps_of(parameters: Parameters) -> int:
    """How many steps ``on_progress`` hears of: those of the model, and one for decoding."""
    return max(_FEWEST_STEPS, parameters.num_inference_steps) + 1


class Run:
    """What one request's attempts share; ``layers`` is one attempt."""

    def __init__(self, loaded: Loaded, frame: Frame, guidance: Guidance, parameters: Parameters, layers: int) -> None:
        self._loaded, self._frame, self._guidance = loaded, frame, guidance
        self._parameters, self._layers = parameters, layers

    def layers(self, seed: int, stage: str, on_progress: OnProgress) -> list[Pixels]:
        """Each ``(height, width, 4)`` uint8, of the frame's size, bottom to top.

        The first frame that the model makes is the whole picture once more; the pipeline has dropped it already.

        Args:
            seed: of the noise, which is drawn on the CPU, so that it is the same on every device.
            stage: the name under which steps are reported.
            on_progress: called after every step, and once more when the layers are decoded.

        Raises:
            DecompositionFailed: the numbers overflowed.
        """
        steps = steps_of(self._parameters)

        def on_step(pipeline: Any, index: int, timestep: Any, tensors: dict[str, torch.Tensor]) -> dict[str, Any]:
            self._check(tensors["latents"])
            # What this raises ends the run at once; the pipeline's own way to stop goes on to decode half-made layers.
            on_progress(stage, index + 1, steps)
            return {}

        self._loaded.use("transformer", "vae")
        decoded: torch.Tensor = self._loaded.pipeline(
            image=self._frame.shown,
            generator=torch.Generator("cpu").manual_seed(seed),
            callback_on_step_end=on_step,
            callback_on_step_end_tensor_inputs=["latents"],
            output_type="pt",
            **self._asked(),
        ).images[0]
        self._check(decoded)
        layers = np.rint(decoded.float().cpu().numpy().transpose(0, 2, 3, 1) * 255).astype(np.uint8)
        on_progress(stage, steps, steps)
        return list(layers)

    def _asked(self) -> dict[str, object]:
        parameters, device = self._parameters, self._loaded.placement.device
        prompt, negative = self._guidance.prompt, self._guidance.negative
        asked: dict[str, object] = {
            "prompt": _GIVEN,
            "prompt_embeds": prompt.values.to(device),
            "prompt_embeds_mask": prompt.mask.to(device),
            "max_sequence_length": MAX_TOKENS,
            "true_cfg_scale": parameters.guidance_scale,
            "cfg_normalize": True,
            "layers": self._layers,
            "num_inference_steps": steps_of(parameters) - 1,
            "resolution": parameters.resolution,
        }
        if negative is not None:
            asked["negative_prompt_embeds"] = negative.values.to(device)
            asked["negative_prompt_embeds_mask"] = negative.mask.to(device)
        return asked

    def _check(self, values: torch.Tensor) -> None:
        if not bool(torch.isfinite(values).all()):
            numbers = self._loaded.placement.numbers
            advice = " Without --fp16 it runs in bfloat16, where the GPU has it." if numbers == "float16" else ""
            raise DecompositionFailed(f"The model's numbers overflowed in {numbers}.{advice}")
