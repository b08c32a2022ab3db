"""Chapter 7: all connectors stop; what an auditor can say with a file and the authority's key."""

from collections.abc import Callable
from typing import Any, Final

from rich.cells import cell_len

from connector.demo.actors import get
from connector.demo.folder import EVIDENCE, TRUST
from connector.demo.forgery import Forged
from connector.demo.stage import Stage, short

_MARKS: Final = {"ok": "✓", "failed": "✗", "unknown": "?", "skipped": "–"}


def audit(stage: Stage, contract: str, forged: Callable[[], Forged]) -> None:
    """The whole chapter."""
    stage.chapter(7)
    stage.types(stage.consumer, "evidence", short(contract), "-o", EVIDENCE)
    stage.actors.mmd(stage.consumer, "evidence", short(contract), "-o", str(stage.path(EVIDENCE)))
    stage.actors.mmd(
        stage.consumer, "evidence", short(stage.notes["second"]), "-o", str(stage.path("second", EVIDENCE))
    )
    with stage.screen.waiting(stage.say("waiting.forgery")):
        made_up = forged()
    stage.actors.stop(stage.everybody)
    _verified(stage)
    _without_key(stage)
    _forged(stage, made_up)


def verify(stage: Stage, *words: str) -> tuple[int, Any]:
    """`mmd verify`: its exit code and verdict."""
    return stage.actors.judge("verify", *words)


def reason_for(verdict: Any, check: str) -> str:
    """What a verdict says about one of its checks."""
    return next(
        (f"{item['number']} {item['title']}: {item['sentence']}" for item in verdict["checks"] if item["id"] == check),
        "",
    )


def _verified(stage: Stage) -> None:
    with stage.step("verified") as seen:
        silent = not any(get(port, "/")[0] for actor in stage.everybody for port in (actor.port, actor.management_port))
        stage.says("auditor", "says.stopped")
        stage.types(None, "verify", EVIDENCE, "--trust", TRUST)
        code, verdict = verify(stage, str(stage.path(EVIDENCE)), "--trust", str(stage.path(TRUST)))
        for line in _ticked(verdict["checks"]):
            stage.screen.block(line)
        held = sum(check["verdict"] == "ok" for check in verdict["checks"])
        seen.saw(
            silent and code == 0 and not any(check["verdict"] in {"failed", "unknown"} for check in verdict["checks"]),
            stage.say("seen.verified", code=code, count=held, summary=verdict["summary"]),
        )


def _without_key(stage: Stage) -> None:
    with stage.step("no-key") as seen:
        stage.types(None, "verify", EVIDENCE)
        code, verdict = verify(stage, str(stage.path(EVIDENCE)))
        right = code == 2 and verdict["summaryCode"] == "not-attributed"  # noqa: PLR2004
        seen.saw(right, stage.say("seen.verdict", code=code, summary=verdict["summary"]))


def _forged(stage: Stage, forged: Forged) -> None:
    with stage.step("forged") as seen:
        stage.says("outsider", "says.forged", provider=stage.provider.name, consumer=stage.consumer.name)
        own, _ = verify(stage, str(forged.evidence), "--trust", str(forged.trust))
        stage.says("auditor", "says.own_trust", code=own)
        stage.types(None, "verify", f"forged/{EVIDENCE}", "--trust", TRUST)
        code, verdict = verify(stage, str(forged.evidence), "--trust", str(stage.path(TRUST)))
        stage.says("auditor", "says.reason", reason=reason_for(verdict, "attribution"))
        right = own == 0 and code != 0 and verdict["summaryCode"] == "not-attributed"
        seen.saw(right, stage.say("seen.verdict", code=code, summary=verdict["summary"]))


def _ticked(checks: list[Any]) -> list[str]:
    """The checks in two columns, each with its mark."""
    cells = [f"{_MARKS[check['verdict']]} {check['number']:>2} {check['title']}" for check in checks]
    half = (len(cells) + 1) // 2
    left, right = cells[:half], [*cells[half:], ""]
    width = max(cell_len(cell) for cell in left) + 2
    return [one + " " * (width - cell_len(one)) + other for one, other in zip(left, right, strict=False)]
