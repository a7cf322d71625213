"""What every decomposer is: ``setup`` once, ``decompose`` many times."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from model.layers import Pixels, Stack

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""``on_progress(stage, step, steps)``: step ``step`` of ``steps`` of ``stage`` is done. Raises ``Canceled`` when the
job was canceled; a decomposer lets that pass through and stays usable."""

MOST_LAYERS = 16
"""That anybody may ask for, and what ``auto`` stays within."""
LayerCount: TypeAlias = int | Literal["auto"]
"""1 to ``MOST_LAYERS``, or as many as the picture has."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """One request's parameters. All of them are part of a decomposition's id, whether or not a model heeds them.

    Attributes:
        max_layers: ``auto``: as many as the picture has, each decomposer by a rule of its own; it stays ``auto`` in ids
            and manifests. 1-16: more are merged by likeness.
        min_alpha_area_ratio: 0-1; a layer covering less of the canvas (text: the room of its lines) is merged into
            the one under it.
        enable_residual: what no layer explains becomes a layer of its own.
        seed: of the model's noise.
        prompt, negative_prompt: of models that read text; ``None`` leaves it to the model (a caption of its own).
        resolution: the model's own working size, 640 or 1024, pixels.
        num_inference_steps, guidance_scale: of diffusion models.
    """

    max_layers: LayerCount = "auto"
    min_alpha_area_ratio: float = 0.0005
    enable_residual: bool = True
    seed: int = 0
    prompt: str | None = None
    negative_prompt: str | None = None
    resolution: int = 640
    num_inference_steps: int = 50
    guidance_scale: float = 4.0

    @property
    def most_layers(self) -> int:
        """``max_layers`` as a number; of ``auto`` the most that anybody may ask for."""
        return MOST_LAYERS if self.max_layers == "auto" else self.max_layers


class Decomposer(Protocol):
    """Proposes a raw stack; ``model.refine`` makes it true.

    A class that computes on a GPU says ``on_gpu = True``: a worker then runs its next job while one is being refined.
    One that makes use of a picture's alpha says ``reads_alpha = True``; others are shown a layer that is split further
    on an opaque ground.
    """

    def setup(self) -> None:
        """Load what is needed; called once a process, before the first ``decompose``.

        Raises:
            ModelUnavailable: weights, packages or hardware are missing; the message says which and how to get them.
        """

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        """Propose layers, bottom to top, at a size of the decomposer's own choosing.

        Args:
            image: ``(H, W, 4)`` uint8, straight alpha; RGB is 0 where alpha is 0. Not written to.
            parameters: the request's.
            on_progress: called at least once; may raise ``Canceled``.

        Returns:
            A stack whose first layer is an opaque, canvas-sized background (hidden parts completed).

        Raises:
            DecompositionFailed, OutOfMemory, Canceled.
        """
