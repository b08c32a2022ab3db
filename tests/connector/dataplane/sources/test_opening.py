from pathlib import Path

import pytest

from connector.dataplane.sources import SourceError, open_table
from connector.dataplane.sources.csv_file import CsvFile
from connector.dataplane.sources.xlsx_file import XlsxFile
from tests.connector.dataplane.sources.spreadsheets import workbook


def test_by_content_and_not_by_name(tmp_path: Path) -> None:
    sheet, text = tmp_path / "a.csv", tmp_path / "b.xlsx"
    sheet.write_bytes(workbook(("one", [["a"], [1]])))
    text.write_bytes(b"a,b\n1,2\n")
    assert isinstance(open_table(sheet), XlsxFile)
    assert isinstance(open_table(text), CsvFile)


def test_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There is no file here"):
        open_table(tmp_path)


def test_the_mark_of_a_locked_file_is_found_across_blocks(tmp_path: Path) -> None:
    mark = "EncryptedPackage".encode("utf-16-le")
    path = tmp_path / "locked.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * ((1 << 20) - 20) + mark)
    with pytest.raises(SourceError) as caught:
        open_table(path)
    assert caught.value.code == "xlsx-encrypted"
