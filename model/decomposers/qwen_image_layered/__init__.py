"""``qwen-image-layered``: diffusers' ``QwenImageLayeredPipeline`` as a decomposer.

Weights and method are those of https://github.com/QwenLM/Qwen-Image-Layered (Apache-2.0).

A picture's way is ``decompose`` below: words of it, one or two runs of the model, and what of them is handed on.

control    the other model: the one thing that the prompt names
options    what is chosen at setup
engine     the loaded model, and what happens where memory is too small or numbers overflow
words      captions and embeddings, each made once
sampling/  from noise to layers: ``denoise`` is one run
loading    the pipeline, ready
device/    how it runs on the device that is here: ``plan`` decides
adapters/  what changes the transformer
weights/   on the hub and on the disk
pictures/  what is done to pixels, before the model and after it
quiet      libraries imported without their noise

PyTorch is loaded by ``setup``, so that a machine without it is told what to install.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from model.decomposers.base import OnProgress, Parameters
from model.decomposers.qwen_image_layered.adapters.adapted import brought_by
from model.decomposers.qwen_image_layered.adapters.known import Kind, Prescribed, adapter_of
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.pictures.auto import FIRST_LAYERS, split_further
from model.decomposers.qwen_image_layered.pictures.frame import Frame, fitted
from model.decomposers.qwen_image_layered.pictures.separation import Separation, judged, proposed
from model.decomposers.qwen_image_layered.quiet import quiet_imports
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.weights.folder import is_hub_name, looked_at
from model.decomposers.qwen_image_layered.weights.sizes import Asked
from model.errors import ModelUnavailable
from model.layers import Pixels, Stack

if TYPE_CHECKING:
    from model.decomposers.qwen_image_layered.engine import Engine
    from model.decomposers.qwen_image_layered.loading import Loaded
    from model.decomposers.qwen_image_layered.sampling.denoise import Run
    from model.decomposers.qwen_image_layered.words import Words

__all__ = ["QwenImageLayered"]

_MOST_LAYERS = 10
"""The model was shown up to this many; a larger ``max_layers`` asks for no more."""
SEEDS = 2**32
_MODELS: Mapping[Kind, str] = {"layers": "qwen-image-layered", "object": "qwen-image-layered-control"}


class QwenImageLayered:
    """Layers imagined by a diffusion model at 640 or 1024 pixels; see the package's list of stages.

    Args:
        options: the fields of ``Options``.
    """

    on_gpu = True
    name: ClassVar[str] = "qwen-image-layered"
    kind: ClassVar[Kind] = "layers"
    """Of the adapters that it takes."""

    def __init__(self, **options: Any) -> None:
        self._options = Options(**options)
        self._adapter = adapter_of(self._options.adapter, self.kind)
        self._engine: Engine | None = None

    def setup(self) -> None:
        """Find the weights, fetch them if they are on the hub only, and load them onto the device.

        Raises:
            ModelUnavailable: packages, weights, a device or memory are missing. Without a device nothing is
                downloaded.
        """
        if self._adapter is not None and self._adapter.kind != self.kind:
            other = _MODELS[self._adapter.kind]
            raise ModelUnavailable(f"The adapter {self._adapter.name!r} is for {other}, not for {self.name}.")
        if not is_hub_name(self._options.weights):
            # before PyTorch is loaded, which takes seconds
            looked_at(Path(self._options.weights).expanduser(), brought_by(self._adapter))
        try:
            with quiet_imports():
                from model.decomposers.qwen_image_layered.engine import Engine
        except ImportError as error:
            raise ModelUnavailable(
                f"{self.name} needs a package that is not installed ({error}); pip install 'lamina[gpu]'."
            ) from error
        self._engine = Engine(self._options)

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        """See ``Decomposer.decompose``. The stack is of the model's size: about 640² or 1024² pixels, sides in the
        picture's ratio to within a few percent.

        The stack's notes: ``caption`` (where no prompt was given), ``attempts`` (one or two, each with its seed and
        measures), ``separated`` (whether the picture came apart), ``weights``, ``numbers`` and ``memory`` (the mode);
        ``retried_for_memory`` and ``fell_back`` where that happened; ``adapter``, where there is one, with the settings
        that were used in place of the request's; of ``max_layers=auto`` also ``auto`` (how often
        the model was asked again, and what was split).
        """
        used, frame, method = self._prepared(image, parameters)
        layers = FIRST_LAYERS if used.max_layers == "auto" else min(used.most_layers, _MOST_LAYERS)
        prescribed = Prescribed() if self._adapter is None else self._adapter.prescribed
        job = _Job(frame, used, prescribed.layers or layers, prescribed, method, on_progress)
        (found, notes), how = self._ready().run(Asked(used.resolution, job.layers), job.done)
        return proposed(found, frame, notes | self._told(used) | how)

    def _ready(self) -> Engine:
        if self._engine is None:
            self.setup()
        assert self._engine is not None
        return self._engine

    def _prepared(self, image: Pixels, parameters: Parameters) -> tuple[Parameters, Frame, Method]:
        """The parameters, the size and the method that the adapter prescribes; what it leaves open is the request's."""
        method = Method.of(self._options, self._adapter)
        if self._adapter is None:
            return parameters, fitted(image, parameters.resolution), method
        used = self._adapter.parameters(parameters)
        return used, fitted(image, used.resolution, self._adapter.prescribed.size_rule), method

    def _told(self, used: Parameters) -> dict[str, object]:
        if self._adapter is None:
            return {}
        return {"adapter": self._adapter.told(used, self._ready().adapted_by)}


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One picture to take apart."""

    frame: Frame
    parameters: Parameters
    layers: int
    prescribed: Prescribed
    method: Method
    on_progress: OnProgress

    def done(self, loaded: Loaded, words: Words) -> tuple[tuple[Pixels, ...], dict[str, object]]:
        """The layers, as ``Separation`` has them, and what there is to note of them."""
        prompt = (self.parameters.prompt or "").strip()
        caption = prompt or self._caption(words, self.frame)
        run = self._run(loaded, words, self.frame, caption, self.layers)
        chosen, attempts = _best(run, self.frame, self.parameters.seed, self.on_progress)
        found, notes = chosen.layers, dict[str, object]()
        if self.parameters.max_layers == "auto":
            again = partial(self._again, loaded, words)
            found, notes["auto"] = split_further(chosen, self.frame, again, self.parameters.min_alpha_area_ratio)
        notes |= {} if prompt else {"caption": caption}
        notes["attempts"] = [attempt.measures() for attempt in attempts]
        notes["separated"] = chosen.separated
        return found, notes

    def _again(self, loaded: Loaded, words: Words, shown: Frame, layers: int, stage: str) -> Separation:
        """One more run, on a part of the picture. It has a caption of its own: the picture's tells of too much. An
        adapter that was trained with one prompt and one number of layers has these."""
        caption = self.prescribed.prompt or self._caption(words, shown)
        run = self._run(loaded, words, shown, caption, self.prescribed.layers or layers)
        seed = self.parameters.seed % SEEDS
        return judged(run.layers(seed, stage, self.on_progress), shown, seed)

    def _caption(self, words: Words, shown: Frame) -> str:
        from model.decomposers.qwen_image_layered.sampling.denoise import steps_of

        return words.caption(shown, lambda: self.on_progress("caption", 0, steps_of(self.parameters)))

    def _run(self, loaded: Loaded, words: Words, shown: Frame, caption: str, layers: int) -> Run:
        from model.decomposers.qwen_image_layered.sampling.denoise import Run

        return Run(loaded, shown, words.guidance(caption, self.parameters), self.parameters, layers, self.method)


def _best(run: Run, frame: Frame, seed: int, on_progress: OnProgress) -> tuple[Separation, list[Separation]]:
    """The first seed's layers, or, where the picture did not come apart, the better ones of two seeds."""
    attempts: list[Separation] = []
    for stage, tried in (("layers", seed % SEEDS), ("layers, second seed", (seed + 1) % SEEDS)):
        attempts.append(judged(run.layers(tried, stage, on_progress), frame, tried))
        if attempts[-1].separated:
            break
    return max(attempts, key=lambda attempt: (attempt.separated, attempt.difference)), attempts
