import pytest
from edit_scenes import NAMES, bounded, edited
from hypothesis import given
from hypothesis import strategies as st

from model.errors import InvalidEdit, LayerNotFound


def _order(*operations, scene=None):
    return "".join(str(index) for index in edited(*operations, scene=scene).order)


def _reorder(layer, **to):
    return {"op": "reorder", "layer": layer, **to}


@pytest.mark.parametrize(
    ("operation", "order"),
    [
        (_reorder(1, to="top"), "02341"),
        (_reorder(1, to="bottom"), "10234"),
        (_reorder(1, to="forward"), "02134"),
        (_reorder(1, to="backward"), "10234"),
        (_reorder(4, to="forward"), "01234"),
        (_reorder(0, to="backward"), "01234"),
        (_reorder(0, above="headline"), "12034"),
        (_reorder(4, below="headline"), "01423"),
        (_reorder(1, above=0), "01234"),
        (_reorder(0, index=2), "12034"),
        (_reorder(4, index=0), "40123"),
        (_reorder(0, index=99), "12340"),
    ],
    ids=str,
)
def test_one_layer_goes_where_it_is_told(operation, order):
    assert _order(operation) == order


@pytest.mark.parametrize(
    ("operation", "order"),
    [
        (_reorder([3, 1], to="top"), "02413"),
        (_reorder([3, 1], to="bottom"), "13024"),
        (_reorder([1, 2], to="forward"), "03124"),
        (_reorder([1, 3], to="forward"), "02143"),
        (_reorder([3, 4], to="forward"), "01234"),
        (_reorder([2, 4], to="forward"), "01324"),
        (_reorder([0, 2], to="backward"), "02134"),
        (_reorder([0, 4], above=2), "12043"),
        (_reorder([0, 4], below=2), "10423"),
        (_reorder([4, 0], index=1), "10423"),
        (_reorder("*", to="top"), "01234"),
        (_reorder("*", to="forward"), "01234"),
    ],
    ids=str,
)
def test_several_layers_keep_their_order_among_themselves(operation, order):
    assert _order(operation) == order


def test_a_layer_cannot_lie_above_itself():
    with pytest.raises(InvalidEdit, match="above or below itself") as caught:
        edited(_reorder([1, 2], above=2))
    assert caught.value.pointer == "/operations/0/above"


def test_the_other_layer_must_be_there():
    with pytest.raises(LayerNotFound, match="did you mean 4 'logo'") as caught:
        edited(_reorder(1, above="lgoo"))
    assert caught.value.pointer == "/operations/0/above"
    with pytest.raises(LayerNotFound, match="is deleted"):
        edited({"op": "delete", "layer": 4}, _reorder(1, below="logo"))


def test_index_counts_the_layers_that_are_not_deleted():
    deleted = {"op": "delete", "layer": [0, 1]}
    assert _order(deleted, _reorder(4, index=0), {"op": "restore", "layer": "*"}) == "01423"


def test_a_deleted_layer_stays_above_the_one_it_was_above():
    assert _order({"op": "delete", "layer": 2}, _reorder(1, to="top"), {"op": "restore", "layer": 2}) == "03412"


def test_a_step_forward_goes_past_the_next_layer_that_is_not_deleted():
    assert _order({"op": "delete", "layer": 2}, _reorder(1, to="forward"), {"op": "restore", "layer": 2}) == "03124"


_GROUP = st.lists(st.sampled_from(range(5)), min_size=1, max_size=4, unique=True)
_WAY = st.one_of(
    st.builds(lambda to: {"to": to}, st.sampled_from(["top", "bottom", "forward", "backward"])),
    st.builds(lambda index: {"index": index}, st.integers(0, 6)),
)


@bounded
@given(st.lists(st.tuples(_GROUP, _WAY), max_size=5), st.lists(st.sampled_from(NAMES), max_size=2))
def test_no_layer_is_ever_lost_or_doubled(moves, deleted):
    gone = [{"op": "delete", "layer": name} for name in deleted]
    alive = [[index for index in group if NAMES[index] not in deleted] for group, _ in moves]
    steps = [_reorder(group, **way) for group, (_, way) in zip(alive, moves, strict=True) if group]
    scene = edited(*gone, *steps)
    assert sorted(scene.order) == [0, 1, 2, 3, 4]
    assert sorted(scene.live) == [at for at, name in enumerate(NAMES) if name not in deleted]


@bounded
@given(_GROUP, _WAY)
def test_the_layers_that_are_not_moved_keep_their_order(group, way):
    rest = [index for index in edited(_reorder(group, **way)).order if index not in group]
    assert rest == sorted(rest)
