import threading

import numpy as np
import pytest
from edit_scenes import bounded, noise
from hypothesis import given, settings
from hypothesis import strategies as st

from model.blend import MODES
from model.compositing import over
from model.layers import Pixels
from model.recompose import Canvas, Piece

WIDTH, HEIGHT = 90, 70
BOX = (0, 0, WIDTH, HEIGHT)
SIZES = ((HEIGHT, WIDTH), (70, 40), (33, 90), (12, 15), (1, 1), (50, 51), (40, 100), (9, 70))


def _pixels(at: int) -> Pixels:
    """All kinds: opaque, of noise, mostly clear, with a soft edge, with a clear rim, nothing at all."""
    height, width = SIZES[at % len(SIZES)]
    pixels = noise(at, height, width, opaque=at % 8 == 0)
    kind = at // 8 % 4
    if kind == 1:
        pixels[..., 3] = np.where(np.random.default_rng(at).random((height, width)) < 0.95, 0, pixels[..., 3])
    elif kind == 2:
        pixels[..., 3] = np.clip(np.abs(np.arange(width) - width // 2) * 9, 0, 255)
    elif kind == 3:
        pixels[: height // 3] = 0
        pixels[height // 3 : height // 2, :, 3] = 255
    return pixels


MADE = [_pixels(at) for at in range(32)]
MADE.append(np.zeros((20, 20, 4), np.uint8))


def anew(pieces: list[Piece], width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    """By what is tested elsewhere, piece by piece on a fresh canvas."""
    canvas = np.zeros((height, width, 4), np.uint8)
    for piece in pieces:
        rows, columns = piece.pixels.shape[:2]
        top, left = max(0, -piece.y), max(0, -piece.x)
        cut = piece.pixels[top : max(top, height - piece.y), left : max(left, width - piece.x)]
        if cut.size:
            box = (
                slice(piece.y + top, min(piece.y + rows, height)),
                slice(piece.x + left, min(piece.x + columns, width)),
            )
            over(canvas, cut, box, piece.opacity, piece.blend)
    return canvas


def piece(made: int, x: int = 0, y: int = 0, opacity: float = 1.0, blend: str = "normal") -> Piece:
    return Piece(made, MADE[made], x, y, opacity, blend)


pieces = st.builds(
    piece,
    st.integers(0, len(MADE) - 1),
    st.integers(-60, WIDTH),
    st.integers(-40, HEIGHT),
    st.sampled_from([1.0, 1.0, 1.0, 0.5, 0.003, 0.0, 0.97]),
    st.sampled_from(["normal"] * 16 + list(MODES)),
)
grounds = st.sampled_from([piece(0), piece(8), piece(1)])
edits = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 99), st.integers(0, 99), pieces), max_size=12)


def edited(stack: list[Piece], kind: int, at: int, to: int, other: Piece) -> list[Piece]:
    stack = list(stack)
    if not stack or kind == 0:
        stack.insert(at % (len(stack) + 1), other)
        return stack
    old = stack[at % len(stack)]
    if kind == 1:
        stack.remove(old)
    elif kind == 2:
        stack.remove(old)
        stack.insert(to % (len(stack) + 1), old)
    else:
        look = (old.opacity, old.blend) if kind == 3 else (other.opacity, other.blend)
        stack[at % len(stack)] = Piece(old.key, old.pixels, old.x + to % 9 - 4, old.y + to % 7 - 3, *look)
    return stack


def assert_only_the_box_differs(before: Pixels, after: Pixels, box: tuple[int, int, int, int] | None) -> None:
    differs = (before != after).any(axis=2)
    if box is not None:
        x, y, width, height = box
        assert width > 0
        assert height > 0
        differs[y : y + height, x : x + width] = False
    assert not differs.any()


@settings(bounded, max_examples=150)
@given(grounds, st.lists(pieces, max_size=7), edits)
def test_after_any_edits_the_canvas_is_what_it_were_if_composed_anew(ground, others, steps):
    canvas, stack = Canvas(WIDTH, HEIGHT), [ground, *others]
    before = canvas.pixels()
    canvas.show(stack)
    for step in [None, *steps]:
        box = None
        if step is not None:
            stack = edited(stack, *step)
            box = canvas.show(stack)
            assert_only_the_box_differs(before, canvas.pixels(), box)
        before = canvas.pixels()
        assert np.array_equal(before, anew(stack))


@pytest.mark.parametrize("kept_bytes", [0, 3000, 1 << 20])
@pytest.mark.parametrize("blend", MODES)
def test_a_drag_in_the_middle_of_a_stack_is_exact_at_every_step(blend, kept_bytes):
    canvas = Canvas(WIDTH, HEIGHT, kept_bytes)
    for step in range(12):
        moved = piece(3, 5 + 6 * step, 50 - 4 * step, 0.8 if step % 2 else 1.0, blend)
        stack = [piece(0), piece(9, 3, 2), piece(18, 20, 20, blend=blend), moved, piece(12, 30, 30), piece(21, 9, 9)]
        canvas.show(stack)
        assert np.array_equal(canvas.pixels(), anew(stack))


def test_what_is_returned_is_the_box_that_may_differ():
    canvas = Canvas(WIDTH, HEIGHT)
    small = Piece("small", np.full((10, 8, 4), 200, np.uint8), 20, 30)
    ground = piece(0)
    assert canvas.show([ground]) == BOX
    assert canvas.show([ground]) is None
    assert canvas.show([ground, small]) == (20, 30, 8, 10)
    moved = Piece("small", small.pixels, 22, 31)
    assert canvas.show([ground, moved]) == (20, 30, 10, 11)
    assert canvas.show([ground]) == (22, 31, 8, 10)
    outside = Piece("small", small.pixels, -8, 0)
    assert canvas.show([ground, outside]) is None
    assert canvas.show([ground, Piece("small", small.pixels, -5, 65)]) == (0, 65, 3, 5)


def test_clear_rims_are_not_in_the_box():
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[10:20, 5:9] = 77
    canvas = Canvas(WIDTH, HEIGHT)
    assert canvas.show([Piece("rimmed", pixels, 10, 10)]) == (15, 20, 4, 10)


def test_another_order_differs_only_where_two_that_swapped_lie_over_each_other():
    canvas = Canvas(WIDTH, HEIGHT)
    made = [
        Piece(name, np.full((20, 20, 4), 90 + 40 * at, np.uint8), 15 * at, 15 * at) for at, name in enumerate("abc")
    ]
    canvas.show(made)
    assert canvas.show([made[1], made[0], made[2]]) == (15, 15, 5, 5)
    assert canvas.show([made[2], made[1], made[0]]) == (30, 30, 5, 5)
    assert canvas.show([made[1], made[2], made[0]]) == (30, 30, 5, 5)
    assert np.array_equal(canvas.pixels(), anew([made[1], made[2], made[0]]))


def test_the_same_piece_twice_is_two_pieces():
    canvas, twice = Canvas(WIDTH, HEIGHT), Piece("a", np.full((5, 5, 4), 100, np.uint8), 3, 3)
    canvas.show([twice])
    assert canvas.show([twice, twice]) == (3, 3, 5, 5)
    assert np.array_equal(canvas.pixels(), anew([twice, twice]))
    assert canvas.show([twice]) == (3, 3, 5, 5)
    assert np.array_equal(canvas.pixels(), anew([twice]))


def test_pixels_that_differ_in_a_box_only_are_composed_only_there():
    canvas, base = Canvas(WIDTH, HEIGHT), MADE[0]
    canvas.show([Piece("base", base), piece(3, 40, 2)])
    other = base.copy()
    other[30:35, 41:44] = 9
    stack = [Piece("other", other, since=("base", (41, 30, 3, 5))), piece(3, 40, 2)]
    assert canvas.show(stack) == (41, 30, 3, 5)
    assert np.array_equal(canvas.pixels(), anew(stack))
    unknown = [Piece("third", MADE[8], since=("gone", (1, 1, 2, 2))), piece(3, 40, 2)]
    assert canvas.show(unknown) == BOX
    assert np.array_equal(canvas.pixels(), anew(unknown))


def test_a_group_is_a_canvas_of_its_own():
    inner, outer = Canvas(WIDTH, HEIGHT), Canvas(WIDTH, HEIGHT)
    inner.show([piece(2, 5, 5), piece(4, 3, 3)])
    first = inner.pixels()
    outer.show([piece(0), Piece("group 1", first, 4, 4, 0.7)])
    box = inner.show([piece(2, 5, 5), piece(4, 30, 30)])
    stack = [piece(0), Piece("group 2", inner.pixels(), 4, 4, 0.7, since=("group 1", box))]
    x, y, width, height = outer.show(stack)
    assert (x, y) == (box[0] + 4, box[1] + 4)
    assert width <= box[2]
    assert height <= box[3]
    assert np.array_equal(outer.pixels(), anew(stack))


def test_bad_pieces_are_refused_and_the_canvas_is_as_it_was():
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.show([piece(0), piece(2)])
    before = canvas.pixels()
    with pytest.raises(KeyError):
        canvas.show([piece(0), piece(2, blend="dazzle")])
    with pytest.raises(ValueError, match="not RGBA"):
        canvas.show([Piece("grey", np.zeros((3, 3), np.uint8))])
    assert np.array_equal(canvas.pixels(), before)
    assert canvas.show([piece(0), piece(2)]) is None


def test_after_a_failure_in_the_middle_everything_is_composed_anew(monkeypatch):
    canvas, stack = Canvas(WIDTH, HEIGHT), [piece(0), piece(1, 4, 4), piece(5)]
    canvas.show(stack[:1])
    with monkeypatch.context() as patch:
        patch.setattr("model.sheet.over_opaque", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            canvas.show(stack)
    assert canvas.show(stack) == BOX
    assert np.array_equal(canvas.pixels(), anew(stack))


def test_threads_that_show_and_look_at_once_see_whole_pictures():
    canvas, stacks = Canvas(WIDTH, HEIGHT), [[piece(0), piece(2, at, at), piece(12, 9, 9)] for at in range(0, 40, 4)]
    wanted = {anew(stack).tobytes() for stack in stacks}
    canvas.show(stacks[0])
    seen: set[bytes] = set()

    def work(first: int) -> None:
        for stack in stacks[first:] + stacks[:first]:
            canvas.show(stack)
            seen.add(canvas.pixels().tobytes())

    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= wanted


def test_a_part_can_be_looked_at():
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.show([piece(0)])
    assert np.array_equal(canvas.pixels((3, 4, 5, 6)), MADE[0][4:10, 3:8])
