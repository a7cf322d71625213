"""Decomposers that worker processes load by ``LAMINA_DECOMPOSERS`` so that a test decides what happens, and when."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from model.decomposers import OnProgress, Parameters
from model.errors import DecompositionFailed, OutOfMemory
from model.layers import Layer, Pixels, Stack


class Noop:
    """The picture as its only layer, at once."""

    def setup(self) -> None:
        pass

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        on_progress("noop", 1, 1)
        return _whole(image)


class Puppet:
    """Calls the test on the socket ``PUPPET_SOCKET``, says which process it is, and does what it is told."""

    def setup(self) -> None:
        pass

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        _obey("decompose", parameters.seed, on_progress)
        return _whole(image)


class Device(Puppet):
    """A puppet that computes on a GPU, or says so. Its layers are the second puppet of the job: whoever refines them
    has to do as the test says first."""

    on_gpu = True

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        stack = super().decompose(image, parameters, on_progress)
        layers = _Held(stack.layers, partial(_obey, "refine", parameters.seed, on_progress))
        return replace(stack, layers=layers)  # type: ignore[arg-type]


class _Held(Sequence[Layer]):
    """Layers that are there once ``hold`` has returned."""

    def __init__(self, layers: tuple[Layer, ...], hold: Callable[[], None]) -> None:
        self._layers, self._hold = layers, cache(hold)

    def __len__(self) -> int:
        return len(self._layers)

    def __getitem__(self, index: Any) -> Any:
        self._hold()
        return self._layers[index]


def _obey(part: str, seed: int, on_progress: OnProgress) -> None:
    with socket.socket(socket.AF_UNIX) as strings:
        strings.connect(os.environ["PUPPET_SOCKET"])
        strings.sendall(json.dumps({"pid": os.getpid(), "seed": seed, "part": part}).encode() + b"\n")
        on_progress(part, 0, 1)
        _do(strings.recv(64).decode(), part, on_progress)


def _do(command: str, part: str, on_progress: OnProgress) -> None:
    match command:
        case "finish":
            return
        case "step until canceled":
            while True:
                on_progress(part, 0, 1)
                time.sleep(0.01)  # a model's step
        case "hang":
            signal.pause()
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "run out of memory":
            raise OutOfMemory("The puppet was told to.")
        case "run out of memory in every mode":
            raise OutOfMemory("The puppet was told to.", final=True)
        case "fail":
            raise DecompositionFailed("The puppet was told to.")
        case "break":
            raise RuntimeError("The puppet was told to.")
        case _:
            raise AssertionError(command)


class Poison:
    """Ends its worker, each time."""

    def setup(self) -> None:
        pass

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        os._exit(1)


class Missing:
    """Cannot be set up."""

    def setup(self) -> None:
        from model.errors import ModelUnavailable

        raise ModelUnavailable("The weights are not here.")

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        raise AssertionError("never set up")


def _whole(image: Pixels) -> Stack:
    height, width = image.shape[:2]
    return Stack(width, height, (Layer(image, name="Background", kind="background", depth=0.0),))
