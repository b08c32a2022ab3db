"""`mmd replay`: judge a stored conversation again by the protocol's tables; needs no connector and no network."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from typer import Argument

from connector.cli.failures import CommandError
from connector.cli.sequence import label, reason
from connector.cli.session import Session
from connector.cli.trust_files import UNJUDGED

if TYPE_CHECKING:
    from connector.wire.transcript import Judged, JudgedStep

_MARKS: Final = {True: ("✓", None), False: ("✗", "red"), None: ("·", "dim")}
_WAYS: Final = {"received": "←", "sent": "→", "answered": "↩"}
_NAMED: Final = 10
"""How many of the steps that disagree are named in the last line."""


def command(session: Session, file: Annotated[Path, Argument(metavar="FILE", help="cli.replay.file")]) -> int | None:
    judged = _judged(session, file)
    session.screen.result(
        {
            "file": str(file),
            "about": judged.transcript.get("about"),
            "agrees": judged.agrees,
            "steps": [_json(session, step) for step in judged.steps],
            "states": judged.states,
        }
    )
    for step in judged.steps:
        mark, colour = _MARKS[step.judgement.agrees]
        session.screen.line(f"{mark} {step.number:>3}  {_told(session, step)}", colour)
    session.screen.line()
    for process, state in judged.states.items():
        session.screen.line(session.say("replay.state", process=process, state=state or "–"))
    return _sum_up(session, judged)


def _sum_up(session: Session, judged: "Judged") -> int:
    wrong = [str(step.number) for step in judged.steps if step.judgement.agrees is False]
    if wrong:
        places = ", ".join(wrong[:_NAMED]) + (" …" if len(wrong) > _NAMED else "")
        session.screen.line(session.say("replay.disagrees", count=len(wrong), places=places), "bold red")
        return 1
    unjudged = sum(step.judgement.agrees is None for step in judged.steps)
    count = len(judged.steps) - unjudged
    session.screen.line(session.say("replay.agrees", count=count, unjudged=unjudged), "bold green")
    return 0


def _judged(session: Session, file: Path) -> "Judged":
    from connector.wire.transcript import MAX_FILE, TranscriptUnreadable, judge, read_transcript

    if not file.is_file():
        raise CommandError(session.say("error.no_file", path=file), exit_code=UNJUDGED)
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_FILE + 1)
    except OSError as error:
        sentence = session.say("error.os", path=file, reason=error.strerror or type(error).__name__)
        raise CommandError(sentence, exit_code=UNJUDGED) from None
    try:
        return judge(read_transcript(data))
    except TranscriptUnreadable as error:
        raise CommandError(session.say("replay.unreadable", file=file, detail=error), exit_code=UNJUDGED) from None


def _told(session: Session, step: "JudgedStep") -> str:
    told, judgement = step.step, step.judgement
    sent = told["step"] == "sent"
    recorded = "" if sent else f"  {told.get('status') or '–'}"
    state = f"  {judgement.state}" if judgement.state else ""
    verdict = session.say(f"replay.verdict.{judgement.verdict.name.lower()}")
    more = "; ".join(filter(None, [_doubt(session, step), judgement.reason or ("" if sent else reason(told))]))
    return f"{_WAYS[told['step']]} {label(told)}{recorded}  {verdict}{state}{'  – ' + more if more else ''}"


def _doubt(session: Session, step: "JudgedStep") -> str:
    doubt = step.judgement.doubt
    return session.say(f"replay.doubt.{doubt.name.lower()}") if doubt is not None else ""


def _json(session: Session, step: "JudgedStep") -> dict[str, Any]:
    judgement = step.judgement
    return {
        "number": step.number,
        "step": step.step["step"],
        "type": step.step.get("type"),
        "process": step.process,
        "status": step.step.get("status"),
        "verdict": judgement.verdict.value,
        "state": judgement.state,
        "agrees": judgement.agrees,
        "doubt": judgement.doubt.name.lower().replace("_", "-") if judgement.doubt else None,
        "sentence": _doubt(session, step) or None,
        "reason": judgement.reason,
    }
