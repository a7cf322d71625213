"""The body of a template's render, taken apart."""

from pathlib import Path

import pytest

from app.flow.templates.request import taken_apart


@pytest.mark.parametrize("number", [b"1e400", b"Infinity", b"NaN"])
def test_an_output_with_a_number_that_is_not_finite_is_refused(tmp_path: Path, number: bytes) -> None:
    found = taken_apart(b'{"output": {"quality": ' + number + b"}}", tmp_path / "pictures")
    assert found == {"pointer": "/output", "detail": "It has a number that is not finite."}
