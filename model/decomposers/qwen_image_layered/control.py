"""``qwen-image-layered-control``: the one thing that the prompt names, taken out of the picture.

Weights and method are those of DiffSynth-Studio's Qwen-Image-Layered-Control: the same network as Qwen-Image-Layered,
trained further, asked for a single frame instead of layers. Posters suit it, photographs less, and things that hide
parts of one another least.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from model.decomposers.base import OnProgress, Parameters
from model.decomposers.qwen_image_layered import SEEDS, QwenImageLayered
from model.decomposers.qwen_image_layered.adapters.known import Kind
from model.decomposers.qwen_image_layered.pictures.extraction import Extraction, extracted, object_on_ground
from model.decomposers.qwen_image_layered.pictures.frame import Frame
from model.decomposers.qwen_image_layered.sampling.method import Method
from model.decomposers.qwen_image_layered.weights.sizes import Asked
from model.errors import DecompositionFailed
from model.layers import Pixels, Stack

if TYPE_CHECKING:
    from model.decomposers.qwen_image_layered.loading import Loaded
    from model.decomposers.qwen_image_layered.words import Words

__all__ = ["QwenImageLayeredControl"]

USUAL = "layered-control-v2"
"""Of the adapters: a third of the steps of its predecessor."""


class QwenImageLayeredControl(QwenImageLayered):
    """Two layers: what the prompt names, and the rest, completed where that hid it.

    Args:
        options: the fields of ``Options``; ``adapter`` is of the kind ``object``.
    """

    name: ClassVar[str] = "qwen-image-layered-control"
    kind: ClassVar[Kind] = "object"

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"adapter": USUAL, **options})

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        """See ``Decomposer.decompose``. The stack is of the model's size; the object is named by the prompt.

        The stack's notes: ``attempts`` (one or two, each with its seed and measures), ``adapter`` (the settings that
        were used), ``weights``, ``numbers`` and ``memory``.

        Raises:
            DecompositionFailed: there is no prompt, or nothing like it was found with either of two seeds. An answer
                without the thing asked for would be none, and would be kept as the answer for this picture.
        """
        prompt = (parameters.prompt or "").strip()
        if not prompt:
            raise DecompositionFailed(f"The model {self.name} takes out the one thing that prompt names: name one.")
        used, frame, method = self._prepared(image, parameters)
        search = _Search(frame, prompt, used, method, on_progress)
        (found, attempts), how = self._ready().run(Asked(used.resolution, 0), search.done)
        notes: dict[str, object] = {"attempts": [attempt.measures() for attempt in attempts]}
        return object_on_ground(found, frame, prompt, notes | self._told(used) | how)


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """For one thing in one picture."""

    frame: Frame
    prompt: str
    parameters: Parameters
    method: Method
    on_progress: OnProgress

    def done(self, loaded: Loaded, words: Words) -> tuple[Extraction, list[Extraction]]:
        """The first seed's object, or, where that is blank, another's."""
        from model.decomposers.qwen_image_layered.sampling.denoise import Run

        run = Run(loaded, self.frame, words.guidance(self.prompt, self.parameters), self.parameters, 0, self.method)
        attempts: list[Extraction] = []
        for stage, seed in (("object", self.parameters.seed), ("object, second seed", self.parameters.seed + 1)):
            attempts.append(extracted(run.object(seed % SEEDS, stage, self.on_progress), self.frame, seed % SEEDS))
            if attempts[-1].found:
                return attempts[-1], attempts
        raise DecompositionFailed(
            f"Nothing like {self.prompt!r} was found in the picture. The prompt names one thing that can be seen, in "
            'English, such as "the red hat" or "text \'SALE\'"; other words or another seed may find it.'
        )
