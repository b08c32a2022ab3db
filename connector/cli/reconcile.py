"""`mmd reconcile`: after a restore, ask the others what we have forgotten, and go on without a second history."""

from typing import TYPE_CHECKING, Annotated

from typer import Option

from connector.cli.choose import contract_called
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json


def command(
    session: Session,
    *,
    without: Annotated[list[str] | None, Option("--without", metavar="DID", help="cli.reconcile.without")] = None,
    release: Annotated[str | None, Option("--release", metavar="CONTRACT", help="cli.reconcile.release")] = None,
    reason: Annotated[str, Option("--reason", metavar="TEXT", help="cli.reconcile.reason")] = "",
) -> int | None:
    if (without or release) and not reason.strip():
        raise session.usage("reconcile_reason")
    if without and release:
        raise session.usage("reconcile_one")
    with session.client() as client:
        if release:
            found = client.release_contract(str(contract_called(session, client, release)["id"]), reason)
            session.screen.result(found)
            session.screen.line(session.say("reconcile.contract_released", contract=found["id"]), "green")
            return None
        with session.screen.waiting(session.say("reconcile.asking")):
            report = client.reconcile(without or [], reason)
    session.screen.result(report)
    _show(session, report)
    return 1 if report["doubt"] else None


def _show(session: Session, report: "Json") -> None:
    say, line = session.say, session.screen.line
    for did in report["answered"]:
        line(say("reconcile.answered", did=did), "green")
    for did, why in report["silent"].items():
        key = "reconcile.silent_needed" if did in report["needed"] else "reconcile.silent"
        line(say(key, did=did, why=why), "yellow")
    if report["opened"]:
        line(
            say("reconcile.opened", origin=report["opened"], size=report["size"], known=report["known"] or "?"), "bold"
        )
    if report["released"]:
        line(say("reconcile.released", size=report["size"]), "green")
    for one in report["adopted"]:
        key = "reconcile.adopted_new" if one["new"] else "reconcile.adopted"
        line(say(key, contract=one["contract"], notices=one["notices"], deliveries=one["deliveries"]))
    for why in report["refused"]:
        line(say("reconcile.refused", why=why), "red")
    if report["held"]:
        line(say("reconcile.held", count=report["held"]), "yellow")
    if report["doubt"]:
        line(say("reconcile.still", why=report["problem"]), "bold red")
        line(say(f"reconcile.do_{report['doubt']}" if report["doubt"] == "unbound" else "reconcile.do"), "yellow")
    elif not report["opened"] and not report["released"] and not report["adopted"]:
        line(say("reconcile.nothing"), "green")
