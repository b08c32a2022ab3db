"""Problems as they are kept and shown: a title, a code, a sentence, who said it."""

from connector.canonical import JsonObject, JsonValue
from connector.wire.codec import as_text


def problem_of(code: str | None, reason: list[JsonValue] | None, *, by: str, title: str = "terminated") -> JsonObject:
    """The code and reasons of a termination or suspension as one problem."""
    sentences = [as_text(part) or str(part) for part in reason or []]
    return {"title": title, "code": code, "detail": " ".join(sentences)[:2000], "by": by}
