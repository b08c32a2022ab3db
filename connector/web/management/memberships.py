"""Membership: asking an authority for it, keeping it, and issuing it as an authority."""

from typing import Annotated

from fastapi import APIRouter, Query

from connector.canonical import JsonObject
from connector.services.errors import NotFound
from connector.trust.anchor_lists import trust_file_of
from connector.trust.anchors import TrustFile, write_trust_file
from connector.trust.credentials import read_membership
from connector.trust.vc11 import VC11
from connector.web.deps import Connector
from connector.web.management.guard import Clerk, Owner, Reader, This, Wait, act, record
from connector.web.management.models import (
    ApprovalBody,
    CredentialBody,
    CredentialOfferBody,
    IssueBody,
    IssuerBody,
    IssuerRemovalBody,
    MemberBody,
    RefusalBody,
    RequestBody,
    RevocationBody,
)
from connector.web.management.views import anchors_view, asked_view, member_view, membership_view, request_view

router = APIRouter(tags=["membership"])
Authority = Annotated[
    str | None, Query(max_length=2048, description="the DID of one of our authorities; all if absent")
]


async def trust_file(connector: Connector, authority: str | None) -> TrustFile:
    """What an auditor brings, as far as we know it.

    Raises:
        NotFound: no authority has shown us a list that counts.
    """
    me = connector.identity.did
    if authority in (None, me):
        try:
            return trust_file_of([await connector.published_anchors.list()])
        except NotFound:
            pass  # we are none
    found = connector.anchors.trust_file(authority)
    if not found.authorities:
        raise NotFound("no list of trust anchors that counts is held here; ask the authority for its trust file")
    return found


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
    issued = await connector.memberships.issue(
        body.request, by=act(connector, caller, "issue-membership", detail=body.says), says=body.says
    )
    membership = read_membership(issued.credentials[VC11])
    return {
        "did": issued.did,
        "name": membership.name,
        "credential": issued.credentials[VC11],
        "credentials": issued.credentials,
        "issuedAt": issued.issued_at,
        "validUntil": issued.valid_until,
    }


@router.post("/credential-requests", status_code=201)
async def ask(body: RequestBody, connector: This, caller: Owner) -> JsonObject:
    """Ask an authority for a membership over the line (DCP issuance); it answers when it has decided."""
    done = act(connector, caller, "request-membership", body.authority)
    return asked_view(await connector.joining.ask(body.authority, by=done))


@router.get("/credential-requests")
async def asked(connector: This, _: Reader) -> list[JsonObject]:
    """What we have asked for, and what we were offered."""
    return [asked_view(one) for one in await connector.joining.all()]


@router.get("/credential-requests/{request_id}")
async def one_asked(request_id: str, connector: This, _: Reader, wait: Wait = 0) -> JsonObject:
    """How one of our requests stands; `wait` holds the answer until it is decided."""
    return asked_view(await connector.joining.look(request_id, wait))


@router.get("/member-requests")
async def requests(connector: This, _: Reader) -> list[JsonObject]:
    """As an authority: who asked for a membership, and what came of it."""
    return [request_view(one) for one in await connector.issuer_service.requests()]


@router.post("/admissions", status_code=201)
async def approve(body: ApprovalBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: issue the membership that was asked for, and deliver it."""
    done = act(connector, caller, "approve-member", detail=body.says)
    return request_view(await connector.issuer_service.approve(body.request, by=done, says=body.says))


@router.post("/refusals", status_code=201)
async def refuse(body: RefusalBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: refuse it, and say why."""
    done = act(connector, caller, "refuse-member")
    return request_view(await connector.issuer_service.refuse(body.request, body.reason, by=done))


@router.post("/credential-offers", status_code=201)
async def offer(body: CredentialOfferBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: invite a company to ask for a membership, or for a new one."""
    done = act(connector, caller, "offer-membership", detail=body.reason)
    await connector.issuer_service.offer(body.holder, body.reason, by=done)
    return {"holder": body.holder, "reason": body.reason}


@router.post("/revocations", status_code=201)
async def revoke(body: RevocationBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: take back a membership for good. The published status list says so, and members get a hint."""
    done = act(connector, caller, "revoke-membership", detail=body.reason)
    return member_view(await connector.memberships.revoke(body.did, body.reason, by=done))


@router.post("/suspensions", status_code=201)
async def suspend(body: RevocationBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: let a membership rest until that is lifted. What runs with the member stops."""
    done = act(connector, caller, "suspend-membership", detail=body.reason)
    return member_view(await connector.memberships.suspend(body.did, body.reason, by=done))


@router.post("/reinstatements", status_code=201)
async def resume(body: MemberBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: lift a suspension. What was stopped by it goes on."""
    done = act(connector, caller, "reinstate-membership")
    return member_view(await connector.memberships.resume(body.did, by=done))


@router.post("/departures", status_code=201)
async def leave(connector: This, caller: Owner) -> JsonObject:
    """Leave the data space: nothing more is offered, what is open ends, each authority takes its membership back.

    Contracts and evidence stay. `waiting` names authorities that could not be told; call again for them.
    """
    return await connector.leaving.leave(by=act(connector, caller, "leave"))


@router.post("/membership-watches", status_code=201)
async def watch(connector: This, caller: Clerk) -> list[JsonObject]:
    """Ask each authority now what it has issued in our name. `foreign` are memberships that bind keys of somebody else."""
    await record(connector, act(connector, caller, "watch-memberships"))
    return [watched.to_json() for watched in await connector.watching.look()]


@router.get("/members")
async def members(connector: This, _: Reader) -> list[JsonObject]:
    """As an authority: the members."""
    found = await connector.memberships.members()
    return [member_view(member) for member in found]


@router.get("/trust")
async def trust(connector: This, _: Reader, authority: Authority = None) -> JsonObject:
    """The trust file for auditors: at an authority of its own list of trust anchors, else of the lists that we hold."""
    return write_trust_file(await trust_file(connector, authority))


@router.get("/anchors")
async def anchors(connector: This, _: Reader) -> list[JsonObject]:
    """How things stand with the list of trust anchors of each authority that the settings name."""
    return connector.anchors.described()


@router.post("/anchors/refreshes", status_code=201)
async def refresh_anchors(connector: This, caller: Owner) -> list[JsonObject]:
    """Ask every authority for its list now."""
    await record(connector, act(connector, caller, "refresh-anchors"))
    for authority in connector.authorities:
        await connector.anchors.refresh(authority)
    return connector.anchors.described()


@router.post("/anchors/issuers", status_code=201)
async def add_issuer(body: IssuerBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: believe an issuer for these types of credentials. A new version of the list is published."""
    done = act(connector, caller, "add-trust-anchor")
    return anchors_view(await connector.published_anchors.add(body.did, tuple(body.types), by=done))


@router.post("/anchors/removals", status_code=201)
async def remove_issuer(body: IssuerRemovalBody, connector: This, caller: Owner) -> JsonObject:
    """As an authority: believe an issuer no more, for one type or for all."""
    done = act(connector, caller, "remove-trust-anchor")
    return anchors_view(await connector.published_anchors.remove(body.did, body.type, by=done))
