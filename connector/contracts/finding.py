"""Why a check holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """The reason of a check that is "ok": a key `verdict.reason.<code>` of the texts and its blanks."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


def holds() -> Finding:
    """It holds, and there is no more to say."""
    return Finding("holds")
