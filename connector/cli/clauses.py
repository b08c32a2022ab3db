"""`mmd clauses`: what may stand in a contract. And clauses on the screen: what each says, and who keeps it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Final

from typer import Argument

from connector.cli.choose import clause_text, words
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

SHOW: Final = "show"
BUNDLES: Final = "bundles"


def command(
    session: Session,
    *,
    what: Annotated[str | None, Argument(metavar="show|bundles", help="cli.clauses.what")] = None,
    which: Annotated[str | None, Argument(metavar="ID", help="cli.clauses.which")] = None,
) -> int | None:
    if what not in {None, SHOW, BUNDLES} or (what == SHOW and which is None):
        raise session.usage("clauses_what", given=what or "")
    with session.client() as client:
        if what == BUNDLES:
            _show_bundles(session, [item for item in client.bundles() if which in (None, item.get("id"))], which)
        elif which is not None:
            _show_one(session, client.clause(which))
        else:
            found = client.clauses()
            session.screen.result({"clauses": found})
            columns = [session.say(f"clauses.column_{name}") for name in ("id", "name", "keeper", "blanks")]
            session.screen.table(columns, [_row(session, item) for item in found])
    return None


def _row(session: Session, item: "Json") -> list[str]:
    blanks = ", ".join(str(blank["name"]) for blank in item.get("blanks", []))
    return [str(item["id"]), words(item.get("name"), session.lang), keeper(session, item.get("enforcer")), blanks]


def _show_one(session: Session, item: "Json") -> None:
    session.screen.result(item)
    lang = session.lang
    session.screen.line(f"{words(item.get('name'), lang)} ({item.get('id')})", "bold")
    session.screen.line(f"  {words(item.get('text'), lang)}")
    session.screen.line(f"  {words(item.get('enforcerText'), lang)}")
    for blank in item.get("blanks", []):
        words_ = ", ".join(f"{c['word']} ({words(c, lang)})" for c in blank.get("choices", []))
        hint = words_ or words(blank.get("hint"), lang)
        session.screen.line(f"  {item.get('id')}.{blank['name']}: {words(blank.get('label'), lang)} — {hint}")
    sources = ", ".join(words(source, lang) for source in item.get("sources", []))
    excludes = ", ".join(map(str, item.get("excludes", [])))
    session.screen.facts(
        [(session.say("clauses.sources"), sources), (session.say("clauses.excludes"), excludes or None)]
    )


def _show_bundles(session: Session, found: list["Json"], which: str | None) -> None:
    if which is not None and not found:
        raise session.error("no_such_bundle", bundle=which)
    session.screen.result({"bundles": found})
    for item in found:
        session.screen.line(f"{words(item.get('name'), session.lang)} ({item.get('id')})", "bold")
        session.screen.line(f"  {words(item.get('text'), session.lang)}")
        session.screen.line(f"  {', '.join(item.get('clauses', {}))}")
        open_ = ", ".join(f"{blank['clause']}.{blank['name']}" for blank in item.get("open", []))
        session.screen.facts([(session.say("clauses.open"), open_ or None)])


def show_clauses(session: Session, clauses: Iterable["Json"]) -> None:
    """One line for each clause, its keeper in brackets."""
    for clause in clauses:
        session.screen.line(f"  • {clause_text(clause, session.lang)}  [{keeper(session, clause.get('enforcer'))}]")


def show_offers(session: Session, offers: Iterable["Json"]) -> None:
    """Each offer with its clauses."""
    for offer in offers:
        session.screen.line(session.say("offer.title", offer=offer.get("id", "")))
        if offer.get("problem"):
            sentence = session.say("offer.problem", problem=offer["problem"])
            session.screen.line(f"  {sentence}", "yellow")
        show_clauses(session, offer.get("clauses", []))


def keeper(session: Session, enforcer: Any) -> str:
    """Who keeps a clause: E the provider's connector, C the other connector, P a promise on paper."""
    return session.say(f"keeper.{enforcer}") if enforcer in {"E", "C", "P"} else str(enforcer or "?")
