"""Where a credential says its status can be looked up: `credentialStatus` (BitstringStatusList 1.0; StatusList2021)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from connector.ids import is_iri
from connector.trust.errors import CredentialInvalid, shown

ENTRY_TYPES: Final = frozenset({"StatusList2021Entry", "BitstringStatusListEntry"})
"""Either is read in either data model: peers put the newer one into older credentials."""
REVOCATION: Final = "revocation"
SUSPENSION: Final = "suspension"
HARMLESS: Final = frozenset({"refresh", "message"})
"""Purposes that say nothing against a credential."""
MAX_ENTRIES: Final = 8
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """One entry: which bit of which list.

    Attributes:
        purpose: what a set bit means.
        index: the bit's place, from the left.
        list_url: where the list is.
    """

    purpose: str
    index: int
    list_url: str


def read_status_entries(value: object) -> tuple[StatusEntry, ...]:
    """The entries of a `credentialStatus`.

    Raises:
        CredentialInvalid: not one or several objects of a type that can be looked up here. Who cannot tell whether a
            credential was revoked must not believe it.
    """
    items = value if isinstance(value, list) else [value]
    if not 0 < len(items) <= MAX_ENTRIES:
        raise CredentialInvalid(f"credentialStatus holds no entry, or more than {MAX_ENTRIES}")
    return tuple(_entry(item) for item in items)


def write_status_entry(entry: StatusEntry, *, type_: str) -> dict[str, Any]:
    """The entry as a credential holds it."""
    return {
        "id": f"{entry.list_url}#{entry.index}",
        "type": type_,
        "statusPurpose": entry.purpose,
        "statusListIndex": str(entry.index),
        "statusListCredential": entry.list_url,
    }


def _entry(item: object) -> StatusEntry:
    if not isinstance(item, dict):
        raise CredentialInvalid("a credentialStatus is no JSON object")
    types = item.get("type")
    named = [one for one in (types if isinstance(types, list) else [types]) if isinstance(one, str)]
    if not ENTRY_TYPES & set(named):
        raise CredentialInvalid(f"the credentialStatus is of the type {shown(types)}, which cannot be looked up here")
    if item.get("statusSize", 1) != 1 and item.get("statusPurpose") not in HARMLESS:
        raise CredentialInvalid("a credentialStatus with a statusSize other than 1 cannot be judged")
    return StatusEntry(
        purpose=_text(item, "statusPurpose", lambda text: 0 < len(text) <= 64),  # noqa: PLR2004 - a word
        index=int(_text(item, "statusListIndex", lambda text: _INDEX.fullmatch(text) is not None)),
        list_url=_text(item, "statusListCredential", lambda text: is_iri(text) and text.startswith("http")),
    )


def _text(item: dict[str, Any], name: str, holds: Callable[[str], bool]) -> str:
    value = item.get(name)
    if type(value) is int:  # written as a number by some
        value = str(value)
    if not isinstance(value, str) or not holds(value):
        raise CredentialInvalid(f"the {name} of a credentialStatus is missing or unusable")
    return value
