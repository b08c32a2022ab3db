"""`mmd offer`: offer a data set of ours to a participant that has not asked for it."""

from typing import Annotated

from typer import Argument, Option

from connector.cli.choose import matches, one_of
from connector.cli.clause_options import settle
from connector.cli.session import Session
from connector.cli.terms import (
    AnyPurpose,
    Blanks,
    Bundle,
    Clauses,
    Count,
    NotBefore,
    Prohibitions,
    Purposes,
    Recipients,
    Until,
    Without,
    given_terms,
    none_given,
)


def command(
    session: Session,
    *,
    dataset: Annotated[str, Argument(metavar="DATASET", help="cli.offer.dataset")],
    to: Annotated[str, Option("--to", metavar="DID", help="cli.offer.to")],
    offer: Annotated[str | None, Option("--offer", metavar="ID", help="cli.offer.offer")] = None,
    purpose: Purposes = None,
    any_purpose: AnyPurpose = False,
    until: Until = None,
    not_before: NotBefore = None,
    count: Count = None,
    recipient: Recipients = None,
    prohibit: Prohibitions = None,
    bundle: Bundle = None,
    clause: Clauses = None,
    set_: Blanks = None,
    without: Without = None,
) -> int | None:
    terms = given_terms(
        session,
        purpose=purpose,
        any_purpose=any_purpose,
        until=until,
        not_before=not_before,
        count=count,
        recipient=recipient,
        prohibit=prohibit,
        bundle=bundle,
        clause=clause,
        set_=set_,
        without=without,
    )
    own = None if none_given(terms) else terms
    if own is not None and offer is not None:
        raise session.usage("offer_or_terms")
    if own is not None and own.purpose_is_open:
        raise session.usage("no_purpose")
    with session.client() as client:
        ours = [item for item in client.datasets() if matches(str(item.get("id", "")), dataset)]
        found = one_of(session, ours, dataset, key="id", kind="dataset")
        if own is not None:
            settle(session, client, own)
        view = client.offer(to, str(found["id"]), offer=offer, terms=own.to_json() if own else None)
    session.screen.result(view)
    session.screen.line(session.say("offer.begun", did=to, negotiation=view.get("id")), "green")
    session.screen.note(session.say("offer.next"))
    return None
