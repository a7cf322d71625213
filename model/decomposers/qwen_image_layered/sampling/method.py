"""How the layers are sampled: which choices give the mathematics of diffusers, and which are faster."""

from dataclasses import dataclass, replace

from model.decomposers.qwen_image_layered.adapters.known import Adapter, Prescribed, SamplerName, ShiftRule
from model.decomposers.qwen_image_layered.options import Options

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
        shift: by which rule the picture's size shifts the schedule.

    Raises:
        ValueError: shares that are none, fewer than no steps.
    """

    sampler: SamplerName = "euler"
    guided: tuple[float, float] = (0.0, 1.0)
    reuse: int = 0
    shift: ShiftRule = "layered"

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
    def of(cls, options: Options, adapter: Adapter | None = None) -> "Method":
        """What the options ask for, sampled as the adapter was trained."""
        prescribed = adapter.prescribed if adapter else Prescribed()
        chosen = cls.fast if options.speed == "fast" else cls.exact
        return replace(chosen(prescribed.sampler), shift=prescribed.shift)
