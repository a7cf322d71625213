"""Every decomposer, ready to be held to its contract. A new one gets a line in ``FACTORIES``."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from model.decomposers import Decomposer, OnProgress, Parameters, create
from model.layers import Pixels, Stack

Factory = Callable[[Path], Decomposer]
"""Makes a decomposer that is not set up yet; the folder is empty and its own, for a tiny checkpoint and the like."""


def _classic(folder: Path) -> Decomposer:
    return create("classic")


def _qwen(folder: Path) -> Decomposer:
    from tiny_qwen import write_checkpoint

    return create("qwen-image-layered", weights=str(write_checkpoint(folder)), revision="main")


class _Asked:
    """A model that needs a prompt, for requests that have none."""

    def __init__(self, model: Decomposer) -> None:
        self._model = model

    def setup(self) -> None:
        self._model.setup()

    def decompose(self, image: Pixels, parameters: Parameters, on_progress: OnProgress) -> Stack:
        return self._model.decompose(image, replace(parameters, prompt="the disc"), on_progress)


def _qwen_control(folder: Path) -> Decomposer:
    from tiny_qwen import write_checkpoint

    transformer = str(write_checkpoint(folder) / "transformer")
    return _Asked(create("qwen-image-layered-control", weights=str(folder), adapter=transformer))


FACTORIES: Mapping[str, Factory] = {
    "classic": _classic,
    "qwen-image-layered": _qwen,
    "qwen-image-layered-control": _qwen_control,
}


@pytest.fixture
def factories() -> Mapping[str, Factory]:
    return FACTORIES


@pytest.fixture(scope="session", params=sorted(FACTORIES))
def decomposer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Decomposer:
    """Set up once, used by all tests: what one test leaves behind in it, the next one finds."""
    name = str(request.param)
    made = FACTORIES[name](tmp_path_factory.mktemp(name))
    made.setup()
    return made


SHARE_ALL_BUT_WEIGHTS = "qwen-image-layered-control"
"""Runs the same code as ``qwen-image-layered``, which is held to every picture; seconds for each."""
ENOUGH = {"poster", "cut out", "1 × 1 transparent"}


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    def is_once_more(item: pytest.Item) -> bool:
        asked = getattr(getattr(item, "callspec", None), "params", {})
        return asked.get("decomposer") == SHARE_ALL_BUT_WEIGHTS and asked.get("picture", "poster") not in ENOUGH

    again = [item for item in items if is_once_more(item)]
    config.hook.pytest_deselected(items=again)
    items[:] = [item for item in items if not is_once_more(item)]
