"""What a client sends of a picture."""

import os
from pathlib import Path

from lamina.client.pictures import file_of


def test_a_name_that_is_no_utf8_is_sent_as_one_that_is(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"ge\xe4ndert.png")
    path.write_bytes(b"picture")
    with file_of(path) as (name, file):
        assert (name, file.read()) == ("ge?ndert.png", b"picture")
