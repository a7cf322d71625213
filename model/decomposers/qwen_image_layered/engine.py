"""The loaded model, and what is done when it lacks memory or its numbers overflow.

Memory   one more try in the next smaller mode, in the same job; the next job is planned anew.
Numbers  the weights are loaded anew in wider numbers, which stay for the rest of the process.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import TypeVar

from model.decomposers.qwen_image_layered import loading
from model.decomposers.qwen_image_layered.device.host import free_bytes
from model.decomposers.qwen_image_layered.device.memory import enough_memory, free
from model.decomposers.qwen_image_layered.device.placement import this_machine
from model.decomposers.qwen_image_layered.device.plan import Plan, enough_for, next_smaller, planned, wider
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.sampling.denoise import NumbersOverflowed
from model.decomposers.qwen_image_layered.weights.sizes import Asked, in_gb
from model.decomposers.qwen_image_layered.words import Captions, Words
from model.errors import OutOfMemory

_logger = logging.getLogger(__name__)

_Result = TypeVar("_Result")
Notes = dict[str, object]


class Engine:
    """One model on one device.

    Args:
        options: as at setup; the weights are loaded at once.

    Raises:
        ModelUnavailable: something is missing.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._folder, self._source = loading.located(options)
        self._machine = this_machine()
        self._plan = planned(self._machine, self._folder.parts, options.precision, options.memory)
        self._fell_back: str | None = None
        self._captions = Captions()
        self._load()

    @property
    def adapted_by(self) -> tuple[str, ...]:
        """Where the adapter's files came from."""
        return self._folder.adapted_by

    def run(self, asked: Asked, work: Callable[[loading.Loaded, Words], _Result]) -> tuple[_Result, Notes]:
        """What ``work`` makes of the model, and the notes on how it ran.

        ``work`` is called again, from its start, where the first call lacked memory or its numbers overflowed; the
        captions are kept.

        Raises:
            OutOfMemory: also in the smaller mode, where there is one.
            NumbersOverflowed: and there are no wider numbers, or they overflow as well.
        """
        if self._loaded is None:  # loading in wider numbers had failed
            self._load()
        try:
            return self._within_memory(asked, work)
        except NumbersOverflowed as error:
            plan = wider(self._plan, self._machine, self._folder.parts)
            if plan is None:
                raise
            traceback.clear_frames(error.__traceback__)
            said = f"{self._plan.weights_in} overflowed; {plan.weights_in} was used"
        self._reload(plan, said)
        return self._within_memory(asked, work)

    def _load(self) -> None:
        self._loaded: loading.Loaded | None = loading.loaded(self._folder, self._source, self._plan)
        self._words: Words | None = Words(self._loaded, self._captions)

    def _reload(self, plan: Plan, said: str) -> None:
        _logger.warning("%s for the rest of this process", said, extra={"plan": str(plan)})
        self._loaded = self._words = None
        free()
        self._plan, self._fell_back = plan, said
        self._load()

    def _within_memory(self, asked: Asked, work: Callable[[loading.Loaded, Words], _Result]) -> tuple[_Result, Notes]:
        plan = self._plan
        if self._options.memory == "auto":
            plan = enough_for(plan, self._machine, self._folder.parts, asked)
        try:
            return self._tried(plan, asked, work), self._notes(plan)
        except OutOfMemory as error:
            smaller = self._smaller(plan, asked)
            if smaller is None:
                raise
            _logger.warning(
                "out of memory: the job is tried once more in a smaller mode",
                extra={"memory": _mode(plan), "smaller": _mode(smaller), "resolution": asked.resolution},
            )
            first = str(error)
        try:
            return self._tried(smaller, asked, work), self._notes(smaller) | {"retried_for_memory": True}
        except OutOfMemory:
            raise OutOfMemory(f"{first} The memory mode {_mode(smaller)} was tried as well.", final=True) from None

    def _tried(self, plan: Plan, asked: Asked, work: Callable[[loading.Loaded, Words], _Result]) -> _Result:
        assert self._loaded is not None
        assert self._words is not None
        with enough_memory(asked.resolution, asked.layers):
            self._loaded.arrange(plan)
            return work(self._loaded, self._words)

    def _smaller(self, plan: Plan, asked: Asked) -> Plan | None:
        """The next mode, if the main memory has room for what leaves the device, or is pinned."""
        parts = self._folder.parts
        smaller = next_smaller(plan, parts, asked)
        if smaller is None or self._machine.gpu_free_bytes is None or plan.sharing == "streamed":
            return smaller
        needed_bytes = parts.loaded(plan.numbers, plan.quantised).total()
        there_bytes = free_bytes()
        if needed_bytes > there_bytes:
            _logger.warning(
                "the memory mode %s needs %s of main memory; %s are free",
                _mode(smaller),
                in_gb(needed_bytes),
                in_gb(there_bytes),
            )
            return None
        return smaller

    def _notes(self, plan: Plan) -> Notes:
        assert self._loaded is not None
        notes: Notes = {"weights": self._loaded.source, "numbers": plan.weights_in, "memory": _mode(plan)}
        return notes | ({"fell_back": self._fell_back} if self._fell_back else {})


def _mode(plan: Plan) -> str:
    return f"{plan.sharing}, tiled" if plan.tiled else plan.sharing
