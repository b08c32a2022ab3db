"""`mmd metering`: what both sides count under a contract, and each difference."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import contract_called
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

_COUNTED = ("uses", "rows", "bytes")


def command(
    session: Session,
    contract: Annotated[str, Argument(metavar="CONTRACT", help="cli.metering.contract")],
    tell: Annotated[bool, Option("--tell", help="cli.metering.tell")] = False,
) -> int | None:
    with session.client() as client:
        name = str(contract_called(session, client, contract)["id"])
        found = client.tell_metering(name) if tell else client.metering(name)
    session.screen.result(found)
    _show_totals(session, found)
    _show_lines(session, found["lines"])
    verdict = "metering.differ" if found["differences"] else "metering.agree"
    style = "yellow" if found["differences"] else "green"
    session.screen.line(session.say(verdict, differences=found["differences"], open=found["open"]), style)
    return None


def _show_totals(session: Session, found: "Json") -> None:
    theirs = found["theirs"] or {}
    rows = [
        [session.say(f"metering.row_{name}"), found["ours"][name], theirs.get(name, session.say("metering.not_told"))]
        for name in _COUNTED
    ]
    session.screen.table(["", session.say("metering.column_ours"), session.say("metering.column_theirs")], rows)


def _show_lines(session: Session, lines: list["Json"]) -> None:
    columns = [session.say(f"metering.column_{name}") for name in ("delivery", "is", "ours", "theirs")]
    rows = [
        [
            line["delivery"],
            session.say(f"metering.is_{line['is']}"),
            _text(session, line["ours"]),
            _text(session, line["theirs"]),
        ]
        for line in lines
    ]
    if rows:
        session.screen.table(columns, rows)


def _text(session: Session, line: "Json | None") -> str:
    if line is None:
        return ""
    rows = "?" if line["rows"] is None else line["rows"]
    return session.say("metering.line", rows=rows, bytes=line["bytes"], result=line["result"])
