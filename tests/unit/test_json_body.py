"""A JSON body comes apart into small fields and a picture; what is wrong with it is said with a pointer."""

import base64
import json
from pathlib import Path

import pytest

from app.flow.json_body import loaded, split

PICTURE = bytes(range(256))
PLAIN = base64.b64encode(PICTURE).decode()


def body(**fields: object) -> bytes:
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    "encoded",
    [
        PLAIN,
        PLAIN.rstrip("="),
        base64.urlsafe_b64encode(PICTURE).decode(),
        base64.encodebytes(PICTURE).decode(),
        "data:image/png;base64," + PLAIN,
        "data:image/svg+xml;charset=utf-8;base64," + PLAIN,
    ],
    ids=["plain", "without padding", "URL alphabet", "with line breaks", "data URI", "data URI with parameters"],
)
def test_every_common_spelling_of_base64_is_taken(tmp_path: Path, encoded: str) -> None:
    found = split(body(image_base64=encoded, seed=7), tmp_path / "picture")
    assert found == {"fields": {"seed": 7}, "has_picture": True}
    assert (tmp_path / "picture").read_bytes() == PICTURE


@pytest.mark.parametrize("encoded", ["not base64!", "AAAAA", "äöü=", "data:image/png," + PLAIN])
def test_broken_base64_points_at_its_field_and_leaves_no_file(tmp_path: Path, encoded: str) -> None:
    found = split(body(image_base64=encoded), tmp_path / "picture")
    assert found == {"pointer": "/image_base64", "detail": "It is not valid base64"}
    assert not (tmp_path / "picture").exists()


def test_a_picture_that_is_no_text_points_at_its_field(tmp_path: Path) -> None:
    assert split(body(image_base64=[1, 2]), tmp_path / "picture")["pointer"] == "/image_base64"


def test_null_counts_as_no_picture(tmp_path: Path) -> None:
    assert split(body(image_base64=None), tmp_path / "picture") == {"fields": {}, "has_picture": False}


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe\xfd", b"[" * 100_000, b'{"seed": ' + b"9" * 5000 + b"}"])
def test_what_is_no_json_is_said_to_be_none(tmp_path: Path, text: bytes) -> None:
    found = split(text, tmp_path / "picture")
    assert found["pointer"] == ""
    assert found["detail"].startswith("It is not valid JSON")


def test_what_is_deeper_than_code_can_walk_is_refused() -> None:
    assert loaded(b"[" * 100 + b"]" * 100) is not None
    for opened, closed in ((b"[", b"]"), (b'{"a":', b"}")):
        with pytest.raises(ValueError, match="nested too deeply"):
            loaded(opened * 300 + b"1" + closed * 300)


@pytest.mark.parametrize("text", [b"[]", b"7", b"null", b'"picture"'])
def test_a_body_that_is_no_object_is_refused(tmp_path: Path, text: bytes) -> None:
    assert split(text, tmp_path / "picture") == {"pointer": "", "detail": "It must be a JSON object"}


def test_the_place_of_a_slip_is_told() -> None:
    with pytest.raises(ValueError, match="line 2, column 3"):
        loaded(b'{"a": 1,\n  oops}')
