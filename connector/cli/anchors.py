"""`mmd anchors`: who is believed for which credentials, by the signed lists of our authorities; as one, the list itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.delivery import check_target, whole_file
from connector.cli.screen import json_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_Issuer = Annotated[str, Argument(metavar="DID", help="cli.anchors.did")]


def list_anchors(session: Session) -> int | None:
    with session.client() as client:
        found = client.anchors()
    return _show(session, found)


def refresh(session: Session) -> int | None:
    with session.client() as client:
        found = client.refresh_anchors()
    return _show(session, found)


def add(
    session: Session,
    did: _Issuer,
    types: Annotated[list[str] | None, Option("--type", metavar="TYPE", help="cli.anchors.type")] = None,
) -> int | None:
    if not types:
        raise session.usage("no_credential_type")
    with session.client() as client:
        done = client.add_anchor(did, types)
    session.screen.result(done)
    session.screen.line(session.say("anchors.added", did=did, version=done.get("version")), "green")
    return None


def remove(
    session: Session,
    did: _Issuer,
    type_: Annotated[str | None, Option("--type", metavar="TYPE", help="cli.anchors.removed_type")] = None,
) -> int | None:
    with session.client() as client:
        done = client.remove_anchor(did, type_)
    session.screen.result(done)
    session.screen.line(session.say("anchors.removed", did=did, version=done.get("version")), "green")
    return None


def export(
    session: Session,
    authority: Annotated[str | None, Argument(metavar="[AUTHORITY]", help="cli.anchors.authority")] = None,
    output: Annotated[Path | None, Option("--output", "-o", metavar="FILE", help="cli.membership.output")] = None,
) -> int | None:
    with session.client() as client:
        document = client.trust(authority)
    if output is None:
        print(json_text(document))
        return None
    check_target(session, output)
    with whole_file(output) as file:
        file.write(json_text(document).encode() + b"\n")
    session.screen.result({"file": str(output)})
    session.screen.line(session.say("membership.trusted", file=output), "green")
    return None


VERBS = {"list": list_anchors, "add": add, "remove": remove, "refresh": refresh, "export": export}


def state_text(session: Session, item: "Json") -> str:
    """How things stand with the list of one authority, in a sentence."""
    sentence = session.say(
        f"anchors.state_{item.get('state')}",
        authority=item.get("authority", ""),
        version=item.get("version", ""),
        until=item.get("usableUntil", ""),
    )
    problem = item.get("problem")
    return " ".join([sentence, session.say("anchors.problem", problem=problem)]) if problem else sentence


def _show(session: Session, found: list["Json"]) -> int:
    session.screen.result({"anchors": found})
    for item in found:
        lapsed = item.get("state") == "lapsed"
        session.screen.line(state_text(session, item), "red" if lapsed else "yellow" if item.get("problem") else None)
        rows = [[one.get("did", ""), ", ".join(one.get("types") or [])] for one in item.get("issuers") or []]
        if rows:
            session.screen.table([session.say(f"anchors.column_{name}") for name in ("issuer", "types")], rows)
    if not found:
        session.screen.note(session.say("anchors.none"))
    return 1 if any(item.get("state") == "lapsed" for item in found) else 0
