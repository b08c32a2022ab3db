"""Broken files, each named after what is wrong with it, with the sentence that its owner reads."""

from dataclasses import dataclass
from typing import Any

from tests.connector.dataplane.sources.spreadsheets import locked_zip, package, parts_of, workbook

_GOOD = workbook(("data", [["a", "b"], [1, 2]]))
_BOMB = {**parts_of(_GOOD), "xl/media/zeros.bin": b"\0" * 3_000_000}
_ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets>&b;</sheets></workbook>'
)


@dataclass(frozen=True)
class Defect:
    name: str
    data: bytes
    code: str
    english: str
    korean: str
    line: int | None = None


def _d(name: str, data: bytes, code: str, english: str, korean: str, line: int | None = None) -> Any:
    return Defect(name, data, code, english, korean, line)


DEFECTS: tuple[Defect, ...] = (
    _d("empty", b"", "empty", "The file is empty.", "비어 있습니다"),
    _d("only-a-mark", b"\xef\xbb\xbf", "empty", "The file is empty.", "비어 있습니다"),
    _d("only-blank-lines", b"\r\n\r\n , ,\n", "empty", "The file is empty.", "비어 있습니다"),
    _d("utf16-without-text", b"\xff\xfe\n\0", "empty", "The file is empty.", "비어 있습니다"),
    _d("header-alone", b"a,b\n", "no-rows", "not one row of data below it", "자료 행이 없습니다"),
    _d("no-header", b"1,2.5,-3\n4,5,6\n", "no-header", "only numbers (1, 2.5, -3)", "첫 행이 숫자뿐"),
    _d("blank-name", b"a,,c\n1,2,3\n", "blank-name", "Column 2 has no name in the header", "2번째 열에 이름이 없습니다"),
    _d("comma-at-the-end", b"a,b,\n1,2,\n", "blank-name", "a comma at the end of the header", "끝의 쉼표"),
    _d("same-name", b"a,b,a\n1,2,3\n", "same-name", "'a' stands twice in the header (columns 1 and 3)", "1번째와 3번째 열"),
    _d("too-many-columns", ",".join(f"c{n}" for n in range(2001)).encode() + b"\n", "many-columns",
       "2,001 columns; at most 2,000", "2,001개"),
    _d("a-field-too-many", b"a,b\n1,2\n1,2,3\n", "broken-line",
       "Line 3 has 3 fields, but the header has 2. Look at that line: a comma too many", "3번째 줄은 3칸인데 머리글은 2칸", 3),
    _d("a-field-too-few", b"a;b\n1;2\n\n1\n", "broken-line", "Line 4 has 1 fields, but the header has 2", "쌍반점", 4),
    _d("broken-below-a-text-of-two-lines", b'a,b\n"x\ny",2\n1\n', "broken-line", "Line 4 has 1 fields", "4번째 줄은 1칸", 4),
    _d("quote-never-closed", b'a,b\n1,2\n3,"x\n4,5\n', "quote", "row that begins at line 3 do not match", "3번째 줄에서 시작하는 행의 따옴표", 3),
    _d("text-after-a-quote", b'a,b\n1,2\n3,"x"y\n', "quote", "row that begins at line 3 do not match", "따옴표", 3),
    _d("quote-over-half-the-file", b'a,b\n1,2\n3,"' + b"x,y\n" * 50_000, "long-field",
       "at line 3 is longer than can be read. Most likely a quotation mark", "3번째 줄", 3),
    _d("line-without-end", b"a,b\n1," + b"x" * 2_200_000, "long-line", "Line 2 is longer than 1,000,000 characters", "2번째 줄이", 2),
    _d("utf16-line-without-end", b"\xff\xfe" + ("a,b\n1," + "x" * 2_200_000).encode("utf-16-le"), "long-line",
       "Line 2 is longer than 1,000,000", "2번째 줄이", 2),
    _d("nul", b"a,b\n1,2\n3,\x004\n" + b"5,6\n" * 20, "nul", "Line 3 holds a NUL byte", "3번째 줄에", 3),
    _d("utf16-nul", "a,b\n1,\0\n".encode("utf-16"), "nul", "Line 2 holds a NUL byte", "2번째 줄에", 2),
    _d("utf16-without-mark", "a,b\n1,2\n".encode("utf-16-le"), "binary", "This is binary data, not a table", "표가 아니라"),
    _d("no-encoding", b"a,b\n1,2\n\xff\xff\xff,\xff\n", "encoding", "Line 3 is in no encoding that can be told", "3번째 줄의 글자 부호", 3),
    _d("mark-of-utf8-but-cp949", b"\xef\xbb\xbf" + "가,나\n".encode("cp949"), "encoding", "Line 1 is in no encoding", "1번째 줄", 1),
    _d("utf16-cut-off", "a,b\n1,2".encode("utf-16")[:-1], "encoding", "Line 2 is in no encoding", "2번째 줄", 2),
    _d("western", b"T [\xb0C],b\n1,2\n", "western", "Line 1 looks like Western European text", "서유럽", 1),
    _d("pdf", b"%PDF-1.7\n", "binary", "This is PDF, not a table. Save the data as CSV (UTF-8) or XLSX.", "표가 아니라 PDF"),
    _d("picture", b"\x89PNG\r\n\x1a\n\0\0", "binary", "This is PNG", "PNG"),
    _d("gzip", b"\x1f\x8b\x08\0", "binary", "This is gzip", "gzip"),
    _d("controls", bytes(range(1, 32)) * 5, "binary", "This is binary data", "표가 아니라"),
    _d("html", b"\n<!DOCTYPE html><html><body>Please log in</body></html>", "markup", "This is HTML, not a table", "HTML"),
    _d("xml", b'<?xml version="1.0"?><a/>', "markup", "This is XML", "XML"),
    _d("json", b'{"a": 1}', "markup", "This is JSON", "JSON"),
    _d("json-list", b'[\n {"a": 1}]', "markup", "This is JSON", "JSON"),
    _d("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xls-old", "the old Office format (XLS)", "옛 형식"),
    _d("locked", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "xlsx-encrypted",
       "protected by a password", "암호로 잠긴"),
    _d("locked-parts", locked_zip(_GOOD), "xlsx-encrypted", "protected by a password", "암호로 잠긴"),
    _d("a-zip", package({"a.csv": b"a,b\n1,2\n"}), "binary", "This is ZIP, not a table", "ZIP"),
    _d("an-empty-zip", package({}), "binary", "This is ZIP, not a table", "ZIP"),
    _d("cut-off", _GOOD[: len(_GOOD) // 2], "xlsx-broken", "damaged or is no XLSX", "손상되었거나"),
    _d("without-workbook", package({**parts_of(_GOOD), "xl/workbook.xml": b"<oops"}), "xlsx-broken", "damaged", "손상"),
    _d("entities", package({**parts_of(_GOOD), "xl/workbook.xml": _ENTITIES}), "xlsx-broken", "damaged", "손상"),
    _d("broken-sheet", package({**parts_of(_GOOD), "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}), "xlsx-broken",
       "damaged", "손상"),
    _d("zip-bomb", package(_BOMB), "xlsx-bomb", "nothing packed more than 200 times", "200배 압축"),
    _d("no-cells", workbook(("one", []), ("two", [[None, ""]])), "xlsx-no-cells", "No sheet of this spreadsheet holds any cell", "값이 없습니다"),
    _d("sheet-without-rows", workbook(("one", [["a", "b"]])), "no-rows", "not one row of data", "자료 행이 없습니다"),
    _d("sheet-without-names", workbook(("one", [[1, 2], [3, 4]])), "no-header", "only numbers (1, 2)", "숫자뿐"),
    _d("sheet-with-a-gap-in-the-names", workbook(("one", [["a", None, "c"], [1, 2, 3]])), "blank-name", "Column 2 has no name", "2번째 열"),
    _d("sheet-with-a-wider-row", workbook(("one", [["a", "b"], [1, 2], [1, 2, 3]])), "broken-line", "Line 3 has 3 fields", "3번째 줄은", 3),
)  # fmt: skip
