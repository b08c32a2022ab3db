"""What our own records say of a peer: its membership, exceptions, the line to it, and how earlier conversations went."""

from typing import Any, Final

from connector.clock import Clock, parse_time
from connector.ports.records import Exchange
from connector.ports.store import UnitOfWork
from connector.services.diagnosis.findings import Findings
from connector.services.lines import LineView, State
from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import MEMBERSHIP

_LOOKED_AT: Final = 500
_BEGINNING: Final = frozenset({"ContractRequestMessage", "ContractOfferMessage", "TransferRequestMessage"})
_OK, _CONFLICT, _REFUSED = 200, 409, 400


def look_at_history(unit: UnitOfWork, did: str, findings: Findings) -> None:
    """What earlier conversations showed, as far as their transcripts are kept."""
    latest = unit.exchanges.latest(_LOOKED_AT, peer=did)
    heard = next((e for e in latest if e.direction == "in" and e.known), None)
    if heard is not None:
        findings.good("heard", at=heard.at, type=heard.type)
    else:
        findings.odd("never_heard")
    asked = [exchange for exchange in latest if exchange.direction == "out" and exchange.process is not None]
    if any(e.type in _BEGINNING and e.status == _OK and _begins(e) for e in asked):
        findings.odd("begins_with_200")
    conflicts = sum(exchange.status == _CONFLICT for exchange in asked)
    if conflicts:
        findings.odd("conflicts", count=conflicts)
    refusals = [e for e in asked if e.status is not None and e.status >= _REFUSED]
    if any(_is_page(exchange) for exchange in refusals):
        findings.odd("errors_as_pages")
    silent = sum(exchange.status is None for exchange in asked)
    if silent:
        findings.odd("unanswered", count=silent, of=len(asked))


def look_at_records(
    unit: UnitOfWork, did: str, findings: Findings, *, anchors: TrustAnchors, clock: Clock, lines: tuple[LineView, ...]
) -> None:
    """What we hold of this participant: membership, exceptions, the line to it."""
    peer = unit.peers.get(did)
    if peer is not None and peer.may_not_sign:
        findings.odd("excepted", reason=peer.reason or "")
        if peer.lapses:
            findings.odd("lapses", names=", ".join(peer.lapses))
    held: Any = unit.memberships.find(did=did, newest_first=True, limit=1)
    if not held:
        findings.odd("membership_unseen")
    elif not anchors.believes(MEMBERSHIP, held[0].issuer):
        findings.wrong("membership_untrusted", issuer=held[0].issuer)
    elif parse_time(held[0].valid_until) <= clock.now():
        findings.wrong("membership_over", issuer=held[0].issuer, until=held[0].valid_until)
    else:
        findings.good("membership", issuer=held[0].issuer, until=held[0].valid_until)
    line = next((line for line in lines if line.peer == did), None)
    if line is not None and line.state is not State.CLOSED:
        findings.wrong("line_open", due=line.due, problem=line.problem or "")


def _begins(exchange: Exchange) -> bool:
    return exchange.address.endswith(("/request", "/offers")) and exchange.address.rsplit("/", 2)[-2] in (
        "negotiations",
        "transfers",
    )


def _is_page(exchange: Exchange) -> bool:
    return exchange.answer.lstrip()[:1] == b"<"
