"""What the client says when a service says no."""

import pickle
from typing import Any

import pytest

from app.flow.errors import FieldError
from app.web.errors import invalid
from lamina.client import Problem, RevisionConflict


def _said(detail: str, *errors: tuple[str, str]) -> str:
    return str(Problem({"detail": detail, "errors": [{"pointer": at, "detail": what} for at, what in errors]}))


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ({"detail": "Name one.", "errors": [{"pointer": "/prompt", "detail": "Name one."}]}, "Name one."),
        ({"title": "There is no such thing here"}, "There is no such thing here"),
        ({"detail": "It is gone.", "errors": None}, "It is gone."),
        ({}, "The service said no."),
        ({"detail": "Two\nlines.", "errors": [{"pointer": "/a", "detail": "No\ngood."}]}, "Two lines.; /a: No good."),
    ],
)
def test_it_is_said_once(problem: dict[str, Any], words: str) -> None:
    assert str(Problem(problem)) == words


def test_it_goes_from_one_process_to_another() -> None:
    problem = pickle.loads(pickle.dumps(Problem.of({"status": 412, "code": "revision-conflict", "revision": 3}, 2.0)))
    assert isinstance(problem, RevisionConflict)
    assert (problem.revision, problem.retry_after_s) == (3, 2.0)


def test_of_many_wrong_fields_each_is_named_once() -> None:
    errors = [FieldError(f"/{name}", "It is required") for name in "abcde"]
    said = _said(str(invalid(errors)), *((error.pointer, error.detail) for error in errors))
    assert [said.count(f"/{name}: It is required") for name in "abcde"] == [1] * 5
