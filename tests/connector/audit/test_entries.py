from datetime import UTC, datetime
from typing import Any

import pytest

from connector.audit.entries import MAX_ENTRY, EntryKind, entry_bytes, make_entry, read_entry
from connector.audit.errors import EntryError
from connector.canonical import digest_bytes

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
DIGEST = digest_bytes(b"what is logged")
SALT = bytes(range(16))


def entry(**changes: Any) -> dict[str, Any]:
    return {**make_entry(EntryKind.CONTRACT, DIGEST, salt=SALT, time=NOW), **changes}


def test_an_entry_in_full() -> None:
    made = make_entry("receipt-of-delivery", DIGEST, salt=SALT, time=NOW, extra={"bytes": 3})

    assert entry_bytes(made).decode() == (
        f'{{"commitsTo":"{DIGEST}","extra":{{"bytes":3}},"format":"mmd-entry/1","kind":"receipt-of-delivery",'
        '"salt":"AAECAwQFBgcICQoLDA0ODw","time":"2026-11-23T04:05:06.000Z"}'
    )
    assert read_entry(entry_bytes(made)) == made


@pytest.mark.parametrize("kind", list(EntryKind))
def test_every_kind_can_be_logged(kind: EntryKind) -> None:
    assert read_entry(entry_bytes(make_entry(kind, DIGEST, salt=SALT, time=NOW)))["kind"] == kind.value


def test_two_entries_about_the_same_thing_differ_by_their_salt() -> None:
    assert entry_bytes(entry()) != entry_bytes(make_entry("contract", DIGEST, salt=SALT[::-1], time=NOW))


@pytest.mark.parametrize("length", [0, 15, 17])
def test_the_salt_is_never_left_out(length: int) -> None:
    with pytest.raises(EntryError, match="salt"):
        make_entry("contract", DIGEST, salt=bytes(length), time=NOW)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": "mmd-entry/2"}, "format"),
        ({"kind": "gossip"}, "kind"),
        ({"kind": None}, "kind"),
        ({"commitsTo": "sha256:abc"}, "commitsTo"),
        ({"commitsTo": 3}, "commitsTo"),
        ({"salt": ""}, "salt"),
        ({"salt": "AAECAwQFBgcICQoLDA0ODx"}, "salt"),  # stray bits in the last character
        ({"salt": 3}, "salt"),
        ({"time": "yesterday"}, "time"),
        ({"time": 3}, "time"),
        ({"time": "0001-01-01T00:00:00+10:00"}, "time"),
        ({"extra": []}, "extra"),
        ({"more": 1}, "exactly"),
        ({"extra": {"share": 0.5}}, "canonical"),
        ({"extra": {"long": "x" * MAX_ENTRY}}, "larger"),
    ],
)
def test_malformed_entries(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EntryError, match=sentence):
        entry_bytes(entry(**changes))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"[]", "object"),
        (b"{", "readable"),
        (b'{"a":1,"a":1}', "twice"),
        (entry_bytes(entry()) + b" ", "canonical form"),
        (b" " * (MAX_ENTRY + 1), "larger"),
    ],
)
def test_bytes_that_are_no_entry(data: bytes, sentence: str) -> None:
    with pytest.raises(EntryError, match=sentence):
        read_entry(data)
