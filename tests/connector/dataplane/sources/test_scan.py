from pathlib import Path

import pytest

from connector.dataplane.sources import scan
from connector.dataplane.sources.errors import SourceError
from connector.dataplane.sources.scan import line_of, scan_text


def scanned(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    return scan_text(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_letters_across_the_border_of_blocks(tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "이름,온도\n" + "건조기,21.5\n한글,x\n" * 20
    for block in (1, 2, 3, 7):
        monkeypatch.setattr(scan, "BLOCK", block)
        assert scanned(tmp_path, text.encode(encoding)) == encoding


def test_a_bad_byte_is_found_in_its_line_whatever_the_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for block in (1, 2, 5, 1000):
        monkeypatch.setattr(scan, "BLOCK", block)
        with pytest.raises(SourceError) as caught:
            scanned(tmp_path, "가,나\n1,2\n".encode() + b"\xff\xff,3\n")
        assert caught.value.line == 3


def test_lines_are_measured_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "BLOCK", 8)
    monkeypatch.setattr(scan, "MAX_LINE", 20)
    assert scanned(tmp_path, b"a,b\n" + b"123456789,12345\n" * 5) == "utf-8"
    with pytest.raises(SourceError) as caught:
        scanned(tmp_path, b"a,b\n1,2\n" + b"x" * 40 + b"\n")
    assert caught.value.line == 3


def test_line_of(tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_bytes(b"a\nb\nc")
    assert [line_of(path, offset) for offset in range(5)] == [1, 1, 2, 2, 3]
