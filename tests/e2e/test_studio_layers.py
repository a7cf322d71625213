"""The studio's list of layers, in a real browser, by pointer, finger and keys: what is done in it is what the API
tells of the document then."""

import httpx
from playwright.sync_api import Browser, expect

from tests.studio_layers import BOTTOM_UP, Studio, of, opened, order

AT_ITS_END = """() => {
  const list = document.querySelector(".layer-tree");
  return list.scrollTop > 0 && list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
}"""
"""Whether the list is scrolled as far down as it goes."""


def test_the_list_is_front_first_and_says_what_each_layer_is(studio: Studio) -> None:
    assert studio.names() == BOTTOM_UP[::-1]
    first = studio.rows.first
    expect(first).to_have_accessible_name("note, Text")
    for name, value in {"aria-level": "1", "aria-posinset": "1", "aria-setsize": "4", "aria-selected": "false"}.items():
        expect(first).to_have_attribute(name, value)
    drawn = (
        "() => [...document.querySelectorAll('.layer-thumbnail img')].filter((one) => one.naturalWidth).length === 4"
    )
    studio.page.wait_for_function(drawn)


def test_names_are_written_in_the_list(studio: Studio) -> None:
    field = studio.page.get_by_role("textbox", name="Name of the layer")
    studio.row("title").locator(".layer-name").dblclick()
    field.fill("never")
    field.press("Escape")
    expect(studio.row("title")).to_be_focused()

    def write() -> None:
        studio.page.keyboard.press("F2")
        field.fill("  Überschrift 标题 ")
        field.press("Enter")

    document = studio.after(write)
    assert [layer["name"] for layer in document["layers"]] == ["ground", "card", "Überschrift 标题", "note"]
    expect(studio.row("Überschrift 标题")).to_be_focused()


def test_eyes_hide_one_or_all_that_the_pointer_comes_past(studio: Studio) -> None:
    page = studio.page
    document = studio.after(page.get_by_role("button", name="Hide note").click)
    assert of(document, "visible")["note"] is False

    def sweep() -> None:
        top, bottom = studio.row("title").bounding_box(), studio.row("ground").bounding_box()
        assert top is not None
        assert bottom is not None
        page.mouse.move(top["x"] + 16, top["y"] + 20)
        page.mouse.down()
        page.mouse.move(bottom["x"] + 16, bottom["y"] + 20, steps=12)
        page.mouse.up()

    assert set(of(studio.after(sweep), "visible").values()) == {False}


def test_a_hidden_layer_stays_in_the_list_as_wide_as_the_others(studio: Studio) -> None:
    def width(name: str) -> float:
        box = studio.row(name).bounding_box()
        assert box is not None
        return box["width"]

    before = width("card")
    studio.after(lambda: studio.row("card").get_by_role("button", name="Hide card").click())
    expect(studio.row("card").get_by_role("button", name="Show card")).to_be_visible()
    assert width("card") == before > 100
    studio.row("card").click()
    assert studio.selected() == ["card"]


def test_one_alone_and_back_again_are_a_revision_each(studio: Studio) -> None:
    studio.after(studio.page.get_by_role("button", name="Hide ground").click)
    eye = studio.row("card").locator(".layer-eye")
    alone = studio.after(lambda: eye.click(modifiers=["Alt"]))
    assert [name for name, visible in of(alone, "visible").items() if visible] == ["card"]
    back = studio.after(lambda: eye.click(modifiers=["Alt"]))
    assert of(back, "visible") == {"ground": False, "card": True, "title": True, "note": True}


def test_layers_are_dragged_past_others(studio: Studio) -> None:
    def drop() -> None:
        studio.drag("ground", "title", 0.2)
        expect(studio.row("title")).to_have_class("layer-row drop-above  ")
        studio.page.mouse.up()

    assert [name for name, _ in order(studio.after(drop))] == ["card", "title", "ground", "note"]
    assert studio.names() == ["note", "ground", "title", "card"]
    studio.row("note").click()
    studio.row("card").click(modifiers=["Control"])

    def both() -> None:
        studio.drag("card", "ground", 0.8)
        studio.page.mouse.up()

    assert [name for name, _ in order(studio.after(both))] == ["title", "card", "note", "ground"]
    before = studio.revision
    studio.drag("title", "card", 0.9)
    studio.page.mouse.up()
    studio.drag("title", "ground", 0.2)
    studio.page.keyboard.press("Escape")
    studio.page.mouse.up()
    assert studio.revision == before


