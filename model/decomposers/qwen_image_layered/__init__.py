"""``qwen-image-layered``: diffusers' ``QwenImageLayeredPipeline`` as a decomposer.

Weights and method are those of https://github.com/QwenLM/Qwen-Image-Layered (Apache-2.0).

options     what is chosen at setup
weights     a hub name or a folder, looked at before anything is loaded
placement   which device and numbers, and how the parts share the device's memory
loading     the pipeline, ready
half        float16 that does not overflow
frame       the picture at a size the model knows, and the way back
words       captions and embeddings, each made once
denoise     one run of the model: layers as pixels
separation  whether the picture came apart
auto        as many layers as the picture has: what holds several things is split further
parts       the things that a layer holds
memory      what happens when there is too little

PyTorch is loaded by ``setup``, so that a machine without it is told what to install.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.decomposers.base import OnProgress, Parameters
from model.decomposers.qwen_image_layered.auto import FIRST_LAYERS, split_further
from model.decomposers.qwen_image_layered.frame import Frame, fitted
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.separation import Separation, judged, proposed
from model.decomposers.qwen_image_layered.weights import is_hub_name, looked_at
from model.errors import ModelUnavailable
from model.layers import Pixels, Stack

if TYPE_CHECKING:
    from model.decomposers.qwen_image_layered.denoise import Run
    from model.decomposers.qwen_image_layered.loading import Loaded
    from model.decomposers.qwen_image_layered.words import Words

__all__ = ["QwenImageLayered"]

_MOST_LAYERS = 10
"""The model was shown up to this many; a larger ``max_layers`` asks for no more."""
_SEEDS = 2**32


class QwenImageLayered:
    """Layers imagined by a diffusion model at 640 or 1024 pixels; see the package's list of stages.

    Args:
        options: the fields of ``Options``.
    """

    on_gpu = True

    def __init__(self, **options: Any) -> None:
        self._options = Options(**options)
        self._loaded: Loaded | None = None
        self._words: Words | None = None

    def setup(self) -> None:
        """Find the weights, fetch them if they are on the hub only, and load them onto the device.

        Raises:
            ModelUnavailable: packages, weights, a device or memory are missing. Without a device nothing is
                downloaded.
        """
        if not is_hub_name(self._options.weights):
            looked_at(Path(self._options.weights).expanduser())  # before PyTorch is loaded, which takes seconds
        try:
            from model.decomposers.qwen_image_layered.loading import load
            from model.decomposers.qwen_image_layered.words import Words
        except ImportError as error:
            raise ModelUnavailable(
                f"qwen-image-layered needs a package that is not installed ({error}); pip install 'lamina[gpu]'."
            ) from error
        self._loaded = load(self._options)
        self._words = Words(self._loaded)

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        """See ``Decomposer.decompose``. The stack is of the model's size: about 640² or 1024² pixels, sides in the
        picture's ratio to within a few percent.

        The stack's notes: ``caption`` (where no prompt was given), ``attempts`` (one or two, each with its seed and
        measures), ``separated`` (whether the picture came apart), ``weights`` and ``numbers``; of ``max_layers=auto``
        also ``auto`` (how often the model was asked again, and what was split).
        """
        if self._loaded is None or self._words is None:
            self.setup()
        assert self._loaded is not None
        assert self._words is not None
        from model.decomposers.qwen_image_layered.denoise import Run, steps_of
        from model.decomposers.qwen_image_layered.memory import enough_memory

        frame = fitted(image, parameters.resolution)
        is_auto = parameters.max_layers == "auto"
        layers = FIRST_LAYERS if is_auto else min(parameters.most_layers, _MOST_LAYERS)
        steps = steps_of(parameters)
        with enough_memory(parameters.resolution, layers):
            prompt = (parameters.prompt or "").strip()
            caption = prompt or self._words.caption(frame, lambda: on_progress("caption", 0, steps))
            run = Run(self._loaded, frame, self._words.guidance(caption, parameters), parameters, layers)
            chosen, attempts = _best(run, frame, parameters.seed, on_progress)
            found, notes = chosen.layers, dict[str, object]()
            if is_auto:
                again = partial(self._again, parameters, on_progress)
                found, notes["auto"] = split_further(chosen, frame, again, parameters.min_alpha_area_ratio)
        notes |= {} if prompt else {"caption": caption}
        notes |= {
            "attempts": [attempt.measures() for attempt in attempts],
            "separated": chosen.separated,
            "weights": self._loaded.source,
            "numbers": self._loaded.placement.numbers,
        }
        return proposed(found, frame, notes)

    def _again(
        self, parameters: Parameters, on_progress: OnProgress, shown: Frame, layers: int, stage: str
    ) -> Separation:
        """One more run, on a part of the picture. It has a caption of its own: the picture's tells of too much."""
        assert self._loaded is not None
        assert self._words is not None
        from model.decomposers.qwen_image_layered.denoise import Run, steps_of

        caption = self._words.caption(shown, lambda: on_progress("caption", 0, steps_of(parameters)))
        run = Run(self._loaded, shown, self._words.guidance(caption, parameters), parameters, layers)
        seed = parameters.seed % _SEEDS
        return judged(run.layers(seed, stage, on_progress), shown, seed)


def _best(run: Run, frame: Frame, seed: int, on_progress: OnProgress) -> tuple[Separation, list[Separation]]:
    """The first seed's layers, or, where the picture did not come apart, the better ones of two seeds."""
    attempts: list[Separation] = []
    for stage, tried in (("layers", seed % _SEEDS), ("layers, second seed", (seed + 1) % _SEEDS)):
        attempts.append(judged(run.layers(tried, stage, on_progress), frame, tried))
        if attempts[-1].separated:
            break
    return max(attempts, key=lambda attempt: (attempt.separated, attempt.difference)), attempts
