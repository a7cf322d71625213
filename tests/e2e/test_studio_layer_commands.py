"""What the studio does to the layers that are selected, in a real browser, and what the API tells of it."""

import httpx
from playwright.sync_api import FilePayload, expect

from tests.browser import WatchedPage
from tests.lettered_poster import poster_png
from tests.studio_layers import Studio, of, order


def test_a_locked_layer_keeps_its_look_and_what_would_change_it_is_off(studio: Studio) -> None:
    page = studio.page
    studio.row("title").click()
    slider = page.get_by_role("slider", name="Opacity")
    expect(slider).to_be_enabled()
    assert of(studio.after(page.get_by_role("button", name="Lock title").click), "locked")["title"] is True
    expect(slider).to_be_disabled()
    expect(page.get_by_role("combobox", name="Blend")).to_be_disabled()
    expect(studio.row("title")).to_have_accessible_name("title, Text, locked")


def test_the_keyboard_reorders_deletes_and_opens_the_menu(studio: Studio) -> None:
    page = studio.page
    studio.row("ground").click()
    assert [name for name, _ in order(studio.after(lambda: page.keyboard.press("Alt+ArrowUp")))][:2] == [
        "card",
        "ground",
    ]
    expect(studio.row("ground")).to_be_focused()
    page.keyboard.press("Shift+F10")
    menu = page.get_by_role("menu", name="Layer commands")
    expect(menu.get_by_role("menuitem", name="Rename")).to_be_focused()
    front = studio.after(menu.get_by_role("menuitem", name="To the front").click)
    assert [name for name, _ in order(front)] == ["card", "title", "note", "ground"]
    expect(studio.row("ground")).to_be_focused()
    assert of(studio.after(lambda: page.keyboard.press("Delete")), "deleted")["ground"] is True
    expect(studio.row("note")).to_be_focused()

    page.get_by_text("Deleted (1)").click()
    back = studio.after(page.get_by_role("button", name="Restore ground").click)
    assert of(back, "deleted")["ground"] is False
    expect(page.get_by_text("Deleted (1)")).to_be_hidden()


def test_blend_modes_are_tried_on_the_canvas_before_one_is_chosen(studio: Studio) -> None:
    page = studio.page
    studio.row("card").click()
    before = studio.revision
    blend = page.get_by_role("combobox", name="Blend")
    blend.press("ArrowDown")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(16)
    blend.press("m")
    expect(page.get_by_text("Preview", exact=True)).to_be_visible()
    blend.press("Escape")
    expect(page.get_by_text("Exact", exact=True)).to_be_visible()
    assert studio.revision == before

    def choose() -> None:
        blend.click()
        page.get_by_role("option", name="Soft light").hover()
        page.get_by_role("option", name="Color burn").click()

    assert of(studio.after(choose), "blend")["card"] == "color-burn"
    expect(blend).to_have_text("Color burn")
    studio.row("note").click(modifiers=["Control"])
    expect(blend).to_have_text("Mixed")


def test_opacity_is_that_of_all_that_are_selected(studio: Studio) -> None:
    page = studio.page
    studio.row("card").click()
    slider = page.get_by_role("slider", name="Opacity")

    def fade() -> None:
        slider.fill("40")
        slider.dispatch_event("change")

    assert of(studio.after(fade), "opacity")["card"] == 0.4
    studio.row("title").click(modifiers=["Control"])
    expect(page.get_by_text("Opacity*")).to_be_visible()

    def write() -> None:
        page.get_by_role("spinbutton", name="Opacity").fill("25")
        page.keyboard.press("Enter")

    assert of(studio.after(write), "opacity") == {"ground": 1, "card": 0.25, "title": 0.25, "note": 1}


def test_layers_are_grouped_ungrouped_and_copied(studio: Studio) -> None:
    page = studio.page
    studio.row("title").click()
    studio.row("card").click(modifiers=["Shift"])
    assert order(studio.after(page.get_by_role("button", name="Group").click)) == [
        ("ground", None), ("card", "Group 1"), ("title", "Group 1"), ("Group 1", None), ("note", None)
    ]  # fmt: skip
    assert studio.selected() == ["Group 1"]
    copied = studio.after(page.get_by_role("button", name="Duplicate").click)
    assert ("card copy", "Group 1 copy") in order(copied)
    assert studio.selected() == ["Group 1 copy"]
    ungrouped = studio.after(page.get_by_role("button", name="Ungroup").click)
    assert order(ungrouped)[4:6] == [("card copy", None), ("title copy", None)]
    assert studio.selected() == ["title copy", "card copy"]
    expect(page.get_by_text("Deleted")).to_be_hidden()


def test_a_picture_is_added_in_front_of_what_is_selected(studio: Studio) -> None:
    studio.row("ground").click()
    file: FilePayload = {"name": "holiday.png", "mimeType": "image/png", "buffer": poster_png()}
    document = studio.after(lambda: studio.page.set_input_files(".layers-file", file))
    assert [name for name, _ in order(document)] == ["ground", "holiday", "card", "title", "note"]
    assert studio.selected() == ["holiday"]


def test_a_layer_is_split_further_and_edits_come_along(page: WatchedPage, http: httpx.Client) -> None:
    shown = page.page
    studio = Studio(shown, http, max_layers="3")
    studio.edit({"op": "opacity", "layer": 1, "to": 0.5}, {"op": "move", "layer": 2, "by": {"x": 7}})
    studio.show()
    before = studio.document
    words = before["layers"][2]["name"]
    studio.row(words).click()
    shown.get_by_role("button", name="Split further").click()
    dialog = shown.get_by_role("dialog")
    expect(dialog.get_by_text("Your edits come along.")).to_be_visible()
    dialog.get_by_role("button", name="Split", exact=True).click()
    expect(shown.get_by_text("came apart into 2 layers")).to_be_visible(timeout=60_000)
    expect(studio.rows).to_have_count(5)

    made = studio.http.get(f"/v1/documents/{shown.url.partition('#')[2]}").json()
    assert made["id"] != before["id"]
    assert order(made) == [
        ("background", None), ("red panel", None), ("OPEN AIR", words), ("Friday evening", words), (words, None)
    ]  # fmt: skip
    pictures = [studio.http.get(document["urls"]["render"]).content for document in (before, made)]
    assert pictures[0] == pictures[1]
    assert studio.document == before
    shown.get_by_role("button", name="Back to it").click()
    expect(studio.rows).to_have_count(3)


def test_edits_that_cannot_come_along_are_told_of_before(page: WatchedPage, http: httpx.Client) -> None:
    shown = page.page
    studio = Studio(shown, http)
    studio.edit({"op": "recolor", "layer": 1, "mode": "tint", "color": "#00aa88"})
    studio.show()
    studio.row("red panel").click()
    shown.get_by_role("button", name="Split further").click()
    dialog = shown.get_by_role("dialog")
    expect(dialog.get_by_text("Some of your edits cannot be carried over exactly")).to_be_visible()
    dialog.get_by_role("button", name="Split", exact=True).click()
    expect(shown.get_by_text("does not come apart any further")).to_be_visible(timeout=60_000)
    assert shown.url.endswith(studio.id)
