"""The PDF: the same document gives the same bytes, the font is inside, hostile words stay words."""

import re

import pytest

from connector.contracts.document import ClauseBlock, Document, Facts, Heading, Paragraph, Verbatim
from connector.contracts.shown import Lang
from connector.paper import as_pdf

HOSTILE = "<b>bold</b> & </para> 한글 \u6f22 [U+202E]"


def document(lang: Lang = "ko", value: str = HOSTILE) -> Document:
    return Document(
        lang,
        "데이터 계약서",
        "urn:uuid:1",
        "2026-11-23T09:00:02.000Z",
        (
            Paragraph("경고", loud=True),
            Heading("1. 당사자"),
            Facts((("이름", value), ("길다", "x" * 5000))),
            ClauseBlock(1, "E", value, value),
            Verbatim("{" + "가" * 7000 + "}"),
        ),
    )


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_same_document_gives_the_same_bytes(lang: Lang) -> None:
    one = as_pdf(document(lang), "sha256:aa")
    assert one == as_pdf(document(lang), "sha256:aa")
    assert one != as_pdf(document(lang), "sha256:bb")
    assert one.startswith(b"%PDF-")


def test_the_font_is_embedded_and_no_other_is_named() -> None:
    data = as_pdf(document(), "sha256:aa")
    fonts = re.findall(rb"/BaseFont /([\w+]+)", data)
    assert {name.partition(b"+")[2] for name in fonts} == {b"MMDContractSans"}
    assert data.count(b"/FontFile2") >= 1
    assert b"/JavaScript" not in data
    assert b"/Launch" not in data


def test_it_says_nothing_of_the_moment_or_the_machine() -> None:
    data = as_pdf(document(), "sha256:aa")
    assert set(re.findall(rb"/(?:Creation|Mod)Date \(D:(\d{4})", data)) == {b"2000"}


def test_long_values_go_on_across_pages() -> None:
    data = as_pdf(document(value="가나다 " * 3000), "sha256:aa")
    assert int(re.findall(rb"/Count (\d+)", data)[0]) > 3
