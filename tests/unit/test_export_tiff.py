"""TIFFs of layers, as Pillow and OpenCV read them."""

import io
import json

import cv2
import numpy as np
import pytest
from export_stacks import Maker, beyond, grouped, noise, plain
from PIL import Image, ImageCms

from model.errors import NotExportable
from model.export import tiff
from model.export.stack import Exported


def written(stack: Exported) -> bytes:
    out = io.BytesIO()
    tiff.write(stack, out)
    return out.getvalue()


def pages(stack: Exported) -> list[dict[int, object]]:
    with Image.open(io.BytesIO(written(stack))) as document:
        found = []
        for number in range(document.n_frames):
            document.seek(number)
            found.append(dict(document.tag_v2) | {0: document.mode})
        return found


def test_opencv_finds_the_same_pages() -> None:
    stack = plain()
    done, found = cv2.imdecodemulti(np.frombuffer(written(stack), np.uint8), cv2.IMREAD_UNCHANGED)
    assert done
    assert len(found) == 1 + len(stack.outline.items)
    assert np.array_equal(cv2.cvtColor(found[0], cv2.COLOR_BGR2RGB), stack.picture[:, :, :3])
    layer = stack.load(stack.outline.items[1])
    assert layer is not None
    shown = cv2.cvtColor(found[2], cv2.COLOR_BGRA2RGBA)[layer.box]
    assert np.array_equal(shown[:, :, 3], layer.pixels[:, :, 3])
    premultiplied = layer.pixels[:, :, :3] * (layer.pixels[:, :, 3:] / 255)  # which is what OpenCV makes of TIFFs
    assert np.abs(shown[:, :, :3] - premultiplied).max() <= 1


def test_pages_are_numbered_and_say_what_they_are() -> None:
    found = pages(grouped())
    assert [page[297] for page in found] == [(number, 9) for number in range(9)]
    assert [page[254] for page in found] == [0] + [2] * 8
    assert [page[285] for page in found] == ["Composite", "Ground", "a", "b", "e", "c", "d", "g", "f"]
    assert 270 not in found[0]
    told = [json.loads(str(page[270])) for page in found[1:]]
    assert [one["groups"] for one in told[1:3]] == [["Outer", "Mixed", "Inner"]] * 2
    assert (told[5]["blend"], told[4]["groups"]) == ("multiply", ["Outer", "Faded"])


def test_only_what_is_transparent_somewhere_has_alpha_and_it_is_straight() -> None:
    found = pages(plain())
    assert [page[0] for page in found] == ["RGB", "RGB", "RGBA", "RGBA", "RGBA", "RGBA"]
    assert [page.get(338) for page in found] == [None, None, (2,), (2,), (2,), (2,)]


def test_it_says_that_its_colours_are_srgb() -> None:
    for page in pages(beyond()):
        profile = page[34675]
        assert isinstance(profile, bytes)
        assert "sRGB" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))


def test_a_large_page_is_of_many_strips(monkeypatch: pytest.MonkeyPatch) -> None:
    make = Maker(90, 70)
    stack = make.stack(make.layer("It", noise(1, 50, 60), 20, -3))
    whole = written(stack)
    monkeypatch.setattr(tiff, "_STRIP_PIXELS", 90 * 8)
    file = written(stack)
    with Image.open(io.BytesIO(file)) as document, Image.open(io.BytesIO(whole)) as other:
        for number in (0, 1):
            document.seek(number)
            other.seek(number)
            assert (document.tag_v2[278], len(document.tag_v2[273])) == (8, 9)
            assert len(other.tag_v2[273]) == 1
            assert np.array_equal(np.array(document), np.array(other))
    narrow = Maker(3000, 2)
    written(narrow.stack(narrow.layer("wider than a strip", noise(1, 3000, 2))))


def test_more_than_4_gib_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff, "_MOST_BYTES", 5_000)
    with pytest.raises(NotExportable, match="4 GiB"):
        written(plain())
