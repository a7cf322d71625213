"""A body is told to a pixel process as text or as a file, and comes out of it as it went in."""

import hashlib
from pathlib import Path

import pytest

from app.flow.request_body import RequestBody, bytes_of


@pytest.mark.parametrize("data", [b"", b"{}", '{"name": "\u7ea2 \u00e9"}'.encode(), b'{"name": "\xff\xfe"}', b"\x00"])
def test_bytes_come_back_as_they_were(tmp_path: Path, data: bytes) -> None:
    body = RequestBody.of(data, tmp_path / "spool")
    assert bytes_of(body.said) == data
    assert body.sha256 == hashlib.sha256(data).hexdigest()


def test_only_what_is_no_unicode_takes_a_file(tmp_path: Path) -> None:
    assert "text" in RequestBody.of(b"{}", tmp_path / "one").said
    assert not (tmp_path / "one").exists()
    assert "path" in RequestBody.of(b"\xff", tmp_path / "other").said


def test_a_file_has_the_name_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * 100_000)
    body = RequestBody.in_file(tmp_path / "long")
    assert body.sha256 == hashlib.sha256(b"x" * 100_000).hexdigest()
    assert bytes_of(body.said) == b"x" * 100_000
