"""`mmd transcript`: what went over the line, as a conversation; without an id the latest exchanges."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.delivery import check_target, whole_file
from connector.cli.screen import json_text
from connector.cli.sequence import mermaid, on_terminal, reason
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_MAX_PROBLEM = 100


def command(
    session: Session,
    wanted: Annotated[str | None, Argument(metavar="ID", help="cli.transcript.wanted")] = None,
    as_mermaid: Annotated[bool, Option("--mermaid", help="cli.transcript.mermaid")] = False,
    output: Annotated[Path | None, Option("--output", "-o", metavar="FILE", help="cli.transcript.output")] = None,
    peer: Annotated[str | None, Option("--peer", metavar="DID", help="cli.transcript.peer")] = None,
    failed: Annotated[bool, Option("--failed", help="cli.transcript.failed")] = False,
    limit: Annotated[int, Option("--limit", metavar="N", min=1, max=1000, help="cli.transcript.limit")] = 50,
) -> int | None:
    if wanted is None:
        if as_mermaid or output:
            raise session.usage("no_transcript_named")
        _latest(session, peer=peer, failed=failed, limit=limit)
        return None
    if peer is not None or failed:
        raise session.usage("transcript_of_one")
    if output is not None:
        check_target(session, output)
    with session.client() as client:
        found = client.transcript(wanted)
    if output is not None:
        _write(session, found, output, as_mermaid=as_mermaid)
        return None
    session.screen.result(found)
    if as_mermaid:
        session.screen.line(mermaid(found).rstrip())
        return None
    session.screen.facts([(session.say("transcript.about"), found["about"])])
    for line, style in on_terminal(found, reason):
        session.screen.line(line, style)
    return None


def _write(session: Session, found: "Json", output: Path, *, as_mermaid: bool) -> None:
    text = mermaid(found) if as_mermaid else json_text(found) + "\n"
    with whole_file(output) as file:
        file.write(text.encode())
    steps = len(found["steps"])
    session.screen.result({"about": found["about"], "steps": steps, "file": str(output)})
    session.screen.line(session.say("transcript.written", file=output, steps=steps), "green")
    if not as_mermaid:
        session.screen.note(session.say("transcript.next", file=output), "dim")


def _latest(session: Session, *, peer: str | None, failed: bool, limit: int) -> None:
    with session.client() as client:
        found = client.exchanges(limit=limit, peer=peer, failed=failed)
    session.screen.result(found)
    names = ("at", "way", "peer", "type", "status", "process", "problem")
    titles = [session.say(f"transcript.column_{name}") for name in names]
    session.screen.table(titles, [_row(item) for item in found["exchanges"]])
    if not found["exchanges"]:
        session.screen.note(session.say("transcript.none"))
    if found.get("lost"):
        session.screen.note(session.say("transcript.lost", count=found["lost"]), "yellow")


def _row(item: "Json") -> list[str]:
    way = "→" if item["direction"] == "out" else "←"
    peer = str(item.get("peer") or "?") + ("" if item.get("peerKnown") else " (?)")
    status = "–" if item.get("status") is None else str(item["status"])
    process = str(item.get("process") or "").removeprefix("urn:uuid:")[:13]
    problem = str(item.get("problem") or "")[:_MAX_PROBLEM]
    return [str(item["at"])[:19], way, peer, str(item["type"]), status, process, problem]
