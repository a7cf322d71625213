"""The parts of a PPTX that are the same in all: one master, one blank layout, one theme; and the lists of parts.

ECMA-376 (Office Open XML), transitional, as PowerPoint itself writes it.
"""

from collections.abc import Iterable, Sequence

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NAMESPACES = f'xmlns:a="{A}" xmlns:r="{R}" xmlns:p="{P}"'

_TYPES = {
    "ppt/presentation.xml": "presentationml.presentation.main",
    "ppt/slideMasters/slideMaster1.xml": "presentationml.slideMaster",
    "ppt/slideLayouts/slideLayout1.xml": "presentationml.slideLayout",
    "ppt/theme/theme1.xml": "theme",
    "docProps/app.xml": "extended-properties",
}
_ROOT = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)
_MAP = (
    'bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" '
    'accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"'
)
_INHERITED = "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>"
_COLOURS = {
    "dk1": "000000", "lt1": "FFFFFF", "dk2": "44546A", "lt2": "E7E6E6", "accent1": "4472C4", "accent2": "ED7D31",
    "accent3": "A5A5A5", "accent4": "FFC000", "accent5": "5B9BD5", "accent6": "70AD47", "hlink": "0563C1",
    "folHlink": "954F72",
}  # fmt: skip
_FILL = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'


def part(xml: str) -> bytes:
    """A part's bytes."""
    return (_DECLARED + xml).encode()


def fixed(slides: int, size: tuple[int, int], said: str) -> Iterable[tuple[str, bytes]]:
    """All parts but the slides and their pictures, by name; the list of types comes first.

    Args:
        size: of the slides, in EMU.
        said: about the whole.
    """
    yield "[Content_Types].xml", _types(slides)
    yield "_rels/.rels", relations(
        [("officeDocument", "ppt/presentation.xml"), ("extended-properties", "docProps/app.xml"),
         (_CORE, "docProps/core.xml")]
    )  # fmt: skip
    yield (
        "docProps/app.xml",
        part(
            f'<Properties xmlns="{R.rpartition("/")[0]}/extended-properties">'
            "<Application>Lamina</Application></Properties>"
        ),
    )
    yield (
        "docProps/core.xml",
        part(
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>{said}</dc:description></cp:coreProperties>'
        ),
    )
    yield "ppt/presentation.xml", part(_presentation(slides, size))
    yield "ppt/_rels/presentation.xml.rels", relations(
        [("slideMaster", "slideMasters/slideMaster1.xml"), ("theme", "theme/theme1.xml"),
         *(("slide", f"slides/slide{number}.xml") for number in range(1, slides + 1))]
    )  # fmt: skip
    yield "ppt/slideMasters/slideMaster1.xml", part(_MASTER)
    yield (
        "ppt/slideMasters/_rels/slideMaster1.xml.rels",
        relations([("slideLayout", "../slideLayouts/slideLayout1.xml"), ("theme", "../theme/theme1.xml")]),
    )
    yield "ppt/slideLayouts/slideLayout1.xml", part(_LAYOUT)
    yield (
        "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
        relations([("slideMaster", "../slideMasters/slideMaster1.xml")]),
    )
    yield "ppt/theme/theme1.xml", part(_theme())


def slide(shapes: str, timing: str) -> bytes:
    """A slide's part."""
    return part(
        f"<p:sld {NAMESPACES}><p:cSld><p:spTree>{_ROOT}{shapes}</p:spTree></p:cSld>{_INHERITED}{timing}</p:sld>"
    )


def relations(targets: Sequence[tuple[str, str]]) -> bytes:
    """What a part leads to: kinds and names, in the order of their ids, the first of which is ``rId1``."""
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{kind if ":" in kind else f"{R}/{kind}"}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return part(f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>')


_CORE = f"{_PACKAGE}/relationships/metadata/core-properties"


def _types(slides: int) -> bytes:
    names = {
        **_TYPES,
        **{f"ppt/slides/slide{number}.xml": "presentationml.slide" for number in range(1, slides + 1)},
    }
    told = "".join(
        f'<Override PartName="/{name}" ContentType="{_OFFICE}.{type_}+xml"/>' for name, type_ in names.items()
    )
    return part(
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{told}<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _presentation(slides: int, size: tuple[int, int]) -> str:
    ids = "".join(f'<p:sldId id="{255 + number}" r:id="rId{2 + number}"/>' for number in range(1, slides + 1))
    return (
        f'<p:presentation {NAMESPACES}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/>'
        f"</p:sldMasterIdLst><p:sldIdLst>{ids}</p:sldIdLst>"
        f'<p:sldSz cx="{size[0]}" cy="{size[1]}"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>'
    )


_MASTER = (
    f'<p:sldMaster {NAMESPACES}><p:cSld><p:bg><p:bgRef idx="1001"><a:schemeClr val="bg1"/></p:bgRef></p:bg>'
    f"<p:spTree>{_ROOT}</p:spTree></p:cSld><p:clrMap {_MAP}/>"
    '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst>'
    "<p:txStyles><p:titleStyle/><p:bodyStyle/><p:otherStyle/></p:txStyles></p:sldMaster>"
)
_LAYOUT = (
    f'<p:sldLayout {NAMESPACES} type="blank" preserve="1"><p:cSld name="Blank"><p:spTree>{_ROOT}</p:spTree></p:cSld>'
    f"{_INHERITED}</p:sldLayout>"
)


def _theme() -> str:
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in _COLOURS.items())
    font = '<a:latin typeface="{}"/><a:ea typeface=""/><a:cs typeface=""/>'
    line = '<a:ln w="{}">' + _FILL + "</a:ln>"
    return (
        f'<a:theme xmlns:a="{A}" name="Lamina"><a:themeElements><a:clrScheme name="Lamina">{colours}</a:clrScheme>'
        f'<a:fontScheme name="Lamina"><a:majorFont>{font.format("Calibri Light")}</a:majorFont>'
        f"<a:minorFont>{font.format('Calibri')}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="Lamina"><a:fillStyleLst>{3 * _FILL}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line.format(6350)}{line.format(12700)}{line.format(19050)}</a:lnStyleLst>"
        f"<a:effectStyleLst>{3 * '<a:effectStyle><a:effectLst/></a:effectStyle>'}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{3 * _FILL}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
