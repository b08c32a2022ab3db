"""Ourselves: identity, peers, settings, log, acts."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request, Response

from connector.canonical import JsonObject, JsonValue
from connector.clock import format_time
from connector.ports.records import PeerRecord
from connector.ports.store import UnitOfWork
from connector.services.acts import note
from connector.services.errors import BadRequest, Conflict, Forbidden, NotFound
from connector.trust.did import is_did
from connector.trust.lapses import LAPSES, STATIC_TOKEN
from connector.web.deps import Connector
from connector.web.management.guard import Clerk, Limit, Owner, Reader, This, act, record
from connector.web.management.models import DiagnosisBody, LogAuditBody, PeerBody, ReconciliationBody
from connector.web.management.paging import link_next, page
from connector.web.management.views import act_view, membership_view

router = APIRouter(tags=["company"])


@router.get("/self")
async def self_(connector: This, _: Reader) -> JsonObject:
    """Who we are, and how things stand."""
    me = connector.identity
    membership = await connector.memberships.own()
    head = await connector.store.read(lambda unit: unit.log.head())
    excepted = await connector.store.read(lambda unit: unit.peers.find(may_not_sign=True))
    waiting = await connector.store.read(lambda unit: unit.waiting.find())
    return {
        "participantId": me.did,
        "name": me.name,
        "publicUrl": me.public_url,
        "protocolUrl": me.protocol_url,
        "profile": "laboratory" if me.laboratory else "production",
        "keys": {"token": me.token_key.kid, "contract": me.contract_key.kid, "log": me.log_key.kid},
        "logOrigin": me.log_origin,
        "authorities": list(connector.authorities),
        "anchors": connector.anchors.described(),
        "watched": connector.watching.described(),
        "membership": membership_view(membership),
        "checkpoint": head.note if head else None,
        "outboxWaiting": connector.outbox.waiting(),
        "inbox": {"waiting": len(waiting), "nextEnds": min((one.expires_at for one in waiting), default=None)},
        "unreachable": [
            {"peer": line.peer, "line": line.state.value, "due": line.due, "problem": line.problem}
            for line in connector.outbox.lines()
            if line.problem is not None
        ],
        "exceptions": [_peer(peer) for peer in excepted],
        "disk": await connector.disk_space.described(),
        "signingSuspended": getattr(connector.store, "suspended", None),
    }


@router.get("/peers")
async def peers(connector: This, _: Reader) -> list[JsonObject]:
    """The participants that we know by name, and what we except them from."""
    found = await connector.store.read(lambda unit: unit.peers.find())
    return [_peer(p) for p in found]


@router.put("/peers/{did}")
async def put_peer(did: str, body: PeerBody, connector: This, caller: Clerk) -> JsonObject:
    """Name a participant, so that searches ask it.

    `mayNotSign`, and what else is put up with in it (`lapses`), are exceptions that show in every contract. With
    `static-token` it needs two tokens: the one that it is to show to us is made here unless it is given, and shown once.
    """
    name = unquote(did) if "%25" in did or not is_did(did) else did
    if not is_did(name):
        raise BadRequest(f"{did!r} is not a DID")
    if body.mayNotSign and not body.reason:
        raise BadRequest("an exception from signing needs a reason")
    if body.mayNotSign and caller.role != "owner":
        raise Forbidden("only an owner may except a peer from signing")
    _check_lapses(body)
    record = PeerRecord(
        did=name,
        may_not_sign=body.mayNotSign,
        reason=body.reason,
        added_at=format_time(connector.clock.now()),
        lapses=sorted(set(body.lapses)),
    )
    done = act(connector, caller, "put-peer", name, body.model_dump(exclude={"sendToken", "expectToken"}))

    def work(unit: UnitOfWork) -> None:
        if record.lapses and unit.memberships.find(did=name, limit=1):
            raise Conflict(
                "this participant has shown a membership that binds a contract key; nothing is put up with in it"
            )
        unit.peers.put(record)
        note(unit, done)

    made = await _put(connector, record, body, work)
    if record.may_not_sign:
        connector.authenticator.except_(name, record.lapses)
    else:
        connector.authenticator.except_no_more(name)
    return {**_peer(record), **({} if made is None else {"expectToken": made})}


async def _put(
    connector: Connector, record: PeerRecord, body: PeerBody, work: Callable[[UnitOfWork], None]
) -> str | None:
    """Keep a peer, and its static tokens with it; the token that it is to show, if it was made here."""
    tokens, static = connector.authenticator.static_tokens, STATIC_TOKEN in record.lapses
    send = body.sendToken.get_secret_value() if body.sendToken else None
    expect = body.expectToken.get_secret_value() if body.expectToken else None
    if (send or expect) and not static:
        raise BadRequest(f"tokens belong to a participant in which {STATIC_TOKEN} is put up with")
    if static and send is None and (expect is not None or not tokens.has(record.did)):
        raise BadRequest(
            "a static token needs the token that we are to show (sendToken), as the participant gave it to us"
        )
    if not static:
        # First they open nothing any more, then the exception goes.
        tokens.drop(record.did)
    made = None if send is None else tokens.made(record.did, send=send, expect=expect)
    await connector.store.write(work)
    if made is None:
        return None
    tokens.give(record.did, made[1])
    return made[0] if expect is None else None


@router.post("/diagnoses")
async def diagnose(body: DiagnosisBody, connector: This, caller: Clerk) -> JsonObject:
    """Look at another connector: what it says of itself, how it treats us, what would not work and why.

    Nothing stays behind there; it takes up to a minute.
    """
    await record(connector, act(connector, caller, "diagnose-peer", body.peer))
    return await connector.diagnosis.of(body.peer)


@router.delete("/peers/{did}", status_code=204)
async def delete_peer(did: str, connector: This, caller: Clerk) -> None:
    """Forget a participant's name and exceptions; contracts stay."""
    done = act(connector, caller, "delete-peer", did)

    def work(unit: UnitOfWork) -> bool:
        if unit.peers.get(did) is None:
            return False
        unit.peers.delete(did)
        note(unit, done)
        return True

    if not await connector.store.write(work):
        raise NotFound("there is no such peer")
    connector.authenticator.static_tokens.drop(did)
    connector.authenticator.except_no_more(did)


