"""The contract document as PDF: A4, the font embedded, nothing in it that depends on when or where it was made.

Fixed dates and ids (reportlab's invariant mode), so the same document gives the same bytes with the same version of the
library. What proves the document is the digest of its text, which stands on every page; a PDF's own bytes prove nothing.
"""

import io
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from importlib.resources import as_file, files
from typing import Any, Final

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from connector.contracts import document as contract
from connector.contracts.visible import code_point
from connector.texts import say

FONT: Final = "MMDContractSans"
_BLUE: Final = HexColor("#1f4e79")
_GREY: Final = HexColor("#555555")
_LINE: Final = HexColor("#dddddd")
_COLOURS: Final = {"E": HexColor("#1b6e3c"), "C": _BLUE, "P": HexColor("#8a5a00")}
_WARNING: Final = HexColor("#fff4d6")
_MARGIN: Final = 20 * mm
_PADDING: Final = 6
"""Points that the library leaves free on each side of a frame."""
_WIDTH: Final = A4[0] - 2 * _MARGIN - 2 * _PADDING
_LABEL: Final = 44 * mm
_TOGETHER: Final = 10
"""Tables of at most so many rows are not broken across pages."""
_BOTTOM: Final = 12 * mm
_TOP: Final = (("VALIGN", (0, 0), (-1, -1), "TOP"), ("FONTNAME", (0, 0), (-1, -1), FONT))
_ROW: Final = 1_200
"""Values of at most so many characters stand in a table; a row must fit on a page."""
_CHUNK: Final = 3_000
"""So many characters of a long text make one paragraph; a longer one would take long to be broken across pages."""


def as_pdf(document: contract.Document, text_digest: str) -> bytes:
    """The document as PDF; `text_digest` is that of the same document as text, printed on every page."""
    covered = _font()
    buffer = io.BytesIO()
    paper = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN + 4 * mm,
        title=_covered(f"{document.title} {document.agreement_id}", covered),
        author="my-manufacturing-data-connector",
        lang=document.lang,
        invariant=1,
    )
    story: list[Flowable] = [Paragraph(_safe(document.title, covered), _style(20, _BLUE, after=8))]
    for block in document.blocks:
        story.extend(_flow(block, document.lang, covered))
    footer = say("document.footer", document.lang, digest=text_digest)
    paper.build(story, canvasmaker=_numbered(document.lang, footer))
    return buffer.getvalue()


@lru_cache
def _font() -> frozenset[int]:
    """Register the font once; returns the characters that it has."""
    with as_file(files("connector.paper") / "fonts" / "mmd-contract-sans.ttf") as path:
        font = TTFont(FONT, str(path))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def _covered(text: str, covered: frozenset[int]) -> str:
    """What the font cannot show is written as its number: no empty boxes in a contract."""
    return "".join(letter if ord(letter) in covered else code_point(letter) for letter in text)


def _safe(text: str, covered: frozenset[int]) -> str:
    return escape(_covered(text, covered), quote=False)


@lru_cache
def _style(size: int, colour: Color | None = None, *, before: int = 0, after: int = 3) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}-{before}-{after}",
        fontName=FONT,
        bulletFontName=FONT,
        fontSize=size,
        leading=size * 1.5,
        textColor=colour or HexColor("#1a1a1a"),
        spaceBefore=before,
        spaceAfter=after,
        splitLongWords=1,
    )


def _flow(block: contract.Block, lang: str, covered: frozenset[int]) -> Iterator[Flowable]:
    if isinstance(block, contract.Heading):
        yield Paragraph(_safe(block.text, covered), ParagraphStyle("h", _style(13, _BLUE, before=12), keepWithNext=1))
    elif isinstance(block, contract.Paragraph):
        yield from _long(block.text, covered, _loud() if block.loud else _style(10))
    elif isinstance(block, contract.Verbatim):
        yield from _long(block.text, covered, _style(8, _GREY, after=0))
    elif isinstance(block, contract.ClauseBlock):
        yield from _clause(block, lang, covered)
    else:
        yield from _facts(block, covered)


def _long(text: str, covered: frozenset[int], style: ParagraphStyle) -> Iterator[Flowable]:
    """A text of any length, in pieces that can be broken across pages."""
    for start in range(0, len(text) or 1, _CHUNK):
        yield Paragraph(_safe(text[start : start + _CHUNK], covered), style)


@lru_cache
def _loud() -> ParagraphStyle:
    return ParagraphStyle("loud", _style(10, before=4, after=8), backColor=_WARNING, borderPadding=4)


def _clause(block: contract.ClauseBlock, lang: str, covered: frozenset[int]) -> Iterator[Flowable]:
    kept = f"{say(f'document.class_{block.enforcer}', lang)}: {block.kept}"
    if len(block.text) + len(kept) > _ROW:
        yield from _long(f"{block.number}. [{block.enforcer}] {block.text}", covered, _style(10))
        yield from _long(kept, covered, _style(8, _GREY))
        return
    mark = ParagraphStyle("mark", _style(10), textColor=white, alignment=TA_CENTER)
    row = [
        Paragraph(f"{block.number}.", _style(10)),
        Paragraph(block.enforcer, mark),
        [Paragraph(_safe(block.text, covered), _style(10)), Paragraph(_safe(kept, covered), _style(8, _GREY))],
    ]
    style = [*_TOP, ("BACKGROUND", (1, 0), (1, 0), _COLOURS.get(block.enforcer, _GREY)), *_padding(1)]
    yield KeepTogether([Table([row], colWidths=[10 * mm, 8 * mm, _WIDTH - 18 * mm], style=style), Spacer(1, 2 * mm)])


def _facts(block: contract.Facts, covered: frozenset[int]) -> Iterator[Flowable]:
    short = [(label, value) for label, value in block.rows if len(value) <= _ROW]
    if short:
        rows = [
            [
                Paragraph(_safe(label, covered), _style(9, _GREY, after=0)),
                Paragraph(_safe(value, covered), _style(9, after=0)),
            ]
            for label, value in short
        ]
        style = [*_TOP, ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE), ("LEFTPADDING", (0, 0), (0, -1), 0), *_padding(2)]
        table = Table(rows, colWidths=[_LABEL, _WIDTH - _LABEL], style=style)
        yield KeepTogether([table]) if len(rows) <= _TOGETHER else table
    for label, value in block.rows:
        if len(value) > _ROW:
            yield Paragraph(_safe(label, covered), _style(9, _GREY, before=3, after=0))
            yield from _long(value, covered, _style(9))
    yield Spacer(1, 3 * mm)


def _padding(points: int) -> tuple[tuple[Any, ...], ...]:
    return tuple((f"{side}PADDING", (0, 0), (-1, -1), points) for side in ("TOP", "BOTTOM"))


def _numbered(lang: str, footer: str) -> type[Canvas]:
    """A canvas that keeps its pages until it knows how many there are, then writes each with number and digest."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "initialFontName": FONT})
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - the library's name
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._kept, 1):
                self.__dict__.update(page)
                self.setFont(FONT, 7)
                self.setFillColor(_GREY)
                self.drawString(_MARGIN, _BOTTOM, footer)
                count = say("document.page", lang, page=number, pages=len(self._kept))
                self.drawRightString(A4[0] - _MARGIN, _BOTTOM, count)
                super().showPage()
            super().save()

    return Numbered
