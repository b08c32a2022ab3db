"""`mmd search`: what others offer."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import clause_text, words
from connector.cli.screen import size_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json


def command(
    session: Session,
    text: Annotated[list[str] | None, Argument(metavar="WORD", help="cli.search.words")] = None,
    provider: Annotated[str | None, Option("--provider", metavar="DID", help="cli.search.provider")] = None,
) -> int | None:
    with session.client() as client, session.screen.waiting(session.say("search.asking")):
        catalog = client.catalog(" ".join(text or ()), provider=provider)
    session.screen.result(catalog)
    entries = catalog.get("entries", [])
    session.screen.table(
        [session.say(f"search.column_{name}") for name in ("title", "provider", "size", "terms", "dataset")],
        [_row(session, entry) for entry in entries],
    )
    for asked in catalog.get("asked", []):
        if not asked.get("ok"):
            problem = asked.get("problem") or "?"
            session.screen.note(session.say("search.silent", did=asked.get("did", ""), problem=problem), "yellow")
    if not entries:
        session.screen.note(session.say("search.nothing", asked=len(catalog.get("asked", []))))
    else:
        session.screen.note(session.say("search.next"), "dim")
    return None


def _row(session: Session, entry: "Json") -> list[object]:
    offers = entry.get("offers", [])
    clauses = [clause_text(clause, session.lang) for clause in offers[0].get("clauses", [])] if offers else []
    more = session.say("search.more_offers", count=len(offers) - 1) if len(offers) > 1 else ""
    return [
        words(entry.get("title"), session.lang),
        entry.get("providerName") or entry.get("provider", ""),
        size_text(entry.get("byteSize")),
        "\n".join([*clauses, *([more] if more else [])]),
        entry.get("dataset", ""),
    ]
