"""The other end of ``PixelPool``: a process that does one pixel task after another until its pipe closes.

Messages are JSON, never pickles: what a hostile picture might do to this process must not travel back.
"""

import json
import os
import resource
import signal
import sys
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection

from model import errors
from model.errors import LaminaError


def main(fd: int, module: str, memory_bytes: int) -> None:
    """Serve the public functions of ``module`` over the socket ``fd``, with no more than ``memory_bytes`` of address
    space."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the pipe
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    tasks = import_module(module)
    pipe = Connection(fd)
    # The server closes its end, or goes, at any moment: with an answer unread that is a reset, not an end.
    with suppress(EOFError, ConnectionError):
        pipe.send_bytes(b"ready")
        while True:
            request = json.loads(pipe.recv_bytes())
            pipe.send_bytes(json.dumps(_answer(tasks, request)).encode())


def _answer(tasks: object, request: dict[str, object]) -> dict[str, object]:
    try:
        task = getattr(tasks, str(request["task"]))
        return {"done": task(**request["arguments"])}  # type: ignore[arg-type]
    except LaminaError as error:
        return {"refused": {"class": type(error).__name__, "message": str(error), **vars(error)}}
    except FileNotFoundError as error:
        return {"missing": str(error.filename)}
    except MemoryError:
        return {"refused": {"class": errors.OutOfMemory.__name__, "message": "The picture needs too much memory."}}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    os.environ.setdefault("OPENCV_IO_ENABLE_OPENEXR", "0")
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
