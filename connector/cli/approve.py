"""`mmd approve`: yes to what lies on the table of a negotiation, as it was shown."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import negotiation_called
from connector.cli.failures import CommandError
from connector.cli.screen import YES
from connector.cli.session import Session
from connector.cli.talk import show_changes, show_talk

if TYPE_CHECKING:
    from connector.client import Json, ManagementClient

SETTLES_WITHIN = 15
"""Seconds to look what the other side makes of our yes; it may take longer, and then goes on without us."""


def command(
    session: Session,
    *,
    negotiation: Annotated[str, Argument(metavar="NEGOTIATION", help="cli.approve.negotiation")],
    terms: Annotated[str | None, Option("--terms", metavar="DIGEST", help="cli.approve.terms")] = None,
    yes: Annotated[bool, Option("--yes", "-y", help="cli.approve.yes")] = False,
) -> int | None:
    with session.client() as client:
        pid = str(negotiation_called(session, client, negotiation)["id"])
        found = client.conversation(pid)
        if terms is None:
            show_talk(session, found)
            terms = str(found["negotiation"]["offer"]["terms"])
            _make_sure(session, yes=yes)
        view = _approved(session, client, pid, terms)
        waiting = client.conversation(pid).get("waiting") if view.get("waitsForUs") else None
    session.screen.result({**view, "waiting": waiting})
    if view.get("state") == "FINALIZED":
        session.screen.line(session.say("negotiate.contract", contract=view.get("contract")), "green")
    elif waiting is not None:
        said = ", ".join(str(one.get("person")) for one in waiting.get("approvals", []))
        session.screen.line(session.say("approve.one_more", people=said), "yellow")
    else:
        session.screen.line(session.say("approve.on_its_way", state=view.get("state")))
    return None


def _make_sure(session: Session, *, yes: bool) -> None:
    if yes or not session.screen.interactive:
        return
    if session.screen.ask(session.say("approve.sure"), "n").casefold() not in YES:
        raise session.error("not_approved")


def _approved(session: Session, client: "ManagementClient", pid: str, terms: str) -> "Json":
    """Say yes, and look what comes of it; when something else lies on the table by now, show what changed."""
    from connector.client import ClientError

    try:
        view = client.accept(pid, terms)
    except ClientError as error:
        refusal: CommandError = session.refusal(error)
        show_changes(session, refusal.facts.get("changes") or [])
        raise refusal from error
    return view if view.get("waitsForUs") else client.follow_negotiation(pid, timeout=SETTLES_WITHIN)
