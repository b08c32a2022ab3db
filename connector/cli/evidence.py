"""`mmd evidence`: everything about a contract, or about many, in one file that a stranger can verify offline."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

from typer import Argument, Option

from connector.cli.choose import contract_called
from connector.cli.delivery import check_target, whole_file
from connector.cli.moments import moment
from connector.cli.screen import size_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import ManagementClient


def command(
    session: Session,
    contracts: Annotated[list[str] | None, Argument(metavar="CONTRACT", help="cli.evidence.contract")] = None,
    *,
    output: Annotated[Path, Option("--output", "-o", metavar="FILE", help="cli.evidence.output")],
    partner: Annotated[str | None, Option("--partner", metavar="DID", help="cli.evidence.partner")] = None,
    since: Annotated[str | None, Option("--since", metavar="TIME", help="cli.evidence.since")] = None,
    until: Annotated[str | None, Option("--until", metavar="TIME", help="cli.evidence.until")] = None,
    attach: Annotated[list[Path] | None, Option("--attach", metavar="FILE", help="cli.evidence.attach")] = None,
    without_personal: Annotated[bool, Option("--without-personal", help="cli.evidence.without_personal")] = False,
) -> int | None:
    if not (contracts or partner or since or until):
        raise session.usage("no_scope")
    check_target(session, output)
    scope = {"partner": partner, **_period(session, since, until)}
    with session.client() as client, whole_file(output) as file:
        ids = [str(contract_called(session, client, wanted)["id"]) for wanted in contracts or ()]
        _attach(session, client, ids, attach or [])
        if len(ids) == 1 and not any(scope.values()):
            with session.screen.waiting(session.say("evidence.making")):
                size = client.evidence(ids[0], file, without_personal=without_personal)
        else:
            size = _bundle(session, client, file, ids, scope, without_personal=without_personal)
    about = {"contract": ids[0]} if len(ids) == 1 and not any(scope.values()) else {"contracts": ids, **scope}
    session.screen.result({**about, "file": str(output), "bytes": size})
    session.screen.line(session.say("evidence.done", file=output, size=size_text(size)), "green")
    session.screen.note(session.say("evidence.next", file=output), "dim")
    return None


def _attach(session: Session, client: "ManagementClient", ids: list[str], files: list[Path]) -> None:
    """Files that one contract names by digest: kept by the connector, in its evidence from now on."""
    if files and len(ids) != 1:
        raise session.usage("attach_to_one")
    for file in files:
        done = client.attach(ids[0], file)
        session.screen.note(session.say("evidence.attached", file=file, digest=done["digest"]))


def _bundle(
    session: Session,
    client: "ManagementClient",
    file: BinaryIO,
    ids: list[str],
    scope: dict[str, str | None],
    *,
    without_personal: bool,
) -> int:
    with session.screen.progress(session.say("evidence.making"), counted=True) as bar:
        return client.evidence_bundle(
            file,
            contracts=ids,
            partner=scope["partner"],
            since=scope["since"],
            until=scope["until"],
            without_personal=without_personal,
            on_progress=bar,
        )


def _period(session: Session, since: str | None, until: str | None) -> dict[str, str | None]:
    return {
        "since": moment(session, "--since", since, end_of_day=False),
        "until": moment(session, "--until", until, end_of_day=True),
    }
