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


VERBS = {"request": request, "issue": issue, "store": store, "trust": trust}


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