@router.get("/settings")
async def settings(connector: This, _: Reader) -> JsonObject:
    """Every setting with its value and where it comes from; nothing secret."""
    return {"settings": list(connector.settings)}


@router.get("/log")
async def log(connector: This, _: Reader) -> JsonObject:
    """The newest checkpoint of our log."""
    head = await connector.store.read(lambda unit: unit.log.head())
    return {
        "origin": connector.identity.log_origin,
        "size": head.size if head else 0,
        "root": head.root.hex() if head else None,
        "checkpoint": head.note if head else None,
    }


@router.post("/log-audits")
async def audit_log(body: LogAuditBody, connector: This, caller: Clerk) -> JsonObject:
    """Compare what a participant's log shows to us with what it shows to others; it takes up to a minute.

    `outcome` is agrees, split (proven by the two checkpoints), unproven, nothing or unreachable.
    """
    done = act(connector, caller, "audit-log", body.peer)
    found = await connector.comparing.audit(body.peer, body.withOthers, by=done)
    compared: list[JsonValue] = [
        {
            "with": item.with_,
            "outcome": item.outcome.value,
            "sentence": item.sentence,
            "size": item.size,
            "checkpoints": list(item.checkpoints),
        }
        for item in found
    ]
    return {"peer": body.peer, "compared": compared}


@router.post("/log-reconciliations")
async def reconcile(body: ReconciliationBody, connector: This, caller: Owner) -> JsonObject:
    """After a restore, or when log, database and mark disagree: ask the others what we have forgotten, and go on.

    Signing is released when nobody knows more than is here; otherwise a new log is opened and what was forgotten is taken up.
    """
    if body.without and not body.reason.strip():
        raise BadRequest("it takes a reason to do without somebody's answer")
    done = act(connector, caller, "reconcile", detail={"without": list(body.without), "reason": body.reason})
    report = await connector.reconciling.reconcile(without=body.without, reason=body.reason, by=done)
    return report.to_json()


@router.get("/acts")
async def acts(
    connector: This,
    _: Reader,
    request: Request,
    response: Response,
    *,
    after: Annotated[int | None, Query(description="the number of the last one of the page before")] = None,
    limit: Limit = 100,
) -> list[JsonObject]:
    """Who did what, newest first, in pages."""
    found = await connector.store.read(lambda unit: page(unit.acts, after=after, limit=limit))
    link_next(request, response, found[-1].number if found else None, full=len(found) == limit)
    return [act_view(done) for done in found]


@router.get("/tokens-of-caller")
async def caller(_: This, who: Reader) -> JsonObject:
    """Whose token this is."""
    return {"name": who.name, "role": who.role.value, "person": who.person}


def _peer(record: PeerRecord) -> JsonObject:
    return {
        "did": record.did,
        "mayNotSign": record.may_not_sign,
        "lapses": record.lapses,
        "reason": record.reason,
        "addedAt": record.added_at,
    }


def _check_lapses(body: PeerBody) -> None:
    unknown = sorted(set(body.lapses) - set(LAPSES))
    if unknown:
        raise BadRequest(
            f"{unknown[0][:80]!r} is not the name of anything to put up with; there are {', '.join(LAPSES)}"
        )
    if STATIC_TOKEN in body.lapses and len(set(body.lapses)) > 1:
        raise BadRequest(f"{STATIC_TOKEN} stands alone: nothing of an identity is looked at that could be put up with")
    if body.lapses and not body.mayNotSign:
        raise BadRequest("only in a peer that is excepted from signing (mayNotSign) is anything else put up with")


__all__ = ["Owner", "router"]
