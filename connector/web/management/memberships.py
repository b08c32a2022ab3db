"""Membership: asking an authority for it, keeping it, and issuing it as an authority."""

from fastapi import APIRouter

from connector.canonical import JsonObject
from connector.trust.credentials import read_membership
from connector.trust.vc11 import VC11
from connector.web.management.guard import Owner, Reader, This, act, record
from connector.web.management.models import CredentialBody, IssueBody, RequestBody, RevocationBody
from connector.web.management.views import member_view, membership_view

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
    """As an authority: check a request and issue the MembershipCredential, in both profiles of DCP."""
    issued = await connector.memberships.issue(body.request, by=act(connector, caller, "issue-membership"))
    membership = read_membership(issued.credentials[VC11])
    return {
        "did": issued.did,
        "name": membership.name,
        "credential": issued.credentials[VC11],
        "credentials": issued.credentials,
        "issuedAt": issued.issued_at,
        "validUntil": issued.valid_until,
    }


@router.post("/revocations", status_code=201)
async def revoke(body: RevocationBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: take back a membership for good. The published status list says so, and members get a hint."""
    done = act(connector, caller, "revoke-membership", detail=body.reason)
    return member_view(await connector.memberships.revoke(body.did, body.reason, by=done))


@router.get("/members")
async def members(connector: This, _: Reader) -> list[JsonObject]:
    """As an authority: the members."""
    found = await connector.memberships.members()
    return [member_view(member) for member in found]


@router.get("/trust")
async def trust(connector: This, _: Reader) -> JsonObject:
    """As an authority: the trust file for auditors."""
    return connector.memberships.trust_file()
