"""The shapes of a slide as XML: pictures, groups, text boxes; and in what order they wait for clicks."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from model.export.outline import Item
from model.export.xml_text import xml_text

_WHOLE = 100_000
"""All of an alpha, in thousandths of a percent."""
_DEGREE = 60_000
_TURN = 360 * _DEGREE


@dataclass(frozen=True, slots=True)
class Rect:
    """Where a shape lies, in EMU, before it is turned about its middle."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Shape:
    """``xml`` of a shape and of all in it."""

    id: int
    rect: Rect
    xml: str


@dataclass(frozen=True, slots=True)
class Run:
    """A line of words; ``color`` is ``RRGGBB``."""

    text: str
    color: str


@dataclass(frozen=True, slots=True)
class Words:
    """How words stand in a box.

    Attributes:
        points: the size of the font in hundredths of a point.
        align: ``l``, ``ctr`` or ``r``.
        spacing: from a line to the next, of the font's own.
        angle: degrees clockwise.
    """

    runs: tuple[Run, ...]
    family: str
    points: int
    bold: bool
    italic: bool
    align: str
    rtl: bool
    spacing: float
    angle: float

    @property
    def text(self) -> str:
        return "\n".join(run.text for run in self.runs)


def picture(item: Item, id_: int, image: str, rect: Rect) -> Shape:
    """A picture; ``image`` is the id of the relation to its file."""
    faded = "" if item.opacity >= 1 else f'<a:alphaModFix amt="{round(item.opacity * _WHOLE)}"/>'
    xml = (
        f'<p:pic><p:nvPicPr>{_called(item, id_)}<p:cNvPicPr><a:picLocks noChangeAspect="1"/></p:cNvPicPr><p:nvPr/>'
        f'</p:nvPicPr><p:blipFill><a:blip r:embed="{image}">{faded}</a:blip><a:stretch><a:fillRect/></a:stretch>'
        f'</p:blipFill><p:spPr>{_place(rect)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
    )
    return Shape(id_, rect, xml)


def group(item: Item, id_: int, members: Sequence[Shape]) -> Shape:
    """Around its members, of which there is at least one."""
    left, top = min(one.rect.x for one in members), min(one.rect.y for one in members)
    right = max(one.rect.x + one.rect.width for one in members)
    bottom = max(one.rect.y + one.rect.height for one in members)
    rect = Rect(left, top, right - left, bottom - top)
    inner = f'<a:chOff x="{rect.x}" y="{rect.y}"/><a:chExt cx="{rect.width}" cy="{rect.height}"/>'
    xml = (
        f"<p:grpSp><p:nvGrpSpPr>{_called(item, id_)}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
        f"<p:grpSpPr>{_place(rect, inner=inner)}</p:grpSpPr>{''.join(one.xml for one in members)}</p:grpSp>"
    )
    return Shape(id_, rect, xml)


def text_box(item: Item, id_: int, rect: Rect, words: Words) -> Shape:
    """A box that grows with what is typed into it."""
    lines = f"<a:br>{_look(words, words.runs[0].color, item.opacity, 'rPr')}</a:br>".join(
        f"<a:r>{_look(words, run.color, item.opacity, 'rPr')}<a:t>{escape(xml_text(run.text))}</a:t></a:r>"
        for run in words.runs
    )
    rtl = ' rtl="1"' if words.rtl else ""
    xml = (
        f'<p:sp><p:nvSpPr>{_called(item, id_)}<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>'
        f'{_place(rect, words.angle)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody>'
        '<a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="t"><a:spAutoFit/></a:bodyPr><a:lstStyle/>'
        f'<a:p><a:pPr algn="{words.align}"{rtl}><a:lnSpc><a:spcPct val="{round(words.spacing * _WHOLE)}"/></a:lnSpc>'
        f"</a:pPr>{lines}</a:p></p:txBody></p:sp>"
    )
    return Shape(id_, rect, xml)


def clicks(ids: Sequence[int]) -> str:
    """The timing of a slide on which these shapes appear, one a click; nothing for none."""
    if not ids:
        return ""
    numbers = iter(range(3, 3 + 4 * len(ids)))
    steps = "".join(_click(id_, [next(numbers) for _ in range(4)]) for id_ in ids)
    turning = "".join(
        f'<p:{which}CondLst><p:cond evt="on{name}" delay="0"><p:tgtEl><p:sldTgt/></p:tgtEl></p:cond></p:{which}CondLst>'
        for which, name in (("prev", "Prev"), ("next", "Next"))
    )
    return (
        '<p:timing><p:tnLst><p:par><p:cTn id="1" dur="indefinite" restart="never" nodeType="tmRoot"><p:childTnLst>'
        '<p:seq concurrent="1" nextAc="seek"><p:cTn id="2" dur="indefinite" nodeType="mainSeq"><p:childTnLst>'
        f"{steps}</p:childTnLst></p:cTn>{turning}</p:seq></p:childTnLst></p:cTn></p:par></p:tnLst></p:timing>"
    )


def _click(shape: int, numbers: Sequence[int]) -> str:
    now = '<p:stCondLst><p:cond delay="0"/></p:stCondLst>'
    appears = (
        f'<p:set><p:cBhvr><p:cTn id="{numbers[3]}" dur="1" fill="hold">{now}</p:cTn>'
        f'<p:tgtEl><p:spTgt spid="{shape}"/></p:tgtEl><p:attrNameLst><p:attrName>style.visibility</p:attrName>'
        '</p:attrNameLst></p:cBhvr><p:to><p:strVal val="visible"/></p:to></p:set>'
    )
    effect = (
        f'<p:par><p:cTn id="{numbers[2]}" presetID="1" presetClass="entr" presetSubtype="0" fill="hold" '
        f'nodeType="clickEffect">{now}<p:childTnLst>{appears}</p:childTnLst></p:cTn></p:par>'
    )
    inner = f'<p:par><p:cTn id="{numbers[1]}" fill="hold">{now}<p:childTnLst>{effect}</p:childTnLst></p:cTn></p:par>'
    return (
        f'<p:par><p:cTn id="{numbers[0]}" fill="hold"><p:stCondLst><p:cond delay="indefinite"/></p:stCondLst>'
        f"<p:childTnLst>{inner}</p:childTnLst></p:cTn></p:par>"
    )


def _called(item: Item, id_: int) -> str:
    name = xml_text(item.name)
    hidden = "" if item.visible else ' hidden="1"'
    return f'<p:cNvPr id="{id_}" name={quoteattr(name)} descr={quoteattr(xml_text(item.text or name))}{hidden}/>'


def _place(rect: Rect, angle: float = 0.0, inner: str = "") -> str:
    turned = round(angle * _DEGREE) % _TURN
    rot = f' rot="{turned}"' if turned else ""
    return (
        f'<a:xfrm{rot}><a:off x="{rect.x}" y="{rect.y}"/><a:ext cx="{rect.width}" cy="{rect.height}"/>{inner}</a:xfrm>'
    )


def _look(words: Words, color: str, opacity: float, name: str) -> str:
    style = (' b="1"' if words.bold else "") + (' i="1"' if words.italic else "")
    alpha = "" if opacity >= 1 else f'<a:alpha val="{round(opacity * _WHOLE)}"/>'
    family = quoteattr(words.family)
    return (
        f'<a:{name} sz="{words.points}"{style}><a:solidFill><a:srgbClr val="{color}">{alpha}</a:srgbClr>'
        f"</a:solidFill><a:latin typeface={family}/><a:ea typeface={family}/><a:cs typeface={family}/></a:{name}>"
    )
