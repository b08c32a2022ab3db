"""What happened, for programs: `report.json`."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Step:
    """One thing that was tried: what was expected and what was seen.

    Attributes:
        id: number of the chapter, a full stop, a name: `6.count`.
        title: what was tried.
        expected: what should have come of it.
        observed: what came of it, often in the words of whoever said it.
        ok: whether the two agree.
        seconds: how long it took.
    """

    id: str
    title: str
    expected: str
    observed: str
    ok: bool
    seconds: float


@dataclass
class Report:
    """All steps so far."""

    steps: list[Step] = field(default_factory=list)
    complete: bool = False
    """Whether the demo came to its end."""
    running: list[dict[str, Any]] = field(default_factory=list)
    """Connectors that were left running (`--keep`)."""

    @property
    def ok(self) -> bool:
        """Whether everything was tried and nothing went otherwise than expected."""
        return self.complete and all(step.ok for step in self.steps)

    @property
    def seconds(self) -> float:
        """How long all of it took."""
        return sum(step.seconds for step in self.steps)

    def to_json(self) -> dict[str, Any]:
        """For `report.json` and `--json`."""
        kept = {"running": self.running} if self.running else {}
        return {"steps": [asdict(step) for step in self.steps], "ok": self.ok, **kept}

    def text(self) -> str:
        """The same as indented text, Korean readable."""
        return json.dumps(self.to_json(), ensure_ascii=False, indent=2) + "\n"

    def write(self, file: Path) -> None:
        """Leave it in a file."""
        file.write_text(self.text(), "utf-8")
