"""`mmd show`: one data set, of ours or of another, with its offers; or a negotiation, with all that was said in it."""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choose import entry_called, matches, negotiations_called, one_of, words
from connector.cli.clauses import show_offers
from connector.cli.screen import size_text
from connector.cli.session import Session
from connector.cli.talk import show_talk

if TYPE_CHECKING:
    from connector.client import Json


def command(
    session: Session,
    dataset: Annotated[str, Argument(metavar="DATASET|NEGOTIATION", help="cli.show.dataset")],
    provider: Annotated[str | None, Option("--provider", metavar="DID", help="cli.show.provider")] = None,
) -> int | None:
    with session.client() as client:
        talks = [] if provider else negotiations_called(client, dataset)
        if talks:
            talk = client.conversation(str(one_of(session, talks, dataset, key="id", kind="negotiation")["id"]))
            session.screen.result(talk)
            show_talk(session, talk)
            return None
        ours = [] if provider else [item for item in client.datasets() if matches(str(item.get("id", "")), dataset)]
        if ours:
            found = client.dataset(one_of(session, ours, dataset, key="id", kind="dataset")["id"])
        else:
            found = entry_called(session, client, dataset, provider)
    session.screen.result(found)
    show_dataset(session, found)
    return None


def show_dataset(session: Session, found: "Json") -> None:
    """What is known of it, then its offers."""
    session.screen.line(words(found.get("title"), session.lang), "bold")
    description = words(found.get("description"), session.lang)
    if description:
        session.screen.line(description)
    provider = " ".join(str(found[key]) for key in ("providerName", "provider") if found.get(key))
    session.screen.facts(
        [
            (session.say("show.id"), found.get("dataset") or found.get("id")),
            (session.say("show.by"), provider),
            (session.say("show.size"), size_text(found.get("byteSize"))),
            (session.say("show.digest"), found.get("digest")),
            (session.say("show.keywords_title"), ", ".join(found.get("keywords") or [])),
        ]
    )
    show_offers(session, found.get("offers", []))
