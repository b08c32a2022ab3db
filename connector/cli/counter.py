"""`mmd counter`: other terms, by changing single clauses of what lies on the table."""

from collections.abc import Sequence
from typing import Annotated, Any

from typer import Argument, Option

from connector.cli.choose import negotiation_called
from connector.cli.clause_options import chosen_clauses
from connector.cli.session import Session
from connector.cli.talk import show_changes


def command(
    session: Session,
    *,
    negotiation: Annotated[str, Argument(metavar="NEGOTIATION", help="cli.approve.negotiation")],
    set_: Annotated[list[str] | None, Option("--set", metavar="CLAUSE=VALUE", help="cli.counter.set")] = None,
    add: Annotated[list[str] | None, Option("--add", metavar="CLAUSE", help="cli.counter.add")] = None,
    drop: Annotated[list[str] | None, Option("--drop", metavar="CLAUSE", help="cli.counter.drop")] = None,
    terms: Annotated[str | None, Option("--terms", metavar="DIGEST", help="cli.approve.terms")] = None,
) -> int | None:
    if not (set_ or add or drop):
        raise session.usage("nothing_to_change")
    clauses = given_clauses(session, set_=set_, add=add)
    with session.client() as client:
        found = negotiation_called(session, client, negotiation)
        pid = str(found["id"])
        on = terms or str(found["offer"]["terms"])
        view = client.counter(pid, on=on, set_=clauses, drop=drop or ())
        talk = client.conversation(pid)
    session.screen.result(talk)
    session.screen.line(session.say("counter.done", state=view.get("state")), "green")
    show_changes(session, (talk.get("offers") or [{}])[-1].get("changes") or [])
    return None


def given_clauses(session: Session, *, set_: Sequence[str] | None, add: Sequence[str] | None) -> dict[str, Any]:
    """Clauses with their blanks: `count=5`, `purpose=research,safety`, `lump-sum.amount=100000`; and some without any.

    Raises:
        CommandError: a clause or blank that is not in the catalogue, or a value that is missing.
    """
    for text in set_ or ():
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise session.usage("not_a_clause", text=text)
    whole = [text for text in set_ or () if "." not in text.partition("=")[0]]
    blanks = [text for text in set_ or () if text not in whole]
    return chosen_clauses(session, clause=[*whole, *(add or ())], set_=blanks, without=())
