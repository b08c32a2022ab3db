"""`mmd people`: who may hold the data of a contract, changed with the other side's countersignature."""

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from typer import Argument, Option

from connector.cli.choose import contract_called
from connector.cli.erasing import ERASE, erase_person
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_MOST: Final = 1_000_000
_ENCODINGS: Final = ("utf-8-sig", "cp949")
"""What spreadsheets write, here and elsewhere."""


def command(
    session: Session,
    *,
    contract: Annotated[str | None, Argument(metavar="CONTRACT", help="cli.people.contract")] = None,
    set_: Annotated[Path | None, Option("--set", metavar="FILE", help="cli.people.set")] = None,
    reason: Annotated[str, Option("--reason", metavar="TEXT", help="cli.people.reason")] = "",
    accept: Annotated[bool, Option("--accept", help="cli.people.accept")] = False,
    refuse: Annotated[str | None, Option("--refuse", metavar="TEXT", help="cli.people.refuse")] = None,
    export: Annotated[Path | None, Option("--export", metavar="FILE", help="cli.people.export")] = None,
    proposal: Annotated[str | None, Option("--proposal", metavar="DIGEST", help="cli.people.proposal")] = None,
    person: Annotated[str | None, Argument(metavar="[NAME]", help="cli.people.person")] = None,
    email: Annotated[str, Option("--email", metavar="ADDRESS", help="cli.people.email")] = "",
    yes: Annotated[bool, Option("--yes", help="cli.people.yes")] = False,
) -> int | None:
    if contract == ERASE:
        return erase_person(session, person or "", email, reason, yes=yes)
    if person is not None or email or yes:
        raise session.usage("people_one_thing")
    if sum((set_ is not None, accept, refuse is not None)) > 1 or (contract is None and set_ is None):
        raise session.usage("people_one_thing")
    people = read_people(session, set_) if set_ is not None else []
    with session.client() as client:
        if contract is None:
            made = client.make_people(people)
            session.screen.result(made)
            session.screen.line(session.say("people.made", digest=made["digest"]), "green")
            return None
        called = str(contract_called(session, client, contract)["id"])
        if set_ is not None:
            view = client.propose_people(called, people, reason)
        elif accept:
            view = client.accept_people(called, proposal)
        elif refuse is not None:
            view = client.refuse_people(called, refuse, proposal)
        else:
            view = client.people(called)
    session.screen.result(view)
    _show(session, view)
    if export is not None:
        _export(session, view, export)
    return None


def read_people(session: Session, path: Path) -> list["Json"]:
    """The people in a table of two columns, name and e-mail, with or without a line of headings.

    Raises:
        CommandError: it cannot be read, or a line has no e-mail address; the line is named.
    """
    data = path.read_bytes()
    if len(data) > _MOST:
        raise session.usage("people_too_large", path=path)
    rows = [row for row in csv.reader(io.StringIO(_decoded(session, path, data))) if any(cell.strip() for cell in row)]
    if rows and not any("@" in cell for cell in rows[0]):
        rows = rows[1:]
    found = []
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row if cell.strip()]
        email = next((cell for cell in cells if "@" in cell), None)
        name = next((cell for cell in cells if "@" not in cell), None)
        if email is None or name is None:
            raise session.usage("people_line", path=path, number=number)
        found.append({"name": name, "email": email})
    if not found:
        raise session.usage("people_empty", path=path)
    return found


def _export(session: Session, view: "Json", path: Path) -> None:
    """The lists with their salts: whoever has them and the evidence can compare the digests (RFC 8785, SHA-256)."""
    lists = view.get("annexes") or []
    path.write_text(json.dumps({"contract": view.get("contract"), "annexes": lists}, ensure_ascii=False), "utf-8")
    session.screen.note(session.say("people.exported", count=len(lists), path=path))


def _decoded(session: Session, path: Path, data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise session.usage("people_encoding", path=path)


def _show(session: Session, view: "Json") -> None:
    if view.get("now") is None and not view.get("proposed"):
        session.screen.note(session.say("people.none"))
        return
    session.screen.line(session.say("people.now", digest=view.get("now") or "-"), "bold")
    _table(session, view.get("people"))
    for one in view.get("erased") or []:
        session.screen.note(session.say("people.list_erased", digest=one["digest"], at=one["at"], reason=one["reason"]))
    for one in view.get("proposed") or []:
        said = session.say("people.proposed", by=one["by"], reason=one.get("reason") or "-", proposal=one["proposal"])
        session.screen.line(said, "yellow")
        _table(session, one.get("people"))


def _table(session: Session, people: "list[Json] | None") -> None:
    if people is None:
        session.screen.note(session.say("people.not_here"))
        return
    columns = [session.say("people.column_name"), session.say("people.column_email")]
    session.screen.table(columns, [[str(one["name"]), str(one["email"])] for one in people])
