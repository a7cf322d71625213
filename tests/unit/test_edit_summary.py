"""Edits are told in a line that people can read."""

from typing import Any

import pytest

from app.flow.edit_summary import LONGEST_NAME, summary
from model.edits import Scene, scene_of


@pytest.fixture
def scene() -> Scene:
    names = ("background", "headline", "logo", "", "a\nname  of lines")
    return scene_of(100, 100, [{"name": name, "bbox": [0, 0, 10, 10]} for name in names])


@pytest.mark.parametrize(
    ("operations", "told"),
    [
        ([{"op": "move", "layer": "headline"}], "move headline"),
        ([{"op": "move", "layer": 2}], "move logo"),
        ([{"op": "move", "layer": 3}], "move layer 3"),
        ([{"op": "move", "layer": 4}], "move a name of lines"),
        ([{"op": "hide", "layer": "*"}], "hide all layers"),
        ([{"op": "hide", "layer": ["headline", 2]}], "hide headline and logo"),
        ([{"op": "hide", "layer": [0, 1, 2]}], "hide 3 layers"),
        ([{"op": "move", "layer": 1}, {"op": "move", "layer": "headline"}], "move headline"),
        ([{"op": "move", "layer": 1}, {"op": "hide", "layer": 2}], "move headline, hide logo"),
        ([{"op": "canvas"}], "canvas"),
        ([{"op": "add", "name": "badge"}], "add badge"),
        ([{"op": op, "layer": 1} for op in "abcde"], "a headline, b headline, c headline and 2 more"),
    ],
)
def test_operations_in_words(scene: Scene, operations: list[dict[str, Any]], told: str) -> None:
    assert summary(operations, scene, scene) == told


def test_a_layer_that_was_made_meanwhile_is_known_by_its_name(scene: Scene) -> None:
    layers = [{"name": f"new {index}", "bbox": [0, 0, 1, 1]} for index in range(6)]
    assert summary([{"op": "move", "layer": 5}], scene, scene_of(100, 100, layers)) == "move new 5"


def test_a_line_stays_a_line(scene: Scene) -> None:
    operations = [{"op": op, "layer": ["x" * 5000, "y" * 5000]} for op in ("move", "hide", "show", "lock")]
    told = summary(operations, scene, scene)
    assert len(told) < 3 * (2 * LONGEST_NAME + 20)
    assert "…" in told
