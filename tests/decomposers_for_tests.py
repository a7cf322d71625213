"""Decomposers that worker processes load by ``LAMINA_DECOMPOSERS`` so that a test decides what happens, and when."""

import json
import os
import signal
import socket
import time

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
        with socket.socket(socket.AF_UNIX) as strings:
            strings.connect(os.environ["PUPPET_SOCKET"])
            strings.sendall(json.dumps({"pid": os.getpid(), "seed": parameters.seed}).encode() + b"\n")
            on_progress("puppet", 0, 1)
            self._obey(strings.recv(64).decode(), on_progress)
        return _whole(image)

    def _obey(self, command: str, on_progress: OnProgress) -> None:
        match command:
            case "finish":
                return
            case "step until canceled":
                while True:
                    on_progress("puppet", 0, 1)
                    time.sleep(0.01)  # a model's step
            case "hang":
                signal.pause()
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "run out of memory":
                raise OutOfMemory("The puppet was told to.")
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
