"""Steps that do not ask the model: its answer is forecast from its last ones.

Along the way from noise to picture the velocity changes slowly and smoothly, so a line in σ through two known answers
tells the next ones; an error of second order in the distance, the same as that of a two-step Adams-Bashforth method.
(In the manner of TaylorSeer, https://arxiv.org/abs/2503.06923, but in σ, whose steps differ by a factor of 80, and on
the output rather than inside of the blocks: nothing of the transformer is touched, compiled or not, streamed or not.)

Which steps are asked follows from the schedule alone and not from measuring how much the model's inner values moved,
as First Block Cache and TeaCache do. Measuring needs a number on the host in every forward, for which the device would
stand still; and it makes the time of a run depend on the picture.
"""

from collections.abc import Callable, Sequence

import torch

_FIRST, _LAST = 4, 2
"""So many steps at either end always ask: at the start the layers are decided upon, at the end details are drawn."""
_REACH = 0.12
"""A forecast reaches no further than this in σ, however few steps that is: with few steps, most are asked."""


def asked_steps(sigmas: Sequence[float], reuse: int) -> frozenset[int]:
    """The steps at which the model is asked.

    Args:
        sigmas: one more than there are steps, falling.
        reuse: so many steps in a row may be forecast.
    """
    steps = len(sigmas) - 1
    asked: list[int] = []
    for index in range(steps):
        at_an_end = index < _FIRST or index >= steps - _LAST
        if at_an_end or index - asked[-1] > reuse or sigmas[asked[-1]] - sigmas[index] > _REACH:
            asked.append(index)
    return frozenset(asked)


class StepCache:
    """The answers to one prompt in one run. Nothing is kept for longer than that.

    Args:
        sigmas: as of ``asked_steps``.
        asked: where the model is asked.
        reuse: at least so many steps lie between the two answers a line is drawn through, if there are such.

    Attributes:
        forwards: how often the model was asked.
    """

    def __init__(self, sigmas: Sequence[float], asked: frozenset[int], reuse: int) -> None:
        self.forwards = 0
        self._sigmas, self._asked, self._reuse = sigmas, asked, reuse
        self._known: dict[int, torch.Tensor] = {}

    def answer(self, index: int, ask: Callable[[], torch.Tensor]) -> torch.Tensor:
        """The velocity at step ``index``: the model's, or, where it is not asked and two are known, a forecast."""
        if index in self._asked or len(self._known) < 2:
            self.forwards += 1
            velocity = ask()
            self._keep(index, velocity)
            return velocity
        return self._forecast(index)

    def _keep(self, index: int, velocity: torch.Tensor) -> None:
        """Heun asks twice for a step; the later answer is to latents that are closer to the truth."""
        if not self._reuse:
            return
        self._known[index] = velocity
        for old in sorted(self._known)[: -self._reuse - 1]:
            del self._known[old]

    def _forecast(self, index: int) -> torch.Tensor:
        *earlier, last = sorted(self._known)
        # Neighbours differ by little more than rounding: a line through them would magnify that.
        far = [step for step in earlier if last - step >= self._reuse]
        first = far[-1] if far else earlier[0]
        reach = (self._sigmas[index] - self._sigmas[last]) / (self._sigmas[last] - self._sigmas[first])
        new, old = self._known[last].float(), self._known[first].float()
        return (new + (new - old) * reach).to(self._known[last].dtype)
