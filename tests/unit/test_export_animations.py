"""Animations in which layers appear one by one, as Pillow reads them."""

import io
import re
from importlib import import_module
from typing import NamedTuple

import numpy as np
import pytest
from export_stacks import HEIGHT, STACKS, WIDTH, Maker, grouped, noise, plain, steps
from PIL import Image

from model.errors import NotExportable
from model.export.options import Animated
from model.export.outline import Item, Outline
from model.export.stack import Exported
from model.export.table import FORMATS, check
from model.layers import Pixels
from model.resample import resized

ANIMATED = sorted(name for name, told in FORMATS.items() if told.holds == "frames")
EXACT = ("apng", "webp")


class Seen(NamedTuple):
    frames: list[Pixels]
    ms: list[float]
    loop: int | None
    still: Pixels | None
    """What is shown instead of an animation, where that is no frame."""


def written(stack: Exported, format_: str, **asked: int) -> bytes:
    out = io.BytesIO()
    import_module(str(FORMATS[format_].module)).write(stack, out, Animated(**asked))
    return out.getvalue()


def played(file: bytes) -> Seen:
    with Image.open(io.BytesIO(file)) as picture:
        frames, ms = [], []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            picture.load()
            frames.append(np.array(picture.convert("RGBA")))
            ms.append(float(picture.info.get("duration", 0)))
        still = frames.pop(0) if picture.info.get("default_image") else None
        return Seen(frames, ms[-len(frames) :], picture.info.get("loop"), still)


@pytest.fixture(params=ANIMATED)
def format_(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("format_", EXACT)
@pytest.mark.parametrize("name", sorted(STACKS))
def test_each_frame_is_what_is_seen_by_then_and_the_last_is_the_picture(format_: str, name: str) -> None:
    stack = STACKS[name]()
    seen = played(written(stack, format_))
    wanted = steps(stack)
    assert len(seen.frames) == len(wanted)
    for frame, want in zip(seen.frames, wanted, strict=True):
        assert np.array_equal(frame, want)
    assert np.array_equal(seen.frames[-1], stack.picture)
    assert format_ != "apng" or np.array_equal(seen.still, stack.picture)  # type: ignore[arg-type]


def test_few_colours_are_exact_in_a_gif_and_many_are_near() -> None:
    flat = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    flat[:] = (10, 200, 30, 255)
    smooth = flat.copy()
    smooth[:, :, 0] = np.linspace(0, 255, WIDTH)
    smooth[:, :, 2] = np.linspace(0, 255, HEIGHT)[:, None]
    soft = flat[:9, :9].copy()
    soft[:, :, :3], soft[:4, :, 3] = (250, 0, 90), 100
    make = Maker()
    ground, red, sky = make.layer("Flat", flat), make.layer("Red", soft[4:], 3, 3), make.layer("Smooth", smooth)
    frames = played(written(make.stack(ground, red, sky), "gif")).frames
    wanted = steps(make.stack(ground, red, sky))
    assert [np.array_equal(*pair) for pair in zip(frames, wanted, strict=True)] == [True, True, False]
    assert np.abs(frames[2].astype(int) - smooth).mean() < 4
    clear = make.stack(make.layer("Soft", soft, 2, 2))
    (frame,) = played(written(clear, "gif")).frames
    assert np.array_equal(frame[:, :, 3], np.where(clear.picture[:, :, 3] >= 128, 255, 0))


def test_a_gif_leaves_what_does_not_change_as_it_is() -> None:
    make = Maker()
    dot = noise(3, 2, 2, opaque=True)
    stack = make.stack(
        make.layer("Ground", noise(1, WIDTH, HEIGHT, opaque=True)), make.layer("1", dot), make.layer("2", dot, 30, 20)
    )
    first, second, third = played(written(stack, "gif")).frames
    assert (first != second).any(axis=2).sum() <= 4
    assert (second != third).any(axis=2).sum() <= 4


def test_each_step_is_shown_as_long_and_the_picture_longer(format_: str) -> None:
    seen = played(written(plain(), format_, frame_ms=120, hold_ms=4_500))
    assert seen.ms == [120, 120, 120, 4_500]


@pytest.mark.parametrize(("loop", "gif"), [(0, 0), (1, None), (2, 1), (65_535, 65_534)])
def test_it_is_shown_as_often_as_was_asked(format_: str, loop: int, gif: int | None) -> None:
    assert played(written(plain(), format_, loop=loop)).loop == (gif if format_ == "gif" else loop)


def test_a_width_scales_the_frames_and_never_enlarges_them(format_: str) -> None:
    stack = plain()
    small, whole = (played(written(stack, format_, width=width)).frames for width in (20, 500))
    assert (small[0].shape, whole[0].shape) == ((16, 20, 4), stack.picture.shape)
    if format_ in EXACT:
        assert np.array_equal(small[-1], resized(stack.picture, 20, 16))


def test_a_group_appears_whole() -> None:
    assert len(played(written(grouped(), "webp")).frames) == 2


def test_only_what_changes_is_in_the_file(format_: str) -> None:
    make = Maker(400, 300)
    ground = make.layer("Ground", noise(1, 400, 300, opaque=True))
    dots = [make.layer(str(at), noise(at, 4, 4, opaque=True), 20 * at, 7 * at) for at in range(12)]
    one, all_ = len(written(make.stack(ground), format_)), len(written(make.stack(ground, *dots), format_))
    assert all_ - one < 12 * 1_200


@pytest.mark.parametrize("format_", ["gif", "webp"])
def test_the_frames_may_be_no_longer_than_the_format_allows(format_: str) -> None:
    told = FORMATS[format_]
    assert told.max_side is not None
    long = Outline(told.max_side + 1, 10, ())
    with pytest.raises(NotExportable, match="the frames are"):
        check(long, told, Animated())
    check(long, told, Animated(width=told.max_side))


def test_more_pixels_than_there_is_time_for_are_refused(format_: str) -> None:
    told = FORMATS[format_]
    assert told.max_pixels is not None
    many = told.max_pixels // 24_000_000
    items = tuple(Item(at, str(at), box=(-50, -50, 6_100, 4_100)) for at in range(many + 1))
    check(Outline(6_000, 4_000, items[:many]), told)
    wanted = f"at most {told.max_pixels:,} pixels in all its frames; this one would have {24_000_000 * (many + 1):,}."
    with pytest.raises(NotExportable, match=re.escape(f"{wanted} Ask for a smaller width than 6,000.")):
        check(Outline(6_000, 4_000, items), told)
    check(Outline(6_000, 4_000, items), told, Animated(width=5_500))