def test_layers_are_dragged_into_a_group_and_out_of_it(studio: Studio) -> None:
    studio.edit({"op": "group", "layer": [1, 2], "name": "both"})
    studio.page.reload()
    expect(studio.rows).to_have_count(5)

    def into() -> None:
        studio.drag("ground", "both", 0.5)
        studio.page.mouse.up()

    assert order(studio.after(into)) == [
        ("card", "both"), ("title", "both"), ("ground", "both"), ("both", None), ("note", None)
    ]  # fmt: skip

    def out() -> None:
        studio.drag("title", "card", 0.9, across=40)  # to the left of what is in the group
        studio.page.mouse.up()

    assert order(studio.after(out)) == [
        ("title", None), ("card", "both"), ("ground", "both"), ("both", None), ("note", None)
    ]  # fmt: skip
    before = studio.revision
    studio.drag("both", "card", 0.9)
    expect(studio.page.locator(".layers-taken.nowhere")).to_be_visible()
    studio.page.mouse.up()
    assert studio.revision == before


def test_the_list_scrolls_while_something_is_held_at_its_end(studio: Studio) -> None:
    studio.edit(*({"op": "duplicate", "layer": 0} for _ in range(12)))
    studio.page.reload()
    expect(studio.rows).to_have_count(16)
    tree = studio.page.get_by_role("tree", name="Layers")
    box, start = tree.bounding_box(), studio.rows.first.bounding_box()
    assert box is not None
    assert start is not None

    def to_the_bottom() -> None:
        studio.page.mouse.move(start["x"] + 150, start["y"] + 20)
        studio.page.mouse.down()
        studio.page.mouse.move(box["x"] + 150, box["y"] + box["height"] - 4, steps=4)
        studio.page.wait_for_function(AT_ITS_END)
        studio.page.mouse.up()

    assert "note" in [name for name, _ in order(studio.after(to_the_bottom))][:2]


def test_the_keyboard_goes_through_the_tree(studio: Studio) -> None:
    studio.edit({"op": "group", "layer": [1, 2], "name": "both"})
    studio.page.reload()
    expect(studio.rows).to_have_count(5)
    key = studio.page.keyboard.press
    studio.row("note").click()
    key("ArrowDown")
    assert studio.selected() == ["both"]
    key("ArrowLeft")
    expect(studio.rows).to_have_count(3)
    expect(studio.row("both")).to_have_attribute("aria-expanded", "false")
    key("ArrowRight")
    key("ArrowRight")
    assert studio.selected() == ["title"]
    expect(studio.row("title")).to_have_attribute("aria-level", "2")
    key("Shift+ArrowDown")
    assert studio.selected() == ["title", "card"]
    key("ArrowLeft")
    assert studio.selected() == ["both"]
    key("End")
    expect(studio.row("ground")).to_be_focused()
    key("Home")
    key("Control+ArrowDown")
    key("Control+ArrowDown")
    assert studio.selected() == ["note"]
    key("Space")
    assert studio.selected() == ["note", "title"]
    key("c")
    expect(studio.row("card")).to_be_focused()
    key("Control+a")
    assert len(studio.selected()) == 5
    key("Escape")
    assert studio.selected() == []


def test_a_finger_that_rests_takes_a_layer_along(browser: Browser, http: httpx.Client) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    try:
        studio = opened(context.new_page(), http)
        devtools = context.new_cdp_session(studio.page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            devtools.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
            )

        def rest_and_go() -> None:
            start, end = studio.row("note").bounding_box(), studio.row("title").bounding_box()
            assert start is not None
            assert end is not None
            touch("touchStart", (150, start["y"] + 26))
            expect(studio.page.locator(".layers-taken")).to_be_visible()
            touch("touchMove", (150, end["y"] + end["height"] - 12))
            touch("touchMove", (150, end["y"] + end["height"] - 6))
            touch("touchEnd")

        assert [name for name, _ in order(studio.after(rest_and_go))] == ["ground", "card", "note", "title"]
        panel = studio.page.get_by_role("region", name="Layers").bounding_box()
        assert panel is not None
        assert panel["width"] <= 360
    finally:
        context.close()
