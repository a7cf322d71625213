"""What the studio's preview of colours is compared with (``recolour_preview.test.ts``) is what the server makes."""

import json

from tests.golden_recolouring import FILE, made


def test_the_pixels_that_the_preview_is_compared_with_are_what_the_server_makes() -> None:
    assert json.loads(FILE.read_text()) == made(), "run `python -m tests.golden_recolouring`, then the studio's tests"
