"""What a model says of its progress, line by line, as a bar."""

import io
import re

import pytest

from app.cli.follow import progress_bar, stage_of
from app.cli.local import shown
from app.settings import QWEN

REFINING = ["upscale 1/9", "exact 9/9", "encode 1/2", "encode 2/2"]


def _bar(*lines: str) -> tuple[list[tuple[float, str]], list[str]]:
    """What the bar showed, fraction and stage, and the lines that were not about progress."""
    seen: list[tuple[float, str]] = []
    others = shown(lines, "classic", lambda _, fraction, stage: seen.append((round(fraction, 3), stage)))
    return seen, others


@pytest.mark.parametrize(
    "again", ["layers, second seed", "layers, split 1 of 2", "object, second seed"], ids=lambda stage: stage
)
def test_a_further_run_of_the_model_is_shown_by_its_name_and_is_not_taken_for_refining(again: str) -> None:
    first = again.partition(",")[0]
    seen, others = _bar("caption 0/4", f"{first} 2/4", f"{first} 4/4", f"{again} 1/4", f"{again} 4/4", *REFINING)
    assert others == []
    assert seen[:3] == [(0.0, "caption 0/4"), (0.4, f"{first} 2/4"), (0.8, f"{first} 4/4")]
    assert seen[3:5] == [(0.8, f"{again} 1/4"), (0.8, f"{again} 4/4")]
    assert (seen[5][0], seen[5][1], seen[-1][0]) == (0.822, "upscale 1/9", 0.99)


def test_a_caption_between_two_runs_is_not_taken_for_refining() -> None:
    seen, _ = _bar("layers 4/4", "caption 0/4", "layers, split 1 of 1 4/4", "upscale 1/9")
    assert [fraction for fraction, _ in seen] == [0.8, 0.8, 0.8, 0.822]


def test_the_bar_never_goes_back() -> None:
    seen, _ = _bar("text 1/4", "layers 4/4", *REFINING)
    assert [fraction for fraction, _ in seen] == sorted(fraction for fraction, _ in seen)


def test_what_is_not_about_progress_is_handed_on() -> None:
    words = "python -m model: error: There is no room for 3/4 of it."
    assert _bar("text 1/4", words, "1/4", "")[1] == [words, "1/4", ""]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("model", QWEN)
def test_a_bar_that_stands_still_names_each_step_and_no_line_is_too_long(
    monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    steps = [("layers", 51, 51), ("layers, split 2 of 2", 49, 51), ("layers, split 2 of 2", 50, 51)]
    with progress_bar(model) as show:
        for step in steps:
            show(model, 0.8, stage_of(*step))
    lines = [line.rstrip() for line in re.split(r"\r|\n|\x1b\[[0-9;?]*[a-zA-Z]", terminal.getvalue())]
    assert [line for line in lines if line.endswith(tuple(stage_of(*step) for step in steps))][-3:] == [
        f"{model}  [############----]   80%  {stage_of(*step)}" for step in steps
    ]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("stage", "step", "steps", "words"),
    [("text", 1, 4, "text 1/4"), ("done", None, None, "done"), (None, None, None, "")],
)
def test_a_stage_is_named_with_its_step_where_it_has_any(
    stage: str | None, step: int | None, steps: int | None, words: str
) -> None:
    assert stage_of(stage, step, steps) == words
