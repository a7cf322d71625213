"""How the layers are sampled: which choices give the mathematics of diffusers, and which are faster."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from model.decomposers.qwen_image_layered.options import Options

SamplerName: TypeAlias = Literal["euler", "heun"]

_FAST_GUIDED = (0.0, 0.8)
_FAST_REUSE = 2
"""With the share above, 37 of 100 forwards at 50 steps with guidance are left."""


@dataclass(frozen=True, slots=True)
class Method:
    """The same for all requests of one loaded model.

    Attributes:
        sampler: ``euler`` evaluates the model once a step, ``heun`` twice, with an error of second order.
        guided: from which share of the steps on, 0..1, to which the guidance counts. Elsewhere the model is asked with
            the prompt only.
        reuse: for how many steps in a row the model's answer may be forecast from earlier ones; 0 never.
        compiled: whether the transformer's blocks are compiled where that helps.

    Raises:
        ValueError: shares that are none, fewer than no steps.
    """

    sampler: SamplerName = "euler"
    guided: tuple[float, float] = (0.0, 1.0)
    reuse: int = 0
    compiled: bool = True

    def __post_init__(self) -> None:
        start, end = self.guided
        if not 0 <= start <= end <= 1:
            raise ValueError(f"guided is a part of 0..1, not {start}..{end}.")
        if self.reuse < 0:
            raise ValueError(f"reuse is a number of steps, not {self.reuse}.")

    @classmethod
    def exact(cls, sampler: SamplerName = "euler") -> "Method":
        """The mathematics of diffusers' pipeline: every step asks the model, with guidance."""
        return cls(sampler)

    @classmethod
    def fast(cls, sampler: SamplerName = "euler") -> "Method":
        """Guidance for the first 80 % of the steps, and two of three answers in the middle of the run forecast."""
        return cls(sampler, guided=_FAST_GUIDED, reuse=_FAST_REUSE)

    @classmethod
    def of(cls, options: Options) -> "Method":
        """What the options ask for."""
        return cls.fast() if options.speed == "fast" else cls.exact()
