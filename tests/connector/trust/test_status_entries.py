from typing import Any

import pytest

from connector.trust.errors import CredentialInvalid
from connector.trust.status_entries import MAX_ENTRIES, StatusEntry, read_status_entries, write_status_entry

ENTRY = StatusEntry("revocation", 94567, "https://authority.example/list")
GOOD = write_status_entry(ENTRY, type_="BitstringStatusListEntry")


def test_what_is_written_is_read() -> None:
    assert read_status_entries(GOOD) == (ENTRY,)
    assert GOOD["statusListIndex"] == "94567"


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "StatusList2021Entry"},
        {"type": ["StatusList2021Entry", "Other"]},
        {"id": "0c2fd4d2-98a5-4d3c-9d4c-b7a3d4f6c111"},
        {"statusListIndex": 94567},
        {"statusSize": 1},
    ],
)
def test_other_shapes_that_say_the_same(changes: dict[str, Any]) -> None:
    assert read_status_entries([{**GOOD, **changes}]) == (ENTRY,)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"type": "RevocationList2020Status"}, "cannot be looked up"),
        ({"type": None}, "cannot be looked up"),
        ({"statusPurpose": ""}, "statusPurpose"),
        ({"statusPurpose": ["revocation"]}, "statusPurpose"),
        ({"statusListIndex": "-1"}, "statusListIndex"),
        ({"statusListIndex": "01"}, "statusListIndex"),
        ({"statusListIndex": "9" * 11}, "statusListIndex"),
        ({"statusListIndex": "١"}, "statusListIndex"),
        ({"statusListIndex": 1.5}, "statusListIndex"),
        ({"statusListIndex": True}, "statusListIndex"),
        ({"statusListCredential": "file:///etc/passwd"}, "statusListCredential"),
        ({"statusListCredential": None}, "statusListCredential"),
        ({"statusListCredential": "https://" + "x" * 3000}, "statusListCredential"),
        ({"statusSize": 2}, "statusSize"),
    ],
)
def test_entries_that_cannot_be_judged(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CredentialInvalid, match=sentence):
        read_status_entries({**GOOD, **changes})


@pytest.mark.parametrize("value", [None, "x", [], [GOOD] * (MAX_ENTRIES + 1), [GOOD, 3], {}])
def test_what_is_no_status(value: Any) -> None:
    with pytest.raises(CredentialInvalid, match="credentialStatus"):
        read_status_entries(value)
