"""Problems as they are kept and shown: a title, a code, a sentence, who said it."""

from connector.canonical import JsonObject, JsonValue
from connector.wire.codec import as_text


def problem_of(code: str | None, reason: list[JsonValue] | None, *, by: str) -> JsonObject:
    """A termination's code and reasons as one problem."""
    sentences = [as_text(part) or str(part) for part in reason or []]
    return {"title": "terminated", "code": code, "detail": " ".join(sentences)[:2000], "by": by}
