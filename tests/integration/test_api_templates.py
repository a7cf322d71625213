"""Templates over HTTP: made of documents and filled with values."""

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.api_in_thread import GREY, RED, Api, picture_site, pixels_of
from tests.templates_made import VARIABLES, Json, Maker, colour_at, green_png, problems


@pytest.fixture
def maker(api: Api) -> Maker:
    return Maker(api)


def test_a_template_is_made_read_and_listed(maker: Maker) -> None:
    maker.editor.edit({"op": "rename", "layer": 0, "name": "Wall"})
    answer = maker.make(description="For feeds", revision=1)
    found = answer.json()
    assert (answer.status_code, answer.headers["Location"], answer.headers["ETag"]) == (
        201,
        "/v1/templates/sale",
        '"v1"',
    )
    assert (found["version"], found["newest"], found["kind"], found["revision"]) == (1, 1, "create", 1)
    assert (found["width"], found["height"], found["description"]) == (60, 40, "For feeds")
    assert found["variables"] == {
        **VARIABLES,
        "headline": {**VARIABLES["headline"], "layer": 1},
        "accent": {**VARIABLES["accent"], "layer": 1},
        "shown": {**VARIABLES["shown"], "layer": [1, 2]},
    }
    assert found["values"] == {"headline": None, "product": None, "accent": None, "shown": True, "fade": 1.0}
    got = maker.http.get("/v1/templates/sale")
    assert (got.json(), got.headers["ETag"]) == (found, '"v1"')
    assert maker.http.get("/v1/templates/sale", headers={"If-None-Match": '"v1"'}).status_code == 304
    urls = found["urls"]
    for url in (found["thumbnail_url"], *urls.values()):
        assert maker.http.get(url).status_code == (405 if url in (urls["render"], urls["batch"]) else 200), url
    thumbnail = maker.http.get(found["thumbnail_url"])
    assert thumbnail.headers["Content-Type"] == "image/webp"
    assert "immutable" in thumbnail.headers["Cache-Control"]
    names = ["夏季-促销.1", "b"]
    assert [maker.make(name).headers["Location"] for name in names] == [
        "/v1/templates/%E5%A4%8F%E5%AD%A3-%E4%BF%83%E9%94%80.1", "/v1/templates/b",
    ]  # fmt: skip
    listed, url = [], "/v1/templates?limit=2"
    while url:
        page = maker.http.get(url).json()
        listed += [one["name"] for one in page["templates"]]
        url = page["next"]
    assert listed == ["b", names[0], "sale"]


