"""Problems as they are kept and shown: a title, a code, a sentence, who said it."""

from typing import Final

from connector.canonical import JsonObject, JsonValue
from connector.wire.codec import as_text

_NOT_CONFIRMED: Final = "is not confirmed yet"
NOT_KNOWN_YET: Final = "urn:uuid:00000000-0000-0000-0000-000000000000"
"""Stands for the pid of a side that has not named it yet: the schemas want both pids."""


def problem_of(code: str | None, reason: list[JsonValue] | None, *, by: str, title: str = "terminated") -> JsonObject:
    """The code and reasons of a termination or suspension as one problem."""
    sentences = [as_text(part) or str(part) for part in reason or []]
    return {"title": title, "code": code, "detail": " ".join(sentences)[:2000], "by": by}


def not_confirmed(event: str, why: str) -> JsonObject:
    """The note that a message of ours is still due, and why."""
    return {"title": f"{event} {_NOT_CONFIRMED}", "detail": why}


def without_note(problem: JsonObject | None) -> JsonObject | None:
    """A problem, unless it is only the note that a message is still due."""
    return None if str((problem or {}).get("title")).endswith(_NOT_CONFIRMED) else problem
