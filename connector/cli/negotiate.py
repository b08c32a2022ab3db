"""`mmd negotiate`: ask for a contract and wait until both have signed, or one has ended it."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import entry_called
from connector.cli.failures import CommandError
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json, ManagementClient

PATIENCE = 120
"""Seconds to wait for the other side by default."""


def command(
    session: Session,
    *,
    dataset: Annotated[str, Argument(metavar="DATASET", help="cli.negotiate.dataset")],
    provider: Annotated[str | None, Option("--provider", metavar="DID", help="cli.negotiate.provider")] = None,
    offer: Annotated[str | None, Option("--offer", metavar="ID", help="cli.negotiate.offer")] = None,
    wait: Annotated[bool, Option("--wait/--no-wait", help="cli.negotiate.wait")] = True,
    timeout: Annotated[int, Option("--timeout", metavar="SECONDS", help="cli.negotiate.timeout")] = PATIENCE,
) -> int | None:
    with session.client() as client:
        view = negotiate(session, client, dataset, provider, offer, timeout=timeout if wait else 0)
    session.screen.result(view)
    if view.get("agreementId"):
        session.screen.line(session.say("negotiate.contract", contract=view["agreementId"]), "green")
    else:
        session.screen.line(session.say("negotiate.begun", negotiation=view.get("id"), state=view.get("state")))
    return None


def negotiate(
    session: Session, client: "ManagementClient", dataset: str, provider: str | None, offer: str | None, *, timeout: int
) -> "Json":
    """Begin a negotiation and wait for its end; with no time to wait, only begin it.

    Raises:
        CommandError: no such data set; the other side ended it, with its reason; no end within `timeout` seconds.
    """
    entry = entry_called(session, client, dataset, provider)
    view = client.negotiate(str(entry["provider"]), str(entry["dataset"]), offer)
    if timeout <= 0:
        return view
    with session.screen.waiting(session.say("negotiate.waiting", provider=entry.get("providerName") or "")):
        view = client.follow_negotiation(str(view["id"]), timeout=timeout)
    for step in view.get("history", []):
        by = step.get("by")
        who = session.say(f"role.{str(by).lower()}") if str(by).lower() in {"consumer", "provider"} else by
        session.screen.note(f"  {step.get('at', '')}  {step.get('message', '')}  ({who})", "dim")
    if view.get("state") == "FINALIZED":
        return view
    if view.get("state") == "TERMINATED":
        sentence = session.say("error.terminated", reason=problem_text(view.get("problem"), session.lang) or "?")
    else:
        sentence = session.say(
            "error.negotiation_waits", state=view.get("state"), seconds=timeout, negotiation=view.get("id")
        )
    raise CommandError(sentence, facts={"negotiation": view})


def problem_text(problem: object, lang: str = "en") -> str:
    """What a view says went wrong: a sentence, or an object with title and detail, in the reader's language if it is there."""
    if isinstance(problem, dict):
        if lang == "ko" and problem.get("ko"):
            return str(problem["ko"]).rstrip(".")
        return str(problem.get("detail") or problem.get("title") or problem.get("reason") or "").rstrip(".")
    return str(problem or "").rstrip(".")
