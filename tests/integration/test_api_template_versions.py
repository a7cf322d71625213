"""Versions of templates over HTTP: added and never lost, whoever is faster, whatever happens to the document."""

import base64
import json
from typing import Any

import pytest
from sqlalchemy import text

from app.store import blobs
from tests.api_in_thread import Api
from tests.documents_made import Editor
from tests.templates_made import VARIABLES, Maker, colour_at, green_png, problems


@pytest.fixture
def maker(api: Api) -> Maker:
    return Maker(api)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "-a", ".", "a" * 101, "a\x00", "\ud800", 7])
def test_what_cannot_stand_in_an_address_is_no_name(maker: Maker, name: Any) -> None:
    body = json.dumps({"name": name, "document_id": maker.editor.id})
    answer = maker.http.post("/v1/templates", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, list(problems(answer))) == (422, ["/name"])


def test_versions_are_added_and_never_lost(maker: Maker) -> None:
    maker.make()
    first = maker.render()
    maker.editor.edit({"op": "hide", "layer": 1})
    assert maker.make().json()["version"] == 2
    same = maker.make()
    assert (same.status_code, same.json()["version"]) == (200, 2)
    fewer = {"fade": VARIABLES["fade"]}
    put = maker.http.put("/v1/templates/sale", json={"document_id": maker.editor.id, "variables": fewer})
    assert (put.status_code, put.json()["version"], put.headers["ETag"]) == (200, 3, '"v3"')
    assert maker.render(version=1).content == first.content != maker.render().content
    assert maker.render(version=1, values={"shown": True}).status_code == 200
    assert maker.render(values={"shown": True}).status_code == 422
    old = maker.http.get("/v1/templates/sale?version=1")
    assert (old.json()["version"], old.json()["newest"], old.headers["ETag"]) == (1, 3, '"v1.3"')
    back = maker.http.post("/v1/templates/sale/versions/1/restore")
    assert (back.status_code, back.json()["version"], back.json()["kind"], back.json()["restored"]) == (
        200,
        4,
        "restore",
        1,
    )
    assert maker.render().content == first.content
    listed, url = [], "/v1/templates/sale/versions?limit=3"
    while url:
        page = maker.http.get(url).json()
        listed += [(one["version"], one["kind"], one["restored"]) for one in page["versions"]]
        url = page["next"]
    assert listed == [(4, "restore", 1), (3, "update", None), (2, "update", None), (1, "create", None)]
    for url in ("/v1/templates/sale?version=9", "/v1/templates/sale/render.png?version=9", "/v1/templates/sales"):
        assert maker.http.get(url).status_code == 404
    assert "Did you mean sale?" in maker.http.get("/v1/templates/sales").json()["detail"]
    assert maker.http.post("/v1/templates/sale/versions/9/restore").status_code == 404


