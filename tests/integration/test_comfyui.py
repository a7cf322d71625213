"""The ComfyUI nodes against the API as it is served: what they give and save is what the server has, to the bit."""

import asyncio
import importlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from psd_tools import PSDImage

from model.layers import Pixels
from tests.api_in_thread import CARDS, HEIGHT, WIDTH, Api, cards_pixels
from tests.comfy_stand_in import Comfy, InterruptProcessingException, comfy_ui

torch = pytest.importorskip("torch")
ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "integrations/comfyui"


@pytest.fixture
def comfy(tmp_path: Path) -> Iterator[Comfy]:
    with comfy_ui(tmp_path / "output") as found:
        yield found


@pytest.fixture
def nodes(comfy: Comfy, api: Api, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("LAMINA_URL", api.url)
    return importlib.import_module("integrations.comfyui.nodes")


@pytest.fixture
def service(nodes: ModuleType) -> ModuleType:
    return importlib.import_module("integrations.comfyui.service")


def image_of(pixels: Pixels) -> Any:
    """A picture as Load Image gives it."""
    return torch.from_numpy(pixels[None, :, :, :3].astype(np.float32) / 255)


def bytes_of(tensor: Any) -> Pixels:
    return np.rint(tensor.numpy() * 255).astype(np.uint8)


def run(node: Any, **inputs: Any) -> Any:
    return asyncio.run(node.execute(**inputs))


def decomposed(api: Api, nodes: ModuleType, pixels: Pixels, **inputs: Any) -> Any:
    """The outputs of Decompose, while a worker works beside it."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            if api.work() is None:
                stop.wait(0.05)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        asked = {"image": image_of(pixels), "model": "cards", "max_layers": 0, "seed": 0, **inputs}
        return run(nodes.Decompose, **asked).args
    finally:
        stop.set()
        worker.join()


def over(below: Pixels, above: Pixels) -> Pixels:
    """Source-over in eight bits; the cards have hard edges, so alpha is 0 or 255."""
    return np.where(above[..., 3:] == 255, above, below)


def test_layers_lie_on_each_other_as_the_picture_that_came(api: Api, nodes: ModuleType, comfy: Comfy) -> None:
    document, images, masks, decomposition_id, manifest = decomposed(api, nodes, cards_pixels())
    assert tuple(images.shape) == (3, HEIGHT, WIDTH, 3)
    assert tuple(masks.shape) == (3, HEIGHT, WIDTH)
    whole = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    for image, mask in zip(images, masks, strict=True):
        whole = over(whole, np.dstack([bytes_of(image), bytes_of(1 - mask)]))
    assert np.array_equal(whole, cards_pixels())
    assert json.loads(manifest)["id"] == decomposition_id

    assert (document["version"], document["canvas"]) == (1, (WIDTH, HEIGHT))
    assert [(one["x"], one["y"]) for one in document["layers"][1:]] == [box[:2] for box in CARDS.values()]
    placed = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    for item in document["layers"]:
        pixels = np.dstack([bytes_of(item["image"][0]), bytes_of(1 - item["mask"][0])])
        part = placed[item["y"] : item["y"] + len(pixels), item["x"] : item["x"] + pixels.shape[1]]
        part[:] = over(part, pixels)
        assert item["type"] == "raster"
    assert np.array_equal(placed, cards_pixels())
    assert comfy.progress[-1] == 1.0


def test_a_mask_is_one_where_a_layer_is_transparent(api: Api, nodes: ModuleType) -> None:
    masks = decomposed(api, nodes, cards_pixels())[2]
    x, y, width, height = CARDS["Red card"]
    red = np.ones((HEIGHT, WIDTH), np.float32)
    red[y : y + height, x : x + width] = 0
    assert np.array_equal(masks[1].numpy(), red)
    assert not masks[0].any()


def test_edits_are_rendered_and_none_are_the_picture_itself(api: Api, nodes: ModuleType) -> None:
    made = api.made()
    image, mask = run(nodes.Render, decomposition_id=made).args
    assert np.array_equal(bytes_of(image[0]), cards_pixels()[..., :3])
    assert not mask.any()

    _, first = run(nodes.Edit, decomposition_id=made, edit='[{"op": "delete", "layer": "Red card"}]').args
    _, both = run(
        nodes.Edit, decomposition_id=made, edit='[{"op": "delete", "layer": "Ground"}]', operations=first
    ).args
    assert [one["layer"] for one in json.loads(both)] == ["Red card", "Ground"]
    image, mask = run(nodes.Render, decomposition_id=made, operations=both).args
    x, y, width, height = CARDS["Blue card"]
    assert np.argwhere(mask[0].numpy() == 0).min(axis=0).tolist() == [y, x]
    assert (mask[0].numpy() == 0).sum() == width * height


def test_another_picture_comes_into_a_layers_place(api: Api, nodes: ModuleType) -> None:
    made = api.made()
    green = torch.zeros((1, 16, 20, 3))
    green[..., 1] = 1
    left_half = torch.zeros((1, 16, 20))
    left_half[:, :, 10:] = 1
    _, done = run(nodes.ReplaceLayer, decomposition_id=made, layer="1", image=green, fit="contain", mask=left_half).args
    pixels = bytes_of(run(nodes.Render, decomposition_id=made, operations=done).args[0][0])
    x, y, width, _ = CARDS["Red card"]
    assert pixels[y + 3, x + 3].tolist() == [0, 255, 0]
    assert pixels[y + 3, x + width - 3].tolist() == [120, 120, 120], "the ground shows where the mask is 1"


@pytest.mark.parametrize("operations", ["", '[{"op": "rename", "layer": 1, "name": "Offer"}]'])
def test_layers_are_saved_in_the_output_folder_and_nothing_is_left_behind(
    api: Api, nodes: ModuleType, comfy: Comfy, operations: str
) -> None:
    asked = {"decomposition_id": api.made(), "filename_prefix": "lamina/cards", "operations": operations}
    first, second = (run(nodes.Export, format="psd", **asked) for _ in range(2))
    folder = comfy.output / "lamina"
    assert sorted(path.name for path in folder.iterdir()) == ["cards_00001_.psd", "cards_00002_.psd"]
    assert (first.args[0], second.args[0]) == tuple(str(path) for path in sorted(folder.iterdir()))
    names = [layer.name for layer in PSDImage.open(first.args[0])]
    assert names == ["Ground", "Offer" if operations else "Red card", "Blue card"]
    assert api.http.get("/v1/documents").json()["documents"] == []


def test_an_interrupted_workflow_cancels_the_job(api: Api, nodes: ModuleType, comfy: Comfy) -> None:
    comfy.interrupt_after = 1
    with pytest.raises(InterruptProcessingException):
        run(nodes.Decompose, image=image_of(cards_pixels()), model="cards", max_layers=0, seed=0)
    assert [job["status"] for job in api.http.get("/v1/jobs").json()["jobs"]] == ["canceled"]


WRONG: dict[str, tuple[Callable[[ModuleType, str], Any], str]] = {
    "no such operation": (
        lambda nodes, made: run(nodes.Edit, decomposition_id=made, edit='[{"op": "explode", "layer": 1}]'),
        "/operations/0/op",
    ),
    "no such layer": (
        lambda nodes, made: run(nodes.Edit, decomposition_id=made, edit='[{"op": "delete", "layer": 9}]'),
        "/operations/0/layer",
    ),
    "no JSON": (lambda nodes, made: run(nodes.Edit, decomposition_id=made, edit="delete it"), "edit is no JSON"),
    "no list": (lambda nodes, made: run(nodes.Render, decomposition_id=made, operations="{}"), "must be a list"),
    "nothing connected": (lambda nodes, made: run(nodes.Render, decomposition_id=" "), "connect the one of Lamina"),
    "no such decomposition": (lambda nodes, made: run(nodes.Render, decomposition_id="../x"), "There is no"),
    "a batch": (
        lambda nodes, made: run(nodes.Decompose, image=torch.zeros((2, 8, 8, 3)), model="cards", max_layers=0, seed=0),
        "One picture at a time: this batch has 2",
    ),
    "a mask of another size": (
        lambda nodes, made: run(
            nodes.ReplaceLayer, decomposition_id=made, layer="1", image=torch.zeros((1, 8, 8, 3)), fit="contain",
            mask=torch.zeros((1, 4, 4)),
        ),
        "must be of one size",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_told_in_words(api: Api, nodes: ModuleType, service: ModuleType, what: str) -> None:
    do, told = WRONG[what]
    with pytest.raises(service.LaminaError, match=r".*") as raised:
        do(nodes, api.made())
    assert told in str(raised.value)


def test_a_server_that_is_away_is_named(
    nodes: ModuleType, service: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMINA_URL", "http://127.0.0.1:9")
    with pytest.raises(service.LaminaError, match=r"does not answer at http://127\.0\.0\.1:9 .*LAMINA_URL"):
        run(nodes.Render, decomposition_id="dec_1")


def test_the_key_is_sent_and_is_in_no_widget(
    nodes: ModuleType, service: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMINA_API_KEY", "secret")
    assert service.Service()._http.headers["Authorization"] == "Bearer secret"
    schemas = [node.define_schema() for node in asyncio.run(nodes.Lamina().get_node_list())]
    ids = [[socket.id for socket in schema.inputs] for schema in schemas]
    assert not {"url", "server", "key", "api_key"} & {id_ for inputs in ids for id_ in inputs}


def test_the_example_workflow_connects_sockets_that_are_there(nodes: ModuleType) -> None:
    """And nothing of it has gone from the nodes: their ids, inputs and outputs are in saved workflows."""
    known = {schema.node_id: schema for schema in map(_schema, asyncio.run(nodes.Lamina().get_node_list()))}
    workflow = json.loads((FOLDER / "example_workflows/another_product.json").read_text())
    by_id = {node["id"]: node for node in workflow["nodes"]}
    assert {node["type"] for node in workflow["nodes"]} >= set(known)
    for node in workflow["nodes"]:
        if (schema := known.get(node["type"])) is None:
            continue
        inputs = {socket.id: socket.io_type for socket in schema.inputs}
        assert {one["name"]: one["type"] for one in node["inputs"]}.items() <= inputs.items()
        assert [one["type"] for one in node["outputs"]] == [socket.io_type for socket in schema.outputs]
        plain = [one for one in schema.inputs if one.io_type in ("STRING", "INT", "COMBO")]
        assert len(node["widgets_values"]) >= len([one for one in plain if not one.options.get("force_input")])
    for _, source, out, target, into, kind in workflow["links"]:
        assert by_id[source]["outputs"][out]["type"] == by_id[target]["inputs"][into]["type"] == kind


def _schema(node: Any) -> Any:
    return node.define_schema()
