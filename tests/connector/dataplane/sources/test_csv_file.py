import csv
import io
import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connector.dataplane.sources import inspect_file, open_table
from connector.dataplane.sources.csv_file import DELIMITERS

_ENCODINGS = ["utf-8", "utf-8-sig", "cp949", "utf-16"]
_LETTERS = string.ascii_letters + "가나다라마건조온도"
_TEXT = st.text(_LETTERS + string.digits + ' ,;\t|"\n.-', max_size=8)
_NAME = st.text(_LETTERS, min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(
    names=st.lists(_NAME, min_size=2, max_size=5, unique=True),
    data=st.data(),
    encoding=st.sampled_from(_ENCODINGS),
    delimiter=st.sampled_from(DELIMITERS),
    line_end=st.sampled_from(["\n", "\r\n"]),
    size=st.integers(1, 30),
)
def test_what_was_written_is_read(
    names: list[str], data: st.DataObject, encoding: str, delimiter: str, line_end: str, size: int
) -> None:
    width = len(names)
    rows = data.draw(st.lists(st.lists(_TEXT, min_size=width, max_size=width), min_size=1, max_size=12))
    assume(any(character.strip() for row in rows for cell in row for character in cell))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        table = open_table(path)
        read = [row for batch in table.batches(size) for row in batch.rows]
        assert table.columns == tuple(names)
        assert read == rows
        assert table.format.delimiter == delimiter
        plain = text.getvalue().isascii() and encoding == "cp949"
        assert table.format.encoding == ("utf-8" if plain else encoding)
        assert all(len(batch.rows) <= size for batch in table.batches(size))
        facts = inspect_file(path)
        assert (facts.profile.rows, facts.byte_size) == (len(rows), path.stat().st_size)


def table_of(tmp_path: Path, data: bytes) -> list[list[object]]:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    return [list(row) for batch in open_table(path).batches() for row in batch.rows]


def test_a_table_of_one_column(tmp_path: Path) -> None:
    assert table_of(tmp_path, b"speed\n1\n2\n") == [["1"], ["2"]]


def test_commas_inside_numbers_do_not_make_the_delimiter(tmp_path: Path) -> None:
    assert table_of(tmp_path, b"a;b\n1,5;2,5\n3,5;4,5\n") == [["1,5", "2,5"], ["3,5", "4,5"]]


def test_blank_lines_and_blanks_around_names(tmp_path: Path) -> None:
    assert table_of(tmp_path, b"\n a , b\n\n1,2\n\n\n3,4\n\n") == [["1", "2"], ["3", "4"]]


def test_lines_of_an_old_mac(tmp_path: Path) -> None:
    assert table_of(tmp_path, b"a,b\r1,2\r3,4\r") == [["1", "2"], ["3", "4"]]


def test_a_bracket_does_not_make_json(tmp_path: Path) -> None:
    assert table_of(tmp_path, b"[K],[bar]\n1,2\n") == [["1", "2"]]


def test_korean_after_a_long_ascii_beginning(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 400_000 + "3,건조\n".encode("cp949"))
    assert open_table(path).format.encoding == "cp949"


def test_batches_can_be_read_twice_and_left_early(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 500)
    table = open_table(path)
    first = next(iter(table.batches(10)))
    assert len(first.rows) == 10
    assert sum(len(batch.rows) for batch in table.batches(7)) == 500


def test_long_rows_make_small_batches(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" + (b"1," + b"x" * 100_000 + b"\n") * 250)
    sizes = [len(batch.rows) for batch in open_table(path).batches(2000)]
    assert sum(sizes) == 250
    assert max(sizes) <= 200


def test_a_quote_inside_a_field(tmp_path: Path) -> None:
    assert table_of(tmp_path, b'pipe,n\n5" pipe,1\n"say ""hi""",2\n') == [['5" pipe', "1"], ['say "hi"', "2"]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_line_of_a_defect_is_right_below_texts_of_many_lines(tmp_path: Path, line_end: str) -> None:
    from connector.dataplane.sources import SourceError

    lines = ["a,b", *['"x', 'y",2'] * 150, "1,2,3"]
    path = tmp_path / "t.csv"
    path.write_bytes(line_end.join(lines).encode())
    with pytest.raises(SourceError) as caught:
        list(open_table(path).batches())
    assert caught.value.line == 302
