import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from connector.zip_entries import EntryCounter


def stored(contents: list[bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"contracts/{number:06d}.zip", content)
    return buffer.getvalue()


@given(st.lists(st.binary(max_size=90), max_size=5), st.integers(1, 200))
def test_in_pieces_of_any_size_all_entries_are_counted(contents: list[bytes], size: int) -> None:
    data, counter = stored(contents), EntryCounter()
    counts = [counter.feed(data[at : at + size]) for at in range(0, len(data), size)]
    assert counts == sorted(counts)
    assert counts[-1] == counter.complete == len(contents)


def test_an_entry_counts_when_its_last_byte_has_come() -> None:
    data, counter = stored([b"x" * 50, b"y"]), EntryCounter()
    second = data.index(b"PK\x03\x04", 4)
    assert counter.feed(data[: second - 1]) == 0
    assert counter.feed(data[second - 1 : second + 10]) == 1


def test_an_entry_that_holds_a_header_is_one_entry() -> None:
    assert EntryCounter().feed(stored([stored([b"inner", b"inner"])])) == 1


def test_what_is_no_zip_is_not_counted() -> None:
    assert EntryCounter().feed(b"<html>" * 99) == 0
