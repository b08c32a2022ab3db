"""`mmd audit-log`: does a participant's log show the same to us and to others?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.delivery import check_target
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_COLOURS = {"agrees": "green", "split": "bold red", "unproven": "bold red"}


def command(
    session: Session,
    peer: Annotated[str, Argument(metavar="DID", help="cli.audit_log.peer")],
    with_: Annotated[list[str] | None, Option("--with", metavar="DID", help="cli.audit_log.with")] = None,
    output: Annotated[Path | None, Option("--output", "-o", metavar="FILE", help="cli.audit_log.output")] = None,
) -> int | None:
    if output is not None:
        check_target(session, output)
    with session.screen.waiting(session.say("audit_log.looking", peer=peer)), session.client() as client:
        found = client.audit_log(peer, with_ or [])
    session.screen.result(found)
    compared: list[Json] = found["compared"]
    for item in compared:
        outcome = str(item["outcome"])
        line = session.say(
            f"audit_log.{outcome}", other=item["with"], size=item["size"] or 0, sentence=item["sentence"]
        )
        session.screen.line(line, _COLOURS.get(outcome, "yellow"))
    wrong = [item for item in compared if item["outcome"] in ("split", "unproven")]
    if not wrong:
        return None
    _show_proof(session, wrong, output)
    return 1


def _show_proof(session: Session, wrong: "list[Json]", output: Path | None) -> None:
    """Both checkpoints of each disagreement, as the log signed them: whoever has its key can check them."""
    proof = "\n".join(note for item in wrong for note in item["checkpoints"])
    if output is None:
        session.screen.line(session.say("audit_log.proof"), "bold")
        session.screen.line(proof)
        return
    output.write_text(proof, "utf-8")
    session.screen.line(session.say("audit_log.saved", path=output), "green")
