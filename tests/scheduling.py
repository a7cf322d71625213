"""In which order the files of tests run, and side by side with what: ``make test`` is to take as little time as it can.

The tests of a file stay together in one process, so that they share what it takes long to start; so do all that compute
with PyTorch. What waits for other processes begins first, and what is over soon comes last, so that the processes end
together: a long file at the end would be run by one of them while the others have nothing to do.
"""

import gc
import os
from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

PYTORCH = "PyTorch"
_ALSO_PYTORCH = {"test_bench_gpu.py", "test_bench_floor.py", "test_decomposers.py"}
_ORDER = ("e2e", "integration", "contracts", "unit", "")


def unit_of_work(file: str) -> str:
    """What stays together: all that computes with PyTorch, or a ``file``, a path from the root."""
    path = PurePath(file)
    computes = path.name in _ALSO_PYTORCH or (path.name.startswith("test_qwen_") and path.parent.name != "e2e")
    return PYTORCH if computes else file


def rank(file: str) -> tuple[int, int]:
    """By what files are sorted: the greatest come last."""
    folder = PurePath(file).parent.name
    return unit_of_work(file) != PYTORCH, _ORDER.index(folder if folder in _ORDER else "")


class ByFile(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return unit_of_work(nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a third of the time a test waits for a server, a worker or a browser."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    config.option.loadscopereorder = False  # it puts files of few tests last, which are the longest
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # alone, in the order that was asked for
        items.sort(key=lambda item: rank(item.nodeid.partition("::")[0]))


def pytest_collection_finish() -> None:
    """What is loaded by now stays; garbage collection need not look through all of it every now and then."""
    gc.freeze()
