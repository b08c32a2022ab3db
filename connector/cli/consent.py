"""`mmd consent`: what producers have consented to; given as producer, kept and ended as provider."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choices import PURPOSES, name_of, purpose_iri
from connector.cli.choose import one_of
from connector.cli.moments import moment
from connector.cli.screen import YES
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_Purposes = Annotated[list[str] | None, Option("--purpose", metavar="PURPOSE", help="cli.consent.purpose")]
_Until = Annotated[str | None, Option("--until", metavar="DAY", help="cli.consent.until")]
_Dataset = Annotated[str | None, Option("--dataset", metavar="ID|FILE|DIGEST", help="cli.consent.dataset")]


def list_consents(session: Session) -> int | None:
    with session.client() as client:
        found = client.consents()
    session.screen.result({"consents": found})
    if not found:
        session.screen.note(session.say("consent.none"))
        return None
    columns = [
        session.say(f"consent.column_{name}") for name in ("digest", "producer", "purposes", "until", "contracts")
    ]
    session.screen.table(columns, [_row(session, item) for item in found])
    return None


def add(
    session: Session,
    receipt: Annotated[Path | None, Option("--receipt", metavar="FILE", help="cli.consent.receipt")] = None,
    document: Annotated[Path | None, Option("--document", metavar="FILE", help="cli.consent.document")] = None,
    producer: Annotated[str | None, Option("--producer", metavar="NAME", help="cli.consent.producer")] = None,
    dataset: _Dataset = None,
    purpose: _Purposes = None,
    until: _Until = None,
) -> int | None:
    if (receipt is None) is (document is None):
        raise session.usage("receipt_or_document")
    body: Json
    if receipt is not None:
        body = {"receipt": _json(session, receipt)}
    elif document is not None:
        if not producer or not dataset:
            raise session.usage("document_says")
        body = {
            "digest": _digest(session, document),
            "producer": producer,
            "dataset": _named(session, dataset),
            "purposes": [purpose_iri(item) for item in purpose or ()],
            "until": moment(session, "--until", until, end_of_day=True),
        }
    with session.client() as client:
        kept = client.keep_consent(body)
    session.screen.result(kept)
    session.screen.line(session.say("consent.kept", digest=kept["digest"]), "green")
    return None


def give(
    session: Session,
    provider: Annotated[str, Argument(metavar="DID", help="cli.consent.provider")],
    dataset: Annotated[str, Option("--dataset", metavar="ID|FILE|DIGEST", help="cli.consent.dataset")],
    output: Annotated[Path | None, Option("--output", "-o", metavar="FILE", help="cli.consent.output")] = None,
    purpose: _Purposes = None,
    until: _Until = None,
) -> int | None:
    given = {
        "provider": provider,
        "dataset": _named(session, dataset),
        "purposes": [purpose_iri(item) for item in purpose or ()],
        "until": moment(session, "--until", until, end_of_day=True),
    }
    with session.client() as client:
        receipt = client.give_consent(given)
    session.screen.result(receipt)
    text = json.dumps(receipt, ensure_ascii=False, indent=1)
    if output is None:
        session.screen.line(text)
    else:
        output.write_text(text + "\n", "utf-8")
        session.screen.line(session.say("consent.given", file=output), "green")
    return None


def withdraw(
    session: Session,
    digest: Annotated[str, Argument(metavar="DIGEST", help="cli.consent.digest")],
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="cli.consent.reason")] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="cli.consent.dry_run")] = False,
    yes: Annotated[bool, Option("--yes", "-y", help="cli.consent.yes")] = False,
) -> int | None:
    if not reason and not dry_run:
        raise session.usage("no_reason")
    with session.client() as client:
        wanted = digest if digest.startswith("sha256:") else f"sha256:{digest}"
        found = one_of(session, client.consents(), wanted, key="digest", kind="consent")
        _say_hits(session, found)
        if dry_run:
            session.screen.result(found)
            return None
        if not yes and session.screen.interactive:
            answer = session.screen.ask(session.say("consent.sure", producer=found["producer"]), "n")
            if answer.casefold() not in YES:
                raise session.error("not_withdrawn")
        done = client.withdraw_consent(str(found["digest"]), str(reason))
    session.screen.result(done)
    session.screen.line(session.say("consent.withdrawn"), "green")
    return None


def _say_hits(session: Session, found: "Json") -> None:
    contracts = found.get("contracts") or []
    session.screen.note(session.say("consent.hits", count=len(contracts)))
    for contract in contracts:
        session.screen.note(f"  {contract}")
    session.screen.note(session.say("consent.past"))


def _row(session: Session, item: "Json") -> list[str]:
    purposes = ", ".join(name_of(one, PURPOSES, session.lang) for one in item.get("purposes") or [])
    state = session.say("consent.state_withdrawn") if item.get("withdrawnAt") else str(item.get("until") or "")[:10]
    return [
        str(item.get("digest", ""))[:19],
        str(item.get("producer", "")),
        purposes or session.say("consent.any_purpose"),
        state,
        str(len(item.get("contracts") or [])),
    ]


def _named(session: Session, dataset: str) -> str:
    """A file stands for its content: before it is published it has no other name."""
    path = Path(dataset)
    return _digest(session, path) if path.is_file() else dataset


def _digest(session: Session, path: Path) -> str:
    if not path.is_file():
        raise session.error("no_file", path=path)
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def _json(session: Session, path: Path) -> "Json":
    if not path.is_file():
        raise session.error("no_file", path=path)
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise session.error("no_receipt", path=path)
    return found


VERBS = {"list": list_consents, "add": add, "give": give, "withdraw": withdraw}
