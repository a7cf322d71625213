"""Decomposers are set up once; one that cannot be is not tried again at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import ClassVar

import pytest

from app.settings import Settings
from model import decomposers as registry
from model.errors import ModelUnavailable
from worker import gpu
from worker.gpu import Decomposers


class Counting:
    setups: ClassVar[int] = 0

    def setup(self) -> None:
        type(self).setups += 1


class Broken:
    setups: ClassVar[int] = 0

    def setup(self) -> None:
        type(self).setups += 1
        raise RuntimeError("no such device")


class Slow:
    begun, may_end = Event(), Event()

    def setup(self) -> None:
        self.begun.set()
        assert self.may_end.wait(60)


@pytest.fixture
def decomposers(monkeypatch: pytest.MonkeyPatch) -> Decomposers:
    for name in ("counting", "broken", "slow"):  # so that the registry is as before after the test
        monkeypatch.setitem(registry.NAMES, name, None)
    Counting.setups = Broken.setups = 0
    plug_ins = f"counting={__name__}:Counting@1,broken={__name__}:Broken@1,slow={__name__}:Slow@1"
    return Decomposers(Settings(models="broken,counting", decomposers=plug_ins))


def test_many_askers_set_it_up_once(decomposers: Decomposers) -> None:
    with ThreadPoolExecutor(8) as askers:
        found = set(askers.map(decomposers.get, ["counting"] * 8))
    assert len(found) == 1
    assert Counting.setups == 1
    assert decomposers.is_ready("counting")


def test_a_model_that_loads_for_long_holds_up_no_other(decomposers: Decomposers) -> None:
    with ThreadPoolExecutor(2) as askers:
        slow = askers.submit(decomposers.get, "slow")
        try:
            assert Slow.begun.wait(60)
            askers.submit(decomposers.get, "counting").result(60)
            assert decomposers.is_ready("counting")
            assert not decomposers.is_ready("slow")
        finally:
            Slow.may_end.set()
        slow.result(60)


def test_a_failed_setup_is_remembered_for_a_while(decomposers: Decomposers, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        with pytest.raises(ModelUnavailable, match="no such device"):
            decomposers.get("broken")
    assert Broken.setups == 1
    monkeypatch.setattr(gpu, "TRY_AGAIN_S", 0.0)
    with pytest.raises(ModelUnavailable):
        decomposers.get("broken")
    assert Broken.setups == 2


def test_warming_sets_up_what_can_be(decomposers: Decomposers) -> None:
    decomposers.warm()
    assert decomposers.is_ready("counting")
    assert not decomposers.is_ready("broken")


def test_the_diffusion_model_looks_for_its_weights_where_the_settings_say(tmp_path: Path) -> None:
    offered = Decomposers(Settings(models="qwen-image-layered", qwen_weights=str(tmp_path / "weights")))
    with pytest.raises(ModelUnavailable, match=str(tmp_path / "weights")):
        offered.get("qwen-image-layered")


def test_a_plug_in_must_say_where_it_is() -> None:
    with pytest.raises(ValueError, match="name=module:Class@revision"):
        Settings(decomposers="classic")


def test_the_weights_and_their_revision_are_part_of_the_models() -> None:
    settings = [
        Settings(qwen_revision="abc"),
        Settings(qwen_revision="def"),
        Settings(qwen_revision="abc", qwen_weights="elsewhere/finetuned"),
    ]
    revisions = {each.revision_of("qwen-image-layered") for each in settings}
    assert len(revisions) == len(settings)
    assert revisions >= {"1-Qwen-Image-Layered-abc", "1-finetuned-abc"}
