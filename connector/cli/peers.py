"""`mmd peers`: the participants that we know by name."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from typer import Argument, Option

from connector.cli.session import Session
from connector.texts import say

if TYPE_CHECKING:
    from connector.client import Json


MAX_TOKEN: Final = 512
"""The longest static token, in characters."""


def list_peers(session: Session) -> int | None:
    with session.client() as client:
        found = client.peers()
        silent = client.self_description().get("unreachable") or []
    session.screen.result({"peers": found, "unreachable": silent})
    rows = [
        [
            item.get("name") or "",
            item.get("did", ""),
            session.say("peers.may_not_sign") if item.get("mayNotSign") else session.say("peers.must_sign"),
            ", ".join(item.get("lapses") or []),
            item.get("reason") or "",
        ]
        for item in found
    ]
    columns = [session.say(f"peers.column_{name}") for name in ("name", "did", "signing", "lapses", "reason")]
    session.screen.table(columns, rows)
    if not found:
        session.screen.note(session.say("peers.none"))
    for line in silent:
        session.screen.note(silent_text(session, line), "yellow")
    return None


def silent_text(session: Session, line: "Json") -> str:
    """That messages for a peer wait, how many, and why."""
    return session.say("peers.silent", did=line.get("peer"), due=line.get("due"), problem=line.get("problem"))


def add_peer(
    session: Session,
    did: Annotated[str, Argument(metavar="DID", help="cli.peers.did")],
    may_not_sign: Annotated[bool, Option("--may-not-sign", help="cli.peers.may_not_sign_option")] = False,
    accept: Annotated[list[str] | None, Option("--accept", metavar="LAPSE", help="cli.peers.accept")] = None,
    reason: Annotated[str, Option("--reason", metavar="TEXT", help="cli.peers.reason")] = "",
    send_token: Annotated[Path | None, Option("--send-token-file", metavar="FILE", help="cli.peers.send_token")] = None,
    expect_token: Annotated[
        Path | None, Option("--expect-token-file", metavar="FILE", help="cli.peers.expect_token")
    ] = None,
) -> int | None:
    if may_not_sign and not reason:
        raise session.usage("no_exception_reason")
    lapses = list(accept or [])
    if lapses and not may_not_sign:
        raise session.usage("lapse_of_signer")
    files = {"sendToken": send_token, "expectToken": expect_token}
    tokens = {name: _token(session, file) for name, file in files.items() if file is not None}
    with session.client() as client:
        found = client.put_peer(did, may_not_sign=may_not_sign, lapses=lapses, reason=reason, tokens=tokens)
    session.screen.result(found or {"did": did, "mayNotSign": may_not_sign, "lapses": lapses, "reason": reason})
    session.screen.line(session.say("peers.added", did=did), "green")
    if may_not_sign:
        session.screen.line(session.say("peers.warning"), "yellow")
    for name in lapses:
        session.screen.line(f"{name}: {say('lapse.' + name, session.lang)}", "yellow")
    if found and found.get("expectToken"):
        session.screen.line(session.say("peers.token", did=did, token=found["expectToken"]), "bold")
    return None


def _token(session: Session, file: Path) -> str:
    """A token out of a file: on a command line others could read it."""
    with file.open("rb") as opened:
        text = opened.read(MAX_TOKEN + 1).decode("utf-8", "replace").strip()
    if not text or len(text) > MAX_TOKEN or len(text.split()) != 1:
        raise session.error("not_a_token", path=file)
    return text


def remove_peer(session: Session, did: Annotated[str, Argument(metavar="DID", help="cli.peers.did")]) -> int | None:
    with session.client() as client:
        client.remove_peer(did)
    session.screen.result({"did": did, "removed": True})
    session.screen.line(session.say("peers.removed", did=did), "green")
    return None


VERBS = {"list": list_peers, "add": add_peer, "remove": remove_peer}
