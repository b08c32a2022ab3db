"""What was found out about a peer: one sentence each, in both languages, with a judgement."""

from dataclasses import dataclass, field

from connector.canonical import JsonObject
from connector.texts import LANGUAGES, say

_MAX_VALUE = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        id: its name for programs; the sentences are the texts `peer.<id>`.
        ok: true; false: something would not work; None: a quirk or a limit, worth knowing.
        values: what fills the blanks of the sentences.
    """

    id: str
    ok: bool | None
    values: dict[str, object] = field(default_factory=dict)

    def to_json(self) -> JsonObject:
        """With its sentences, by language."""
        values = {name: _bounded(value) for name, value in self.values.items()}
        return {
            "id": self.id.replace("_", "-"),
            "ok": self.ok,
            **{lang: say(f"peer.{self.id}", lang, **values) for lang in LANGUAGES},
        }


class Findings:
    """What was found, in the order in which it was looked at; each thing once."""

    def __init__(self) -> None:
        self.all: list[Finding] = []

    def good(self, name: str, **values: object) -> None:
        """Something is as it should be."""
        self._add(Finding(name, ok=True, values=values))

    def wrong(self, name: str, **values: object) -> None:
        """Something would not work."""
        self._add(Finding(name, ok=False, values=values))

    def odd(self, name: str, **values: object) -> None:
        """Something is worth knowing: a quirk that we cope with, or what cannot be known."""
        self._add(Finding(name, ok=None, values=values))

    def _add(self, finding: Finding) -> None:
        if finding not in self.all:
            self.all.append(finding)


def _bounded(value: object) -> object:
    """Values come from outside; the connector's own sentences already end without a full stop."""
    return value[:_MAX_VALUE].rstrip(". ") if isinstance(value, str) else value
