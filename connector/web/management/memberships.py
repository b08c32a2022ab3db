"""Membership: asking an authority for it, keeping it, and issuing it as an authority."""

from fastapi import APIRouter

from connector.canonical import JsonObject
from connector.web.management.guard import Owner, Reader, This, act, record
from connector.web.management.models import CredentialBody, IssueBody, RequestBody
from connector.web.management.views import membership_view

router = APIRouter(tags=["membership"])


@router.post("/membership-requests")
async def request(body: RequestBody, connector: This, caller: Owner) -> JsonObject:
    """A request for membership, signed by all our keys; hand it to the authority."""
    made = connector.memberships.request(body.authority)
    await record(connector, act(connector, caller, "request-membership", body.authority))
    return made


@router.put("/membership")
async def keep(body: CredentialBody, connector: This, caller: Owner) -> JsonObject:
    """Keep the membership that the authority issued, after checking it."""
    kept = await connector.memberships.keep(body.credential, by=act(connector, caller, "keep-membership"))
    return membership_view(kept) or {}


@router.post("/members", status_code=201)
async def issue(body: IssueBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: check a request and issue the MembershipCredential."""
    member = await connector.memberships.issue(body.request, by=act(connector, caller, "issue-membership"))
    return {"did": member.did, "name": member.name, "credential": member.credential, "issuedAt": member.issued_at}


@router.get("/members")
async def members(connector: This, _: Reader) -> list[JsonObject]:
    """As an authority: the members."""
    found = await connector.memberships.members()
    return [{"did": m.did, "name": m.name, "issuedAt": m.issued_at} for m in found]


@router.get("/trust")
async def trust(connector: This, _: Reader) -> JsonObject:
    """As an authority: the trust file for auditors."""
    return connector.memberships.trust_file()
