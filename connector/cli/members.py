"""`mmd members`: as an authority, whom it admitted, who asks to be admitted, and what is answered."""

from typing import Annotated

from typer import Argument, Option

from connector.cli.named import named_values
from connector.cli.session import Session

_Request = Annotated[str, Argument(metavar="ID|DID", help="cli.members.request")]


def list_members(session: Session) -> int | None:
    with session.client() as client:
        found = client.members()
    session.screen.result({"members": found})
    columns = [session.say(f"membership.column_{name}") for name in ("name", "did", "until", "state")]
    rows = [
        [item.get("name", ""), item.get("did", ""), item.get("validUntil") or "", _state(session, item)]
        for item in found
    ]
    session.screen.table(columns, rows)
    return None


def requests(session: Session) -> int | None:
    with session.client() as client:
        found = client.member_requests()
    session.screen.result({"requests": found})
    columns = [session.say(f"members.column_{name}") for name in ("at", "name", "did", "state", "request")]
    rows = [
        [
            item.get("createdAt", ""),
            item.get("name") or "",
            item.get("did", ""),
            session.say(f"join.word_{str(item.get('state')).lower()}"),
            item.get("id", ""),
        ]
        for item in found
    ]
    session.screen.table(columns, rows)
    if not found:
        session.screen.note(session.say("members.no_requests"))
    return None


def approve(
    session: Session,
    request: _Request,
    country: Annotated[str | None, Option("--country", metavar="CODE", help="cli.members.country")] = None,
    affiliate_of: Annotated[
        list[str] | None, Option("--affiliate-of", metavar="DID", help="cli.members.affiliate")
    ] = None,
    claim: Annotated[list[str] | None, Option("--claim", metavar="NAME=VALUE", help="cli.members.claim")] = None,
) -> int | None:
    says: dict[str, object] = named_values(session, claim or ())
    if country:
        says["country"] = country.upper()
    if affiliate_of:
        says["affiliateOf"] = affiliate_of
    with session.client() as client:
        done = client.approve(request, says)
    session.screen.result(done)
    session.screen.line(session.say("members.approved", name=done.get("name") or "", did=done["did"]), "green")
    return None


def refuse(
    session: Session,
    request: _Request,
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="cli.members.reason")] = None,
) -> int | None:
    if not reason:
        reason = session.screen.ask(session.say("members.ask_reason")) if session.screen.interactive else None
        if not reason:
            raise session.usage("no_reason")
    with session.client() as client:
        done = client.refuse_member(request, reason)
    session.screen.result(done)
    session.screen.line(session.say("members.refused", did=done["did"]))
    return None


def offer(
    session: Session,
    did: Annotated[str, Argument(metavar="DID", help="cli.members.holder")],
    reason: Annotated[str, Option("--reason", metavar="WORD", help="cli.members.offer_reason")] = "membership",
) -> int | None:
    with session.client() as client:
        done = client.offer_membership(did, reason)
    session.screen.result(done)
    session.screen.line(session.say("members.offered", did=did), "green")
    return None


def suspend(
    session: Session,
    did: Annotated[str, Argument(metavar="DID", help="cli.revoke.did")],
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="cli.revoke.reason")] = None,
) -> int | None:
    if not reason:
        reason = session.screen.ask(session.say("revoke.ask_reason")) if session.screen.interactive else None
        if not reason:
            raise session.usage("no_reason")
    with session.client() as client:
        done = client.suspend_member(did, reason)
    session.screen.result(done)
    session.screen.line(session.say("members.suspended", did=done["did"]), "green")
    return None


def resume(session: Session, did: Annotated[str, Argument(metavar="DID", help="cli.revoke.did")]) -> int | None:
    with session.client() as client:
        done = client.reinstate_member(did)
    session.screen.result(done)
    session.screen.line(session.say("members.resumed", did=done["did"]), "green")
    return None


VERBS = {
    "list": list_members,
    "requests": requests,
    "approve": approve,
    "refuse": refuse,
    "offer": offer,
    "suspend": suspend,
    "resume": resume,
}


def _state(session: Session, item: dict[str, object]) -> str:
    if item.get("revokedAt") is None:
        if item.get("suspendedAt"):
            return session.say("membership.state_suspended", at=item["suspendedAt"], reason=item.get("reason") or "")
        return session.say("membership.state_member")
    return session.say("membership.state_revoked", at=item["revokedAt"], reason=item.get("reason") or "")
