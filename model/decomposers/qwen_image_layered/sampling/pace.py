"""One step behind the device: progress is true, a cancel is quick, and the device never waits for the host.

A GPU is given work faster than it does it. Asking it after each step how far it is would leave it without work for as
long as the answer travels; never asking would report steps that are yet to come and hear a cancel only at the end. So
the host prepares the next step and then waits for the one before.
"""

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

import torch

OnDone: TypeAlias = Callable[[int, bool], None]
"""``on_done(step, finite)``: so many steps are done; whether all numbers of the last are finite."""


class Pace:
    """Of one run.

    Args:
        steps: how many there are.
        on_done: called for each, in order, when the device has done it. What it raises ends the run.
    """

    def __init__(self, device: torch.device, steps: int, on_done: OnDone) -> None:
        self._on_done = on_done
        self._is_ahead = device.type == "cuda"
        # Only into pinned memory does a copy go without the host waiting for it.
        self._finite = torch.empty(steps, dtype=torch.bool, pin_memory=self._is_ahead)
        self._under_way: deque[tuple[int, torch.cuda.Event | None]] = deque()
        self._prepared = 0

    def step(self, latents: torch.Tensor) -> None:
        """A step's work is handed to the device: ``latents`` are what comes out of it. Waits for the step before."""
        index = self._prepared
        self._prepared += 1
        self._finite[index : index + 1].copy_(torch.isfinite(latents).all(), non_blocking=True)
        event = None
        if self._is_ahead:
            # The host sleeps: other threads refine and store meanwhile.
            event = torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]
            event.record()
        self._under_way.append((index, event))
        while len(self._under_way) > self._is_ahead:
            self._settle()

    def finish(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            self._settle()

    def _settle(self) -> None:
        index, event = self._under_way.popleft()
        if event is not None:
            event.synchronize()
        self._on_done(index + 1, bool(self._finite[index]))
