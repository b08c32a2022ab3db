"""The layout of an evidence file of format "mmd-evidence/1"; `docs/evidence.md` is its description."""

import re
from collections.abc import Mapping
from typing import Final

from connector.clock import format_time, parse_time
from connector.contracts.vocabulary import ROLES

MANIFEST: Final = "manifest.json"
STATEMENT: Final = "statement.json"
AGREEMENT: Final = "agreement.json"
DATASET: Final = "dataset.json"
DOCUMENT: Final = "document.json"
SIGNATURE_NAMES: Final = ("P", "C", "R", "T")
POLICY: Final = "witnesses.txt"
ANNEXES: Final = "annexes/"
SHOWN: Final = "shown/"
EXPORTERS_COPY: Final = "exporter's copy"
"""The label of a message: its sender's contract key has not signed it (architecture 5, 12)."""

_NUMBER: Final = r"(?!0000)[0-9]{4,5}"
_ROLE: Final = "(?:" + "|".join(ROLES) + ")"
_KNOWN: Final = re.compile(
    "|".join(
        (
            r"agreement\.json|dataset\.json|document\.json",
            r"signatures/[PCRT]\.json",
            rf"notices/{_ROLE}/{_NUMBER}\.json",
            rf"memberships/{_ROLE}\.jwt",
            rf"did/{_ROLE}\.json",
            r"status/[0-9a-f]{64}\.jwt",
            rf"log/{_ROLE}/(?:entry\.json|proof\.tlog|consistency\.json|witnesses\.txt)",
            rf"log/{_ROLE}/witnessed/{_NUMBER}\.tlog",
            rf"messages/{_NUMBER}\.json",
            r"annexes/[0-9a-f]{64}\.(?:json|bin)",
            r"shown/[0-9a-f]{64}\.txt",
            rf"conflicting/{_NUMBER}\.json",
        )
    )
)
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
ERASED: Final = "erased"
"""In a row of the manifest: when its file was erased."""
REQUIRED: Final = (AGREEMENT, DATASET, *(f"did/{role}.json" for role in ROLES))
"""Files that every evidence file has beside manifest and statement."""


def is_known(path: str) -> bool:
    """Whether the layout has a place for this file; manifest and statement are not asked for."""
    return _KNOWN.fullmatch(path) is not None


def may_be_withheld(path: str) -> bool:
    """Whether this file may be left out with only its digest named: messages and annexes, in which people are named."""
    return is_known(path) and path.startswith(("messages/", ANNEXES))


def is_withheld(path: str, listed: object) -> bool:
    """Whether this row of a manifest says that its file was held back on purpose, and it is one that may be."""
    return (
        may_be_withheld(path)
        and isinstance(listed, Mapping)
        and set(listed) - {ERASED} == {"bytes", "digest", "withheld"}
        and (ERASED not in listed or erased_at(listed) is not None)
        and listed["withheld"] is True
        and type(listed["bytes"]) is int
        and isinstance(listed["digest"], str)
        and _DIGEST.fullmatch(listed["digest"]) is not None
    )


def is_absent(path: str, listed: object) -> bool:
    """Whether this row of a manifest says that the exporter has never had its file, or has it no more: an annex, or what was shown."""
    if not is_known(path) or not path.startswith((ANNEXES, SHOWN)) or not isinstance(listed, Mapping):
        return False
    if ERASED in listed and (erased_at(listed) is None or not path.startswith(ANNEXES)):
        return False
    return set(listed) - {ERASED} == {"absent"} and listed["absent"] is True


def erased_at(listed: object) -> str | None:
    """When what this row of a manifest is about was erased for the sake of a person in it, as the exporter says; None: it was not."""
    said = listed.get(ERASED) if isinstance(listed, Mapping) else None
    try:
        return format_time(parse_time(said)) if isinstance(said, str) else None
    except ValueError:
        return None


def signature_file(name: str) -> str:
    """Where P, C, R or T lies."""
    return f"signatures/{name}.json"


def membership_file(role: str) -> str:
    """Where a party's membership credential lies."""
    return f"memberships/{role}.jwt"


def status_file(digest: str) -> str:
    """Where the status list with this digest lies."""
    return f"status/{digest.removeprefix('sha256:')}.jwt"


def did_file(role: str) -> str:
    """Where the snapshot of a party's DID document lies."""
    return f"did/{role}.json"


def notice_file(role: str, number: int) -> str:
    """Where a notice lies: by author and its own number."""
    return f"notices/{role}/{number:04d}.json"


def log_file(role: str, name: str) -> str:
    """Where a part of a log's proof lies: entry.json, proof.tlog, consistency.json or witnesses.txt."""
    return f"log/{role}/{name}"


def witnessed_file(role: str, number: int) -> str:
    """Where a proof lies whose checkpoint witnesses have cosigned."""
    return f"log/{role}/witnessed/{number:04d}.tlog"


def message_file(number: int) -> str:
    """Where a message lies, numbered from 1 in the order of the conversation."""
    return f"messages/{number:04d}.json"


def annex_file(digest: str) -> str:
    """Where the annex with this digest lies, if it is a document of ours (JSON)."""
    return f"{ANNEXES}{digest.removeprefix('sha256:')}.json"


def attached_file(digest: str) -> str:
    """Where the annex with this digest lies, if it is a file of the parties: its bytes as they are."""
    return f"{ANNEXES}{digest.removeprefix('sha256:')}.bin"


def digest_in(path: str) -> str:
    """The digest that the name of a file means which lies under its digest."""
    return "sha256:" + path.rpartition("/")[2].partition(".")[0]


def shown_file(digest: str) -> str:
    """Where the clauses as text with this digest lie."""
    return f"{SHOWN}{digest.removeprefix('sha256:')}.txt"


def conflicting_file(number: int) -> str:
    """Where a document that contradicts another of its author lies."""
    return f"conflicting/{number:04d}.json"
