"""`mmd membership`: from a member's request, through the authority's hands, to the credential."""

import json
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from connector.cli.delivery import check_target, whole_file
from connector.cli.failures import CommandError
from connector.cli.screen import json_text
from connector.cli.session import Session

MAX_FILE = 1_000_000
"""The largest request or credential file that is read, in bytes."""

_Output = Annotated[Path | None, Option("--output", "-o", metavar="FILE", help="cli.membership.output")]


def request(
    session: Session,
    authority: Annotated[str, Option("--authority", metavar="DID", help="cli.membership.authority")],
    output: _Output = None,
) -> int | None:
    with session.client() as client:
        _give(session, client.membership_request(authority), output, "membership.requested")
    return None


def issue(
    session: Session,
    file: Annotated[Path, Argument(metavar="FILE", help="cli.membership.request_file")],
    output: _Output = None,
) -> int | None:
    document = _read(session, file)
    if not isinstance(document, dict):
        raise session.error("not_a_request", path=file)
    with session.client() as client:
        _give(session, client.admit_member(document), output, "membership.issued")
    return None


def store(
    session: Session, file: Annotated[Path, Argument(metavar="FILE", help="cli.membership.credential_file")]
) -> int | None:
    document = _read(session, file)
    credentials = _credentials(document)
    if not credentials:
        raise session.error("not_a_credential", path=file)
    with session.client() as client:
        kept = [client.store_membership(credential) for credential in credentials]
    found = kept[0]
    session.screen.result(found)
    session.screen.line(
        session.say("membership.stored", issuer=found.get("issuer", ""), until=found.get("validUntil", "")), "green"
    )
    return None


def trust(session: Session, output: _Output = None) -> int | None:
    with session.client() as client:
        _give(session, client.trust(), output, "membership.trusted")
    return None


def watch(session: Session) -> int | None:
    with session.client() as client:
        found = client.watch_memberships()
    session.screen.result({"watched": found})
    for item in found:
        session.screen.line(watched_text(session, item), "bold red" if item.get("foreign") else None)
    if not found:
        session.screen.note(session.say("membership.watched_none"))
    return 1 if any(item.get("foreign") or item.get("problem") for item in found) else 0


VERBS = {"request": request, "issue": issue, "store": store, "trust": trust, "watch": watch}


def watched_text(session: Session, item: dict[str, Any]) -> str:
    """What an authority has issued in our name, in a sentence."""
    foreign, authority = item.get("foreign") or [], item.get("authority", "")
    if foreign:
        return session.say("membership.watched_foreign", authority=authority, digests=", ".join(foreign))
    if item.get("problem"):
        return session.say("membership.watched_problem", authority=authority, problem=item["problem"])
    return session.say("membership.watched", authority=authority, count=item.get("shown", 0))


def _give(session: Session, document: dict[str, Any], output: Path | None, key: str) -> None:
    """Write the document where it was wished; to the screen when nowhere."""
    if output is None:
        print(json_text(document))
        return
    check_target(session, output)
    with whole_file(output) as file:
        file.write(json_text(document).encode() + b"\n")
    session.screen.result({"file": str(output)})
    session.screen.line(session.say(key, file=output), "green")


def _credentials(document: Any) -> list[str]:
    """The credentials in an authority's answer, which holds one for each profile; or the one that is the document."""
    if isinstance(document, dict):
        found = [document.get("credential"), *(document.get("credentials") or {}).values()]
        return [one for one in dict.fromkeys(found) if isinstance(one, str)]
    return [document] if isinstance(document, str) else []


def _read(session: Session, file: Path) -> Any:
    """A JSON document, or a bare compact JWT."""
    with file.open("rb") as source:
        data = source.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise CommandError(session.say("error.too_large", path=file, limit=MAX_FILE))
    try:
        text = data.decode("utf-8").strip()
        return text if text.startswith("ey") else json.loads(text)
    except (ValueError, RecursionError):
        raise session.error("not_json", path=file) from None
