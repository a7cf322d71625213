"""Problem objects: every error has one, and it tells no secrets."""

import pytest
from sqlalchemy.exc import OperationalError

from app.flow import errors
from app.flow.problem import MEANINGS, problem, problem_of
from model import errors as pixel_errors
from model.errors import InvalidEdit, LaminaError

CONTRACT = {
    "invalid-request": 422, "unsupported-image": 415, "image-too-large": 413, "not-found": 404, "not-cached": 404,
    "revision-conflict": 412, "idempotency-mismatch": 422, "job-already-finished": 409, "url-not-allowed": 422,
    "unauthorized": 401, "quota-exceeded": 429, "queue-full": 503, "model-unavailable": 503,
}  # fmt: skip


def _all_subclasses(root: type[LaminaError]) -> list[type[LaminaError]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in _all_subclasses(child))]


def test_the_codes_of_the_contract_have_its_statuses():
    assert {code: MEANINGS[code].status for code in CONTRACT} == CONTRACT


@pytest.mark.parametrize("kind", _all_subclasses(LaminaError), ids=lambda kind: kind.__name__)
def test_every_error_of_ours_has_a_row_in_the_table(kind):
    if kind.__module__ in (errors.__name__, pixel_errors.__name__):
        assert kind.code in MEANINGS


def test_a_known_error_says_its_own_sentence():
    found = problem_of(errors.NotFound("There is no job job_1."), request_id="r1")
    assert found == {
        "type": "/problems/not-found",
        "title": MEANINGS["not-found"].title,
        "status": 404,
        "detail": "There is no job job_1.",
        "code": "not-found",
        "request_id": "r1",
    }


def test_a_wrong_edit_points_at_its_place():
    found = problem_of(InvalidEdit("No such colour.", "/operations/2/color"))
    assert found["errors"] == [{"pointer": "/operations/2/color", "detail": "No such colour."}]


def test_an_unforeseen_error_leaks_nothing():
    found = problem_of(RuntimeError("password=hunter2"))
    assert (found["status"], found["code"]) == (500, "internal-error")
    assert "hunter2" not in str(found)


def test_a_lost_database_is_503_and_not_500():
    found = problem_of(OperationalError("SELECT 1", {}, Exception("host=10.0.0.1 refused")))
    assert (found["status"], found["code"]) == (503, "service-unavailable")
    assert "10.0.0.1" not in str(found)


def test_a_field_error_is_listed():
    found = problem("invalid-request", errors=[errors.FieldError("/seed", "must be a number")])
    assert found["errors"] == [{"pointer": "/seed", "detail": "must be a number"}]