def test_the_examples_of_the_page_are_taken(maker: Maker) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/templates.md").read_text()
    template, values = map(json.loads, re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    names = ("panel", "SUMMER SALE", "shoe")
    maker.editor.edit(*({"op": "rename", "layer": at, "name": name} for at, name in enumerate(names)))
    made = maker.http.post("/v1/templates", json={**template, "document_id": maker.editor.id})
    assert made.status_code == 201, made.text
    drawn = maker.render(template["name"], **values)
    assert (drawn.status_code, pixels_of(drawn.content).shape[1]) == (200, values["output"]["width"])
    (query,) = re.findall(r"render\.png\?(\S+)'", page)
    assert maker.http.get(f"/v1/templates/{template['name']}/render.png?{query}").status_code == 200


def test_without_values_it_is_the_documents_picture_to_the_bit_and_the_same_one(maker: Maker) -> None:
    maker.editor.edit({"op": "move", "layer": 1, "by": {"x": 3}})
    maker.make()
    maker.editor.edit({"op": "move", "layer": 1, "by": {"x": 9}})
    of_document = maker.editor.picture(revision=2)
    drawn = maker.render()
    assert (drawn.content, drawn.headers["ETag"]) == (of_document.content, of_document.headers["ETag"])
    assert "hit" in drawn.headers["Cache-Status"]
    original = maker.http.get(f"/v1/decompositions/{maker.editor.decomposition_id}/source.png")
    maker.make("plain", revision=1)
    assert np.array_equal(pixels_of(maker.render("plain").content), pixels_of(original.content))


def test_values_change_what_they_are_for(api: Api, maker: Maker) -> None:
    maker.make()
    before = maker.render().content
    assert colour_at(maker.render(values={"accent": "#00ff00"}), "Red card") == (0, 255, 0)
    assert colour_at(maker.render(values={"shown": False}), "Red card") == GREY
    assert colour_at(maker.render(values={"headline": ""}), "Red card") == GREY
    half = colour_at(maker.render(values={"fade": 0.5}), "Red card")
    assert all(abs(2 * value - one - other) <= 1 for value, one, other in zip(half, RED, GREY, strict=True))
    lettered = maker.render(values={"headline.text": "A", "accent": None})
    assert lettered.content != before
    assert colour_at(lettered, "Blue card") == colour_at(maker.render(), "Blue card")
    edit = {"op": "text", "layer": 1, "value": "A", "color": "black"}
    stateless = api.http.post(f"/v1/decompositions/{maker.editor.decomposition_id}/render", json={"operations": [edit]})
    assert (stateless.content, stateless.headers["ETag"]) == (lettered.content, lettered.headers["ETag"])
    small = maker.render(values={"shown": False}, output={"format": "webp", "width": 30})
    assert (small.headers["Content-Type"], pixels_of(small.content).shape) == ("image/webp", (20, 30, 4))


def test_pictures_come_as_assets_addresses_or_in_the_body_and_are_one_and_the_same(maker: Maker, api: Api) -> None:
    maker.make()
    sha256 = api.http.post("/v1/assets", files={"image": green_png()}).json()["sha256"]
    text_ = base64.b64encode(green_png()).decode()
    large = base64.b64encode(bytes(60_000)).decode()
    ways: list[Any] = [sha256, {"asset": sha256}, {"image_base64": text_}, f"data:image/png;base64,{text_}"]
    answers = [maker.render(values={"product": way}) for way in ways]
    assert {colour_at(answer, "Blue card") for answer in answers} == {(0, 200, 0)}
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert [answer.headers["Cache-Status"] for answer in answers[1:]] == ["lamina; hit"] * 3
    assert problems(maker.render(values={"product": "0" * 64})) == {
        "/values/product": f"There is no asset {'0' * 64}; upload it to /v1/assets first."
    }
    for broken in ("%%", base64.b64encode(b"no picture").decode(), large):
        assert list(problems(maker.render(values={"product": {"image_base64": broken}}))) == ["/values/product"]
    with picture_site(green_png()) as url:
        refused = maker.render(values={"product": url})
    assert (refused.status_code, refused.json()["code"], list(problems(refused))) == (
        422, "url-not-allowed", ["/values/product"],
    )  # fmt: skip


def test_a_large_picture_in_the_body_is_read_beside_the_api(maker: Maker) -> None:
    maker.make()
    noise = np.random.default_rng(7).integers(0, 255, (200, 200, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "PNG")
    assert len(out.getvalue()) > 100_000
    inline = base64.b64encode(out.getvalue()).decode()
    asset = maker.http.post("/v1/assets", files={"image": out.getvalue()}).json()["sha256"]
    drawn = maker.render(values={"product": {"image_base64": inline}, "fade": 0.5})
    assert (drawn.status_code, drawn.headers["ETag"]) == (
        200, maker.render(values={"product": asset, "fade": 0.5}).headers["ETag"],
    )  # fmt: skip
    assert problems(maker.render(values={"headline": "x" * 100_000})) == {
        "/values/headline": "A text of 1 to 10000 characters is needed here."
    }


def test_a_picture_is_fetched_where_that_is_allowed(serve: Any) -> None:
    with serve(allow_private_urls=True) as api, picture_site(green_png()) as url:
        maker = Maker(api)
        maker.make()
        assert colour_at(maker.render(values={"product": url}), "Blue card") == (0, 200, 0)
        shown = api.http.get("/v1/templates/sale/render.png", params={"product": url, "version": 1})
        assert colour_at(shown, "Blue card") == (0, 200, 0)
        assert shown.headers["Cache-Control"] == "private, no-cache"  # what is there may change


def test_a_picture_is_asked_for_by_its_address(maker: Maker) -> None:
    maker.make(variables={**VARIABLES, "width": {"layer": 2, "property": "opacity"}})
    base = "/v1/templates/sale/render"
    posted = maker.render(values={"accent": "#00ff00", "shown": True, "width": 0.25})
    got = maker.http.get(f"{base}.png?accent=%2300ff00&shown=yes&values.width=0.25")
    assert (got.content, got.headers["ETag"]) == (posted.content, posted.headers["ETag"])
    assert got.headers["Cache-Control"] == "private, no-cache"
    named = maker.http.get(got.headers["Content-Location"])
    assert (named.content, "immutable" in named.headers["Cache-Control"]) == (got.content, True)
    small = maker.http.get(f"{base}.webp", params={"accent.color": "blue", "width": 30, "quality": 50, "version": 1})
    assert (small.headers["Content-Type"], pixels_of(small.content).shape) == ("image/webp", (20, 30, 4))
    assert maker.http.get(f"{base}.png", headers={"If-None-Match": got.headers["ETag"]}).status_code == 200
    again = maker.http.get(named.request.url, headers={"If-None-Match": named.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert maker.http.get(f"{base}.png?quality=5").status_code == 200  # of a PNG it says nothing
    for query, pointer in [("acent=blue", "/acent"), ("shown=perhaps", "/shown"), ("accent=a&accent=b", "/accent"),
                           ("background=no-colour", "/background"), ("width=0", "/width"), ("accent=red", "/accent"),
                           ("headline=%00", "/headline")]:  # fmt: skip
        answer = maker.http.get(f"{base}.png?{query}")
        assert (answer.status_code, list(problems(answer))) == (422, [pointer]), query


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"values": {"headlin": "x"}}, {"/values/headlin": "There is no variable 'headlin'; did you mean headline?"}),
        ({"values": {"accent": "red"}}, {"/values/accent": "'red' is not one of '#00ff00', 'blue'."}),
        ({"values": {"headline": "a long headline"}}, {"/values/headline": "It has 15 letters; at most 12 are taken."}),
        ({"values": {"fade": 2, "shown": "no"}}, {"/values/fade": "2 is not within 0 and 1.",
                                                  "/values/shown": "true or false is needed here, not 'no'."}),
        ({"values": []}, {"/values": "An object is needed here."}),
        ({"value": {}}, {"/value": "There is no such field; known are values, version, output."}),
        ({"version": 0}, {"/version": "A whole number from 1 is needed here."}),
        ({"output": {"format": "gif"}}, {"/output/format": "'gif' is not one of png, webp, jpeg, avif, jpg."}),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_wrong_request_is_told_where(maker: Maker, body: Json, found: dict[str, str]) -> None:
    maker.make()
    answer = maker.render(**body)
    assert (answer.status_code, problems(answer)) == (422, found)


def test_variables_are_checked_when_the_template_is_made(maker: Maker) -> None:
    maker.editor.edit({"op": "duplicate", "layer": 1}, {"op": "group", "layer": [1, 2], "name": "Cards"})
    maker.editor.edit({"op": "rename", "layer": 3, "name": "Red card"})
    wrong: dict[str, Json] = {
        "a": {"layer": "Blu card", "property": "color"},
        "b": {"layer": "Red card", "property": "color"},
        "c": {"layer": "Cards", "property": "text"},
        "d": {"layer": 2, "property": "colour"},
        "e": {"layer": 2, "property": "color", "fit": "cover"},
        "f": {"layer": 2, "property": "opacity", "default": 3},
        "g": {"layer": 2, "property": "text", "choices": ["a"], "default": "b"},
        "h": {"property": "text"},
        "i": {"layer": 2, "property": "image", "default": "https://shop.example/a.png"},
        "j j": {"layer": 2, "property": "text"},
        "k": {"layer": 2, "property": "visible", "required": "yes"},
    }
    found = problems(maker.make(variables=wrong))
    assert list(found) == [
        "/variables/a/layer", "/variables/b/layer", "/variables/c/layer", "/variables/d/property", "/variables/e/fit",
        "/variables/f/default", "/variables/g/default", "/variables/h/layer", "/variables/i/default", "/variables/j j",
        "/variables/k/required",
    ]  # fmt: skip
    assert "did you mean 2 'Blue card'" in found["/variables/a/layer"]
    assert "Several layers are called 'Red card': 1 'Red card', 3 'Red card'" in found["/variables/b/layer"]
    assert "has no pixels of its own; name its layers" in found["/variables/c/layer"]
    assert "Did you mean color?" in found["/variables/d/property"]
    assert "'j-j' would be one" in found["/variables/j j"]
    single: list[tuple[Json, str, str]] = [
        ({"layer": 2, "property": "text", "font": "No Such Font"}, "/variables/x/font", "No Such Font"),
        ({"layer": 2, "property": "color", "default": "blu"}, "/variables/x/default", "not a CSS colour"),
        ({"layer": 2, "property": "color", "choices": ["blue", "re"]}, "/variables/x/choices/1", "not a CSS colour"),
        ({"layer": 2, "property": "color", "mode": "replace"}, "/variables/x/from", "missing"),
        ({"layer": 2, "property": "text", "color": "blu"}, "/variables/x/color", "not a CSS colour"),
        ({"layer": 2, "property": "image", "fit": "crop"}, "/variables/x/fit", "not one of contain, cover, fill"),
        ({"layer": 2, "property": "image", "default": "0" * 64}, "/variables/x/default", "There is no asset"),
    ]
    for variable, pointer, said in single:
        answer = maker.make(variables={"x": variable})
        assert list(problems(answer)) == [pointer], answer.text
        assert said in problems(answer)[pointer]
    twice = {"x": {"layer": 2, "property": "x"}, "y": {"layer": [1, 2], "property": "position"}}
    assert problems(maker.make(variables=twice)) == {
        "/variables/y/layer": "The variable x sets the x of layer 2 already."
    }
    assert maker.http.get("/v1/templates").json()["templates"] == []
