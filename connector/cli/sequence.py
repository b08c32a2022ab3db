"""A conversation as a sequence diagram: on a terminal, and for Mermaid."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from connector.client import Json

WIDTH: Final = 58
"""Columns between the two lines."""
_MAX_NOTE: Final = 160
_MAX_NAME: Final = 60
_REFUSED: Final = 400
Note = Callable[["Json"], str]
"""What is to be said below a step; empty for nothing."""


def on_terminal(conversation: "Json", note: Note) -> Iterator[tuple[str, str | None]]:
    """The lines, each with its style."""
    us, them = participants(conversation)
    yield f"{us}{' ' * max(2, WIDTH + 2 - len(us))}{them}", "bold"
    day = ""
    for step in conversation["steps"]:
        at = str(step.get("at", ""))
        if at and at[:10] != day:
            day = at[:10]
            yield f"{day:^{WIDTH + 2}}".rstrip(), "dim"
        for text, to_them, dashed in _arrows(step):
            beside = f"{step.get('milliseconds', 0)} ms" if dashed else at[11:23]
            yield f"{_arrow(text, to_them=to_them, dashed=dashed)}  {beside}".rstrip(), _style(step, dashed=dashed)
        said = note(step)
        if said:
            yield f"  {said[:_MAX_NOTE]}", "yellow"


def mermaid(conversation: "Json") -> str:
    """Mermaid's sequence diagram."""
    us, them = participants(conversation)
    lines = ["sequenceDiagram", f"    participant U as {_plain(us)}", f"    participant T as {_plain(them)}"]
    for step in conversation["steps"]:
        for text, to_them, dashed in _arrows(step):
            there, back = ("U", "T") if to_them else ("T", "U")
            arrow = "--x" if dashed and step.get("status") is None else "-->>" if dashed else "->>"
            lines.append(f"    {there}{arrow}{back}: {_plain(text)}")
    return "\n".join(lines) + "\n"


def participants(conversation: "Json") -> tuple[str, str]:
    """Our name and theirs."""
    peers = [str(p["counterparty"]) for p in conversation["processes"] if p.get("counterparty")]
    peers += [str(step["peer"]) for step in conversation["steps"] if step.get("peer")]
    us = str(conversation.get("name") or conversation.get("participant") or "?")
    return us[:_MAX_NAME], (peers[0] if peers else "?")[:_MAX_NAME]


def label(step: "Json") -> str:
    """The message's type, with its event or the kind of a notice."""
    kind = str(step.get("type"))
    data = _read(step.get("body"))
    subject = data.get("credentialSubject")
    more = data.get("eventType") or (subject.get("kind") if isinstance(subject, dict) else None)
    return f"{kind} {str(more).rpartition('/')[2]}" if more else kind


def answer_label(step: "Json") -> str:
    """The status, with the state that the answer names."""
    if step.get("status") is None:
        return "–"
    state = _read(step.get("answer")).get("state")
    return f"{step['status']} {str(state).rpartition('/')[2]}" if state else str(step["status"])


def reason(step: "Json") -> str:
    """Why a message was refused or did not arrive, in the words of whoever said so."""
    if step.get("problem"):
        return str(step["problem"])
    if not _refused(step.get("status")):
        return ""
    data = _read(step.get("answer"))
    said = data.get("reason") or data.get("detail") or step.get("answer") or ""
    parts: Sequence[Any] = said if isinstance(said, list) else [said]
    return " ".join(part if isinstance(part, str) else json.dumps(part, ensure_ascii=False) for part in parts)


def _arrows(step: "Json") -> Iterator[tuple[str, bool, bool]]:
    """Text, whether it goes to them, whether it is an answer."""
    kind = step.get("step")
    if kind == "sent":
        yield label(step), True, False
    elif kind == "answered":
        yield answer_label(step), False, True
    else:
        yield label(step), False, False
        yield answer_label(step), True, True


def _arrow(text: str, *, to_them: bool, dashed: bool) -> str:
    line = "┄" if dashed else "─"
    body = f"{line * 2} {text[: WIDTH - 8]} ".ljust(WIDTH - 1, line)
    return f"│{body}▶│" if to_them else f"│◀{body}│"


def _style(step: "Json", *, dashed: bool) -> str | None:
    if not dashed:
        return None
    return "red" if step.get("status") is None or _refused(step["status"]) else "dim"


def _refused(status: Any) -> bool:
    return isinstance(status, int) and status >= _REFUSED


def _read(text: Any) -> dict[str, Any]:
    try:
        data = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _plain(text: str) -> str:
    """Without what Mermaid would take for its own."""
    kept = "".join(c if c.isprintable() and c not in ";#`<>" else " " for c in text)
    return kept.replace("%%", "% %").strip() or "?"
