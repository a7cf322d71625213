"""What the speed bench measures: its drawings are as large and as sharp as they say, its clock adds up."""

import numpy as np
import pytest

from bench.speed.one import Clock, measured
from bench.speed.pictures import DRAWINGS, drawn
from model.encode import png


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_has_the_size_that_was_asked_for_and_is_the_same_each_time(name: str) -> None:
    picture = drawn(DRAWINGS[name], 0.3)
    assert picture.shape[0] * picture.shape[1] == pytest.approx(300_000, rel=0.01)
    assert (picture[:, :, 3] == 255).all()
    assert np.array_equal(picture, drawn(DRAWINGS[name], 0.3))


def test_edges_of_a_large_drawing_are_as_sharp_as_those_of_a_small_one() -> None:
    steepest = [
        int(np.abs(np.diff(drawn(DRAWINGS["product card"], size)[:, :, :3].astype(int), axis=1)).max())
        for size in (0.5, 3.0)
    ]
    assert steepest[1] > 0.8 * steepest[0]


def test_the_clock_gives_every_stage_its_share_of_the_whole() -> None:
    clock = Clock()
    clock.start()
    for stage in ("first", "second", "first"):
        sum(range(100_000))
        clock(stage, 1, 1)
    assert list(clock.stages) == ["first", "second"]
    assert all(seconds > 0 for seconds in (clock.stages["first"][1], clock.stages["second"][0]))


def test_a_picture_is_measured_from_its_file_to_the_files_of_its_layers() -> None:
    picture = np.full((60, 80, 4), (30, 80, 140, 255), np.uint8)
    picture[20:40, 10:50, :3] = (250, 240, 90)
    row = measured(png(picture), "classic", "auto")
    assert row["max_error"] == 0
    assert row["layers"] == 2
    stages = row["stages"]
    assert isinstance(stages, dict)
    assert {"read", "text", "regions", "rims", "exact", "encode"} <= set(stages)
