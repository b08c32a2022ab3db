"""What the verification of an evidence file says: numbered checks, an outcome, and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from connector.texts import say

CheckVerdict: TypeAlias = Literal["ok", "failed", "unknown", "skipped"]
Outcome: TypeAlias = Literal["verified", "false", "undetermined"]

EXIT_CODES: Final[Mapping[Outcome, int]] = {"verified": 0, "false": 1, "undetermined": 2}

_OPTIONAL: Final = frozenset({"deliveries", "messages", "document", "witnesses", "annexes", "shown"})
"""Checks that a verified contract may lack: there may have been nothing to look at."""

_UNKNOWN_SUMMARIES: Final = (
    ("unreadable", ("container", "format")),
    ("one-sided", ("one-sided",)),
    ("terminated", ("terminated",)),
    ("not-attributed", ("no-authority", "no-trust", "authority-unknown", "authority-key-unknown")),
    ("not-confirmed", ("not-confirmed",)),
)
"""Which summary an undetermined verdict gets: the first whose check id or reason occurs."""


@dataclass(frozen=True)
class Check:
    """One numbered check.

    Attributes:
        number: its place in the list of `docs/evidence.md`, from 1.
        id: its name there.
        verdict: ok; failed: something is false; unknown: cannot be judged; skipped: nothing to look at, or what it
            stands on is missing.
        reason: code of the reason, a key `verdict.reason.<code>` of the texts.
        facts: what fills the blanks of that sentence.
        file: the file of the evidence that the reason is about, where there is one.
    """

    number: int
    id: str
    verdict: CheckVerdict
    reason: str
    facts: Mapping[str, str] = field(default_factory=dict)
    file: str | None = None

    @property
    def title_key(self) -> str:
        """The key of its title in the texts."""
        return f"verdict.title.{self.id}"

    def title(self, lang: str) -> str:
        """What is checked, in words."""
        return say(self.title_key, lang)

    def sentence(self, lang: str) -> str:
        """The reason in words."""
        return say(f"verdict.reason.{self.reason}", lang, **self.facts)

    def proves(self, lang: str) -> tuple[str, str]:
        """What the check proves where it holds, and what it does not, in words."""
        return say(f"verdict.proves.{self.id}", lang), say(f"verdict.proves_not.{self.id}", lang)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """For programs, with the words of one language beside the codes."""
        proves, proves_not = self.proves(lang)
        return {
            "number": self.number,
            "id": self.id,
            "title": self.title(lang),
            "verdict": self.verdict,
            "reason": self.reason,
            "facts": dict(self.facts),
            "sentence": self.sentence(lang),
            "file": self.file,
            "proves": proves,
            "provesNot": proves_not,
        }


@dataclass(frozen=True)
class Verdict:
    """The verdict on one evidence file.

    Attributes:
        checks: all checks in their order; where the file cannot be read, only those up to there.
        outcome: verified, false, or undetermined.
        summary_code: a key `verdict.summary.<code>` of the texts.
        facts: who, what, whose word it rests on and as of when; claims of the file where the outcome is not verified.
    """

    checks: tuple[Check, ...]
    outcome: Outcome
    summary_code: str
    facts: Mapping[str, str]

    @property
    def exit_code(self) -> int:
        """0 verified, 1 something is false, 2 cannot be judged."""
        return EXIT_CODES[self.outcome]

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that found something false."""
        return tuple(check for check in self.checks if check.verdict == "failed")

    def check(self, check_id: str) -> Check:
        """The check of this name.

        Raises:
            KeyError: there is none, or the file could not be read that far.
        """
        for check in self.checks:
            if check.id == check_id:
                return check
        raise KeyError(check_id)

    def summary(self, lang: str) -> str:
        """The verdict in words."""
        return say(f"verdict.summary.{self.summary_code}", lang, **self.facts)

    def to_json(self, lang: str = "en") -> dict[str, Any]:
        """For programs, with the words of one language beside the codes."""
        return {
            "outcome": self.outcome,
            "exitCode": self.exit_code,
            "summaryCode": self.summary_code,
            "summary": self.summary(lang),
            "facts": dict(self.facts),
            "checks": [check.to_json(lang) for check in self.checks],
        }


def conclude(checks: tuple[Check, ...], facts: Mapping[str, str]) -> Verdict:
    """The verdict that follows from the checks.

    One that failed makes it false. Verified takes an "ok" of every check except those that may have nothing to look at:
    what was skipped counts against it, whatever the reason.
    """
    failed = [check for check in checks if check.verdict == "failed"]
    if failed:
        named = {"check": str(failed[0].number), "count": str(len(failed))}
        return Verdict(checks, "false", "false", {**facts, **named})
    if all(check.verdict == "ok" or (check.verdict == "skipped" and check.id in _OPTIONAL) for check in checks):
        return Verdict(checks, "verified", "verified", facts)
    unknown = {check.reason for check in checks if check.verdict == "unknown"}
    unknown |= {check.id for check in checks if check.verdict == "unknown"}
    for code, causes in _UNKNOWN_SUMMARIES:
        if unknown.intersection(causes):
            return Verdict(checks, "undetermined", code, facts)
    return Verdict(checks, "undetermined", "undetermined", facts)
