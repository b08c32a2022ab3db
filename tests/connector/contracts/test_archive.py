import io
import stat
import struct
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.contracts import archive as container
from connector.contracts.archive import MAX_ENTRIES, MAX_FILE, read_archive, write_archive
from connector.contracts.errors import ContractError

FILES = {"manifest.json": b"{}", "signatures/P.json": b'{"a":1}' * 50, "log/provider/proof.tlog": b"text"}


def zipped(*entries: tuple[zipfile.ZipInfo | str, bytes], **options: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(ContractError) as caught:
        read_archive(data)
    assert caught.value.sentence
    return caught.value.code


def test_what_is_written_is_read_from_bytes_and_from_a_stream() -> None:
    data = write_archive(FILES)
    assert read_archive(data) == FILES
    assert read_archive(io.BytesIO(data)) == FILES


def test_the_same_files_give_the_same_bytes_in_any_order() -> None:
    assert write_archive(dict(reversed(FILES.items()))) == write_archive(FILES)


def test_no_zip() -> None:
    assert refusal(b"") == refusal(b"hello") == refusal(b"%PDF-1.7") == "zip-not"


@given(st.data())
@settings(max_examples=40)
def test_cut_short_anywhere(data: st.DataObject) -> None:
    archive = write_archive(FILES)
    length = data.draw(st.integers(4, len(archive) - 1))
    assert refusal(archive[:length]) == "zip-truncated"


def test_something_appended_or_put_before() -> None:
    archive = write_archive(FILES)
    assert refusal(archive + b"more") == "zip-truncated"
    assert refusal(b"#!/bin/sh\n" + archive) == "zip-not"
    assert refusal(b"PK\x03\x04" + archive) == "zip-damaged"


def test_a_comment_is_refused_because_it_could_hide_another_end() -> None:
    data = bytearray(write_archive(FILES))
    data[-2:] = struct.pack("<H", 3)
    assert refusal(bytes(data) + b"abc") == "zip-truncated"
    assert refusal(bytes(data)) == "zip-damaged"


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_changed_byte_gives_the_same_files_or_a_clear_refusal(data: st.DataObject) -> None:
    archive = bytearray(write_archive(FILES))
    place = data.draw(st.integers(0, len(archive) - 1))
    archive[place] ^= data.draw(st.integers(1, 255))
    try:
        found = read_archive(bytes(archive))
    except ContractError:
        return
    # What does not count in a ZIP (times, attributes), or a name: the contents are the same.
    assert list(found.values()) == list(read_archive(write_archive(FILES)).values())


@pytest.mark.parametrize(
    "name",
    [
        "../escape.json",
        "/etc/passwd.json",
        "a/../../b.json",
        "a\\b.json",
        "C:/windows.json",
        "a//b.json",
        "./a.json",
        "no-extension",
        "a b.json",
        "ä.json",
        "a/b/c/d/e.json",
        "x" * 300,
    ],
)
def test_names_that_could_leave_the_folder_or_confuse(name: str) -> None:
    assert refusal(zipped((name, b"{}"))) == "zip-name"


def test_a_name_with_a_hidden_end() -> None:
    data = zipped(("abc.json_x.json", b"{}")).replace(b"abc.json_x.json", b"abc.json\0x.json")
    assert refusal(data) == "zip-name"


def test_links_and_devices() -> None:
    for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFCHR):
        link = zipfile.ZipInfo("link.json")
        link.create_system = 3
        link.external_attr = (kind | 0o777) << 16
        assert refusal(zipped((link, b"/etc/passwd"))) == "zip-link"


def test_a_name_twice_also_in_other_letters() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zipped(("a.json", b"1"), ("a.json", b"2"))
    assert refusal(twice) == "zip-twice"
    assert refusal(zipped(("a.json", b"1"), ("A.json", b"2"))) == "zip-twice"


def test_bombs() -> None:
    assert refusal(zipped(("bomb.json", bytes(3_000_000)))) == "zip-bomb"
    assert refusal(zipped(("large.json", bytes(MAX_FILE + 1)))) == "zip-bomb"


def test_a_bomb_that_lies_about_its_size() -> None:
    size = 3_000_000
    data = zipped(("bomb.json", bytes(size))).replace(struct.pack("<L", size), struct.pack("<L", 100))
    assert refusal(data) == "zip-damaged"


def test_too_many_entries() -> None:
    data = bytearray(write_archive(FILES))
    data[-14:-10] = struct.pack("<HH", MAX_ENTRIES + 1, MAX_ENTRIES + 1)
    assert refusal(bytes(data)) == "zip-entries"


def test_too_large_a_file_is_not_read_to_its_end() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            assert size > 0
            return bytes(size)

    with pytest.raises(ContractError) as caught:
        read_archive(Endless())  # type: ignore[arg-type]
    assert caught.value.code == "zip-too-large"


def test_encrypted_and_strange_methods() -> None:
    data = bytearray(zipped(("a.json", b"{}")))
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    assert refusal(bytes(data)) == "zip-method"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.json", b"{}")
    assert refusal(buffer.getvalue()) == "zip-method"


def answer(data: bytes) -> Any:
    try:
        return read_archive(data)
    except ContractError as error:
        return error.code, error.facts


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_our_own_layout_is_read_as_zipfile_reads_it_also_when_it_is_damaged(
    monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    archive = bytearray(write_archive({**FILES, "status/a.jwt": bytes(70_000)}))
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(archive) - 1))
        archive[place] ^= data.draw(st.sampled_from([1, 2, 8, 64, 128, 255]))
    found = answer(bytes(archive))
    with monkeypatch.context() as patch:
        patch.setattr(container, "_read_plain", lambda *_: None)
        assert answer(bytes(archive)) == found


def test_the_layout_of_our_own_writer_is_read_without_zipfile(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = write_archive(FILES)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert read_archive(archive) == FILES


def test_the_same_packed_bytes_under_another_checksum_are_damaged() -> None:
    files = {"a.json": b"one" * 9, "b.json": b"one" * 9}
    data = bytearray(write_archive(files))
    assert read_archive(bytes(data)) == files
    wrong = struct.pack("<L", zlib.crc32(b"two" * 9))
    last = struct.pack("<L", zlib.crc32(b"one" * 9))
    data[data.rfind(last) : data.rfind(last) + 4] = wrong
    assert refusal(bytes(data)) == "zip-damaged"


def by_zipfile(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = container._method(files[name])
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


@given(
    st.dictionaries(
        st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9가]{1,8}){0,2}\.json", fullmatch=True),
        st.binary(max_size=300) | st.integers(0, 200_000).map(bytes),
        max_size=6,
    )
)
@settings(max_examples=60, deadline=None)
def test_the_bytes_are_those_of_zipfile(files: dict[str, bytes]) -> None:
    assert write_archive(files) == by_zipfile(files)
