"""Too little memory leads to a smaller mode in the same job, numbers that overflow to wider ones; both are said."""

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_qwen_pipeline import QUICK, ROOT, Onlooker, _poster
from tiny_qwen import change_weights, write_checkpoint

from model.decomposers.qwen_image_layered import QwenImageLayered
from model.decomposers.qwen_image_layered.engine import Engine
from model.decomposers.qwen_image_layered.options import Options
from model.decomposers.qwen_image_layered.sampling.denoise import NumbersOverflowed
from model.decomposers.qwen_image_layered.weights.sizes import Asked
from model.errors import OutOfMemory

TOO_LARGE_FOR_HALVES = 1e5
"""More than 65,504, so infinite in float16."""


_STARVE = """
import gc, resource, sys
from dataclasses import replace
from test_qwen_pipeline import QUICK, Onlooker, QwenImageLayered, _poster
from model.errors import OutOfMemory

model = QwenImageLayered(weights=sys.argv[1], memory="streamed")
asked = replace(QUICK, max_layers=1, resolution=1024)
model.decompose(_poster(), QUICK, Onlooker())
gc.collect()
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
for spare_mib in range(70, 500, 20):  # until it is enough for the smaller mode, which takes more on some machines
    resource.setrlimit(resource.RLIMIT_AS, (used + (spare_mib << 20), resource.RLIM_INFINITY))
    try:
        notes = model.decompose(_poster(), asked, Onlooker()).notes
        break
    except OutOfMemory as error:
        assert error.final
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(notes["memory"], notes.get("retried_for_memory"))
notes = model.decompose(_poster(), asked, Onlooker()).notes
print(notes["memory"], "retried_for_memory" in notes)
"""


def test_a_job_that_lacks_memory_is_done_in_a_smaller_mode_and_the_next_one_as_planned(checkpoint: Path) -> None:
    """Decoding 1024 × 1024 pixels at once takes more than there is, and in tiles it does not."""
    done = subprocess.run(
        [sys.executable, "-c", _STARVE, str(checkpoint)],
        cwd=ROOT,
        env={
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}:{Path(__file__).parent}",
            "PATH": "",
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["streamed, tiled True", "streamed False"]
    assert "out of memory: the job is tried once more in a smaller mode" in done.stderr


def test_a_job_that_lacks_memory_in_the_smaller_mode_too_fails_for_good_with_its_caption_kept(
    checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = Engine(Options(weights=str(checkpoint)))
    modes: list[str] = []

    def starve(loaded: object, words: object) -> None:
        modes.append(loaded.placement.sharing)  # type: ignore[attr-defined]
        np.empty(2**60, np.uint8)

    for _ in range(2):
        with pytest.raises(
            OutOfMemory, match=r"at 640 pixels with 4 layers; .* mode turns was tried as well"
        ) as raised:
            engine.run(Asked(640, 4), starve)
        assert raised.value.final
    assert modes == ["whole", "turns"] * 2
    assert [record.smaller for record in caplog.records if hasattr(record, "smaller")] == ["turns"] * 2


def test_in_the_last_mode_there_is_nothing_smaller_and_another_attempt_may_find_more_memory(checkpoint: Path) -> None:
    engine = Engine(Options(weights=str(checkpoint), memory="turns", precision="4bit"))
    with pytest.raises(OutOfMemory) as raised:
        engine.run(Asked(640, 4), lambda *_: np.empty(2**60, np.uint8))
    assert not raised.value.final


@pytest.fixture
def overflowing(tmp_path: Path) -> Path:
    change_weights(write_checkpoint(tmp_path), "transformer", {"proj_out.weight": TOO_LARGE_FOR_HALVES})
    return tmp_path


def test_numbers_that_overflow_in_halves_are_made_wider_once_and_for_all(
    overflowing: Path, caplog: pytest.LogCaptureFixture
) -> None:
    halves, wide = (QwenImageLayered(weights=str(overflowing), precision=name) for name in ("fp16", "auto"))
    with caplog.at_level(logging.WARNING):
        first = halves.decompose(_poster(), replace(QUICK, prompt=None), Onlooker())
    said = "float16 overflowed; float32 was used"
    assert (first.notes["numbers"], first.notes["fell_back"]) == ("float32", said)
    assert f"{said} for the rest of this process" in caplog.text
    onlooker = Onlooker()
    again = halves.decompose(_poster(), replace(QUICK, prompt=None), onlooker)
    assert again.notes["fell_back"] == said
    assert onlooker.calls.count(("layers", 1, 3)) == len(again.notes["attempts"])  # type: ignore[arg-type]
    expected = wide.decompose(_poster(), replace(QUICK, prompt=None), Onlooker())
    assert "fell_back" not in expected.notes
    for made in (first, again):
        assert [layer.pixels.tobytes() for layer in made.layers] == [
            layer.pixels.tobytes() for layer in expected.layers
        ]


def test_wider_numbers_that_overflow_as_well_are_a_failure(tmp_path: Path) -> None:
    change_weights(write_checkpoint(tmp_path), "transformer", {"proj_out.weight": float("nan")})
    for precision in ("fp16", "fp8"):
        broken = QwenImageLayered(weights=str(tmp_path), precision=precision)
        with pytest.raises(NumbersOverflowed, match=r"overflowed in float32"):
            broken.decompose(_poster(), QUICK, Onlooker())


def test_what_a_job_raises_besides_goes_through(checkpoint: Path) -> None:
    engine = Engine(Options(weights=str(checkpoint)))
    calls: list[int] = []

    def fail(*_: object) -> None:
        calls.append(1)
        raise RuntimeError("a defect")

    run: Callable[[], object] = lambda: engine.run(Asked(), fail)  # noqa: E731
    with pytest.raises(RuntimeError, match="a defect"):
        run()
    assert calls == [1]
