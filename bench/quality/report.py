"""``--report FOLDER``: a page of the worst posters, to look at: the layers, and what removing one of them gives."""

import html
from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from bench.quality.measure import Draw, Measured, Split
from bench.quality.metrics import Removed, removals
from bench.quality.poster import Poster
from model.layers import Pixels, Stack, on_canvas

WORST = 10
SHOWN_PX = 384
CHECK_PX = 12
GOOD_ISOLATION, GOOD_REMOVAL = 0.85, 0.05
"""What is worse is printed in red."""
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1500px; padding: 0 1rem; color: #222 }
section { border-top: 2px solid #ccc; margin-top: 2rem; padding-top: .5rem }
h2 { margin: .5rem 0 0 } h3 { margin: 1.2rem 0 .4rem; font-size: 1rem }
nav { columns: 3 16em } nav a { display: block }
.row { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 14px; align-items: start }
.tests { display: grid; grid-template-columns: repeat(auto-fill, minmax(600px, 1fr)); gap: 18px }
.test { border: 1px solid #ddd; border-radius: 8px; padding: 8px 10px 10px }
.test p { margin: 0 0 6px } .test .row { grid-template-columns: repeat(3, 1fr); gap: 8px }
figure { margin: 0 } figcaption { font-size: 13px; overflow-wrap: anywhere; color: #555 }
img { max-width: 100%; max-height: 300px; display: block; border: 1px solid #ccc }
b.bad { color: #b00020 } b.good { color: #1b6e36 }
"""


def write(folder: Path, title: str, rows: Sequence[Measured], split: Split, draw: Draw, worst: int = WORST) -> Path:
    """Draw and split the posters of least isolation once more; the page holds its pictures and needs nothing else.

    Args:
        folder: made if it is not there; ``index.html`` in it is replaced.
        title: in the words of the command, for the head of the page.

    Returns:
        The page's path.
    """
    chosen = sorted(rows, key=lambda row: row.isolation)[:worst]
    sections = []
    for row in chosen:
        poster = draw(row.kind, row.seed)
        sections.append(_section(row, poster, split(poster.picture())))
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    head = f"<meta charset='utf-8'><title>{html.escape(title)}</title><style>{STYLE}</style>"
    lead = f"<h1>{html.escape(title)}</h1><p>The {len(chosen)} of {len(rows)} posters with the least isolation.</p>"
    links = (
        f"<a href='#{_anchor(row)}'>{html.escape(row.kind)}, seed {row.seed}: {row.isolation:.3f}</a>" for row in chosen
    )
    body = f"{lead}<nav>{''.join(links)}</nav>{''.join(sections)}"
    page.write_text(f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>")
    return page


def _section(row: Measured, poster: Poster, stack: Stack) -> str:
    picture = poster.picture()
    layers = [_figure(picture, f"the poster: {len(poster.elements)} elements")]
    for number, layer in enumerate(stack.layers):
        canvas = on_canvas(layer, stack.width, stack.height)
        layers.append(_figure(canvas, f"{number}: {layer.name} ({layer.kind})"))
    figures = (
        f"{_scores(row.isolation, row.removal)}, largest error {row.max_error}, "
        f"LayerD's cost {row.unmerged.cost:.3f}, with five merges {row.merged.cost:.3f}"
    )
    tests = "".join(_removal(poster, stack, index, removed) for index, removed in enumerate(removals(stack, poster)))
    return (
        f"<section id='{_anchor(row)}'><h2>{html.escape(row.kind)}, seed {row.seed}</h2><p>{figures}</p>"
        f"<h3>Layers</h3><div class='row'>{''.join(layers)}</div>"
        f"<h3>Each element removed</h3><div class='tests'>{tests}</div></section>"
    )


def _removal(poster: Poster, stack: Stack, index: int, removed: Removed) -> str:
    element = poster.elements[index]
    own = np.clip(np.rint(element.rgba * np.array([1, 1, 1, 255], np.float32)), 0, 255).astype(np.uint8)
    layer = stack.layers[removed.layer].name
    opaque = np.dstack([np.clip(np.rint(removed.left), 0, 255), np.full(removed.left.shape[:2], 255)]).astype(np.uint8)
    pictures = [
        _figure(own, f"{element.name}, as it was drawn"),
        _figure(poster.picture(without=index), "the true picture without it"),
        _figure(opaque, f"without layer {removed.layer}: {layer}"),
    ]
    words = f"{html.escape(element.name)}: {_scores(removed.isolation, removed.difference)}"
    return f"<div class='test'><p>{words}</p><div class='row'>{''.join(pictures)}</div></div>"


def _anchor(row: Measured) -> str:
    return f"{html.escape(row.kind)}-{row.seed}"


def _scores(isolation: float, removal: float) -> str:
    first, second = isolation >= GOOD_ISOLATION, removal <= GOOD_REMOVAL
    looks = ["good" if good else "bad" for good in (first, second)]
    return f"isolation <b class='{looks[0]}'>{isolation:.3f}</b>, removal <b class='{looks[1]}'>{removal:.3f}</b>"


def _figure(pixels: Pixels, caption: str) -> str:
    words = html.escape(caption)
    return f"<figure><img alt='{words}' src='{_data_url(pixels)}'><figcaption>{words}</figcaption></figure>"


def _data_url(pixels: Pixels) -> str:
    image = Image.fromarray(pixels)
    image.thumbnail((SHOWN_PX, SHOWN_PX), Image.Resampling.BOX)
    out = BytesIO()
    Image.alpha_composite(_checkerboard(*image.size), image).convert("RGB").save(out, "WEBP", quality=85)
    return f"data:image/webp;base64,{b64encode(out.getvalue()).decode()}"


def _checkerboard(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0:height, 0:width] // CHECK_PX
    shade = np.where((x + y) % 2, 255, 205).astype(np.uint8)
    return Image.fromarray(np.dstack([shade, shade, shade, np.full_like(shade, 255)]))