def test_who_is_late_is_told_and_keys_replay(maker: Maker) -> None:
    assert maker.make(headers={"If-Match": "*"}).status_code == 412
    first = maker.make(headers={"If-None-Match": "*", "Idempotency-Key": "k1"})
    assert first.status_code == 201
    late = maker.make(headers={"If-None-Match": "*"}, variables={})
    assert (late.status_code, late.json()["code"], late.json()["version"], late.headers["ETag"]) == (
        412, "revision-conflict", 1, '"v1"',
    )  # fmt: skip
    assert maker.make(headers={"If-Match": '"v2"'}, variables={}).status_code == 412
    assert maker.make(headers={"If-Match": '"v1"'}, variables={}).json()["version"] == 2
    again = maker.make(headers={"If-None-Match": "*", "Idempotency-Key": "k1"})
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    other = maker.make("other", headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    assert maker.http.post("/v1/templates/sale/versions/1/restore", headers={"If-Match": '"v1"'}).status_code == 412
    assert list(problems(maker.make(headers={"If-Match": "v1"}))) == ["/if-match"]
    renamed = maker.http.put("/v1/templates/sale", json={"name": "b", "document_id": maker.editor.id})
    assert list(problems(renamed)) == ["/name"]


def test_a_template_outlives_its_document_and_keeps_what_it_is_made_of(maker: Maker, api: Api) -> None:
    inline = base64.b64encode(green_png()).decode()
    maker.editor.edit({"op": "replace", "layer": 2, "image_base64": inline, "fit": "fill"})
    assert maker.make().status_code == 201
    assert api.http.delete(maker.editor.url).status_code == 204
    with api.engine.begin() as connection:
        connection.execute(text("UPDATE blobs SET touched_at = now() - interval '1 day'"))
        connection.execute(text("UPDATE assets SET created_at = now() - interval '1 day'"))
        blobs.collect(connection, 60, 100)
    for path in (api.settings.data_dir / "cache").rglob("*"):
        if path.is_file():
            path.unlink()
    assert colour_at(maker.render(), "Blue card") == (0, 200, 0)
    kept = api.http.delete(f"/v1/decompositions/{maker.editor.decomposition_id}")
    assert (kept.status_code, kept.json()["detail"]) == (409, "Templates are made of it: sale.")
    immutable = api.http.get("/v1/templates/sale/render.png?version=1")
    assert immutable.status_code == 200
    assert api.http.delete("/v1/templates/sale").status_code == 204
    for answer in (api.http.delete("/v1/templates/sale"), api.http.get("/v1/templates/sale"),
                   api.http.get("/v1/templates/sale/render.png?version=1"), maker.render()):  # fmt: skip
        assert answer.status_code == 404
    assert api.http.get("/v1/templates").json()["templates"] == []
    document = Editor.of(api, maker.editor.decomposition_id)
    anew = maker.make(document_id=document.id)
    assert (anew.status_code, anew.json()["version"], anew.json()["kind"]) == (201, 2, "create")
    api.http.delete("/v1/templates/sale")
    api.http.delete(document.url)
    assert api.http.delete(f"/v1/decompositions/{maker.editor.decomposition_id}").status_code == 204


def test_a_variable_holds_on_to_its_layer_and_heeds_no_lock(maker: Maker) -> None:
    maker.editor.edit({"op": "rename", "layer": 1, "name": "Other"}, {"op": "lock", "layer": 1})
    maker.make(variables={"accent": {"layer": "Other", "property": "color"}})
    maker.editor.edit({"op": "unlock", "layer": 1}, {"op": "rename", "layer": 1, "name": "Red card"})
    assert colour_at(maker.render(values={"accent": "rgb(1 2 3)"}), "Red card") == (1, 2, 3)
    assert list(problems(maker.render(values={"accent": "reddish"}))) == ["/values/accent"]


def test_a_form_may_begin_with_what_the_template_shows(maker: Maker) -> None:
    sha256 = maker.http.post("/v1/assets", files={"image": green_png()}).json()["sha256"]
    maker.editor.edit(
        {"op": "text", "layer": 1, "value": "SALE", "color": "#123456"},
        {"op": "replace", "layer": 2, "asset": sha256}, {"op": "move", "layer": 2, "to": {"x": 3, "y": 4}},
    )  # fmt: skip
    properties = {"a": (1, "text"), "b": (1, "color"), "c": (2, "image"), "d": (2, "color"), "e": (2, "position"),
                  "g": (2, "blend")}  # fmt: skip
    variables = {name: {"layer": layer, "property": kind} for name, (layer, kind) in properties.items()}
    assert maker.make(variables=variables).json()["values"] == {
        "a": "SALE", "b": "#123456", "c": sha256, "d": None, "e": {"x": 3, "y": 4}, "g": "normal",
    }  # fmt: skip
    before = maker.http.get("/v1/templates/sale").json()
    tried = maker.render(values=before["values"])
    assert (tried.status_code, tried.content) == (200, maker.render().content)


def test_a_scene_that_another_version_kept_is_folded_anew(maker: Maker, api: Api) -> None:
    maker.editor.edit({"op": "move", "layer": 1, "by": {"x": 3}})
    maker.make()
    before = maker.render().content
    with api.engine.begin() as connection:
        connection.execute(
            text("""UPDATE template_versions SET scene = '{"version": 0, "layers": "in another form"}'""")
        )
    assert maker.http.get("/v1/templates").json()["templates"][0]["width"] == 60
    assert maker.render().content == before
