"""What the management API shows: our records as plain JSON, without anything secret."""

from datetime import datetime

from catalog.data_facts import facts_of_description
from connector.canonical import JsonObject
from connector.clock import format_time
from connector.ports.desk import ApprovalRecord
from connector.ports.records import (
    Act,
    AskedRecord,
    ContractRecord,
    CredentialRequestRecord,
    DatasetRecord,
    DeliveryRecord,
    MemberRecord,
    OfferRecord,
)
from connector.ports.store import UnitOfWork
from connector.protocol import negotiation as machine
from connector.protocol.negotiation import ContractNegotiation
from connector.protocol.transfer import TransferProcess
from connector.services.deletions import Deletion, deletion_of
from connector.services.desk.desk import approvals_in
from connector.services.endings import Hit
from connector.services.said import on_the_table
from connector.services.terms import clauses_of, conflicts_in
from connector.trust.anchor_lists import AnchorList
from connector.trust.credentials import Membership, read_membership
from connector.trust.errors import TrustError
from policies.clauses import CLAUSES
from policies.duties import Owed
from policies.errors import PolicyError
from policies.model import Constraint
from policies.parse import parse_policy


def dataset_view(record: DatasetRecord, offers: list[OfferRecord]) -> JsonObject:
    """A published data set with its offers."""
    answers = record.card["answers"]
    return {
        "id": record.id,
        "title": answers.get("title", {}),
        "description": answers.get("description", {}),
        "digest": record.digest,
        "byteSize": record.byte_size,
        "fileName": record.card["found"].get("fileName"),
        "published": record.published_at,
        "withdrawn": record.withdrawn_at,
        "visibleTo": record.visible_to,
        "offers": [{"id": o.id, "policy": o.policy, "clauses": clauses_of(o.policy)} for o in offers],
    }


def negotiation_view(unit: UnitOfWork, negotiation: ContractNegotiation) -> JsonObject:
    """A negotiation, its history, and the contract that came of it."""
    ours, theirs = negotiation.role.value, negotiation.role.other.value
    contract = negotiation.agreement["@id"] if negotiation.agreement else None
    return {
        "id": negotiation.id,
        "role": ours,
        "state": negotiation.shown,
        "pending": list(negotiation.pending),
        "waitsForUs": _waits_for_us(negotiation) or unit.waiting.get(negotiation.id) is not None,
        "counterparty": negotiation.counterparty,
        "dataset": negotiation.dataset,
        "offer": offer_view(negotiation),
        "consumerPid": negotiation.consumer_pid,
        "providerPid": negotiation.provider_pid,
        "agreementId": contract,
        "contract": contract if negotiation.state == "FINALIZED" else None,
        "problem": negotiation.problem,
        "createdAt": negotiation.created_at,
        "updatedAt": negotiation.updated_at,
        "history": [
            {"at": m.at, "message": m.type, "by": ours if m.direction == "out" else theirs}
            for m in unit.messages.find(process=negotiation.id)
        ],
    }


def offer_view(negotiation: ContractNegotiation) -> JsonObject:
    """The offer on the table: whose it is, its terms as they stand, and in sentences when our people have to answer."""
    shown: JsonObject = {
        "id": negotiation.offer.get("@id"),
        "by": negotiation.offered_by.value,
        "policy": negotiation.offer,
        "terms": on_the_table(negotiation),
    }
    if not _waits_for_us(negotiation):
        return shown
    try:
        shown["clauses"] = clauses_of(negotiation.offer)
        data = facts_of_description(negotiation.described) if negotiation.described else None
        shown["conflicts"] = conflicts_in(parse_policy(negotiation.offer), data)
    except PolicyError as error:
        shown["problem"] = str(error)
    return shown


def _waits_for_us(negotiation: ContractNegotiation) -> bool:
    return machine.owed(negotiation) in (machine.Duty.DECIDE, machine.Duty.AGREE)


def transfer_view(unit: UnitOfWork, transfer: TransferProcess) -> JsonObject:
    """A transfer and its history; where its data is had stays here, for the token is in it."""
    ours, theirs = transfer.role.value, transfer.role.other.value
    return {
        "id": transfer.id,
        "role": ours,
        "state": (transfer.state or "REQUESTED"),
        "pending": list(transfer.pending),
        "suspendedBy": transfer.suspended_by,
        "counterparty": transfer.counterparty,
        "contract": transfer.agreement,
        "format": transfer.format,
        "consumerPid": transfer.consumer_pid,
        "providerPid": transfer.provider_pid,
        "problem": transfer.problem,
        "createdAt": transfer.created_at,
        "updatedAt": transfer.updated_at,
        "history": [
            {"at": m.at, "message": m.type, "by": ours if m.direction == "out" else theirs}
            for m in unit.messages.find(process=transfer.id)
        ],
    }


def contract_view(unit: UnitOfWork, contract: ContractRecord) -> JsonObject:
    """A contract: state, clauses, uses, deliveries, notices."""
    deliveries = unit.deliveries.find(contract=contract.id)
    named = membership_of(contract, "consumer" if contract.role == "provider" else "provider")
    own_log = contract.log.get(contract.role, {})
    tally = unit.tallies.of(contract.id)
    policy = contract.agreement
    try:
        clauses = clauses_of(policy)
    except PolicyError as error:
        clauses = [{"id": "?", "en": str(error), "ko": str(error), "enforcer": "?"}]
    return {
        "id": contract.id,
        "role": contract.role,
        "counterparty": contract.counterparty,
        "counterpartyName": named.name if named else "",
        "dataset": contract.dataset,
        "title": title_of(contract.description),
        "state": state_of(contract),
        "signedBy": sorted({s["issuer"] for s in contract.signatures.values()}),
        "signedAt": contract.signed_at,
        "confirmed": contract.confirmed_at is not None,
        "oneSided": contract.one_sided,
        "clauses": clauses,
        "usesAllowed": _limit(policy),
        "usesReserved": tally.uses,
        "rowsReserved": tally.rows,
        "bytesReserved": tally.bytes,
        "paidAt": contract.paid_at,
        "until": _bound(policy, "dateTime", ("lt", "lteq")),
        "withdrawnAt": contract.withdrawn_at,
        "withdrawnBy": contract.withdrawn_by,
        "withdrawnReason": contract.withdrawn_reason,
        "terminatedAt": contract.terminated_at,
        "endedAt": contract.ended_at,
        "ending": contract.ending,
        "deletion": deletion_view(deletion_of(unit, contract)),
        "suspendedBy": {by: {"at": said["at"], "reason": said["reason"]} for by, said in contract.suspensions.items()},
        "problem": contract.problem,
        "held": contract.held,
        "restored": contract.restored,
        "digest": contract.countersignature_digest,
        "dataDigest": contract.description.get("https://w3id.org/my-manufacturing-data/v1/contentDigest"),
        "laboratory": contract.laboratory,
        "logIndex": own_log.get("index"),
        "negotiation": contract.negotiation,
        "approvedBy": _approved_by(unit, contract),
        "deliveries": [delivery_view(d, d.bytes) for d in deliveries],
        "notices": [
            {"at": n.at, "kind": n.kind, "author": n.author, "number": n.position, "digest": n.digest}
            for n in sorted(unit.notices.find(contract=contract.id), key=lambda n: n.at)
        ],
    }


def deletion_view(deletion: Deletion) -> JsonObject | None:
    """How far the deletion under a contract is; None before anything was certified."""
    if not deletion.deleted:
        return None
    return {
        "complete": deletion.complete,
        "acknowledged": deletion.acknowledged,
        "deleted": list(deletion.deleted),
        "missing": list(deletion.missing),
    }


def hit_view(hit: Hit) -> JsonObject:
    """What a withdrawal would hit."""
    named = membership_of(hit.contract, "consumer" if hit.contract.role == "provider" else "provider")
    return {
        "contract": hit.contract.id,
        "role": hit.contract.role,
        "counterparty": hit.contract.counterparty,
        "counterpartyName": named.name if named else "",
        "dataset": hit.contract.dataset,
        "title": title_of(hit.contract.description),
        "effective": format_time(hit.effective),
        "toldBy": "notice" if hit.by_notice else "transfer-termination",
        "transfers": list(hit.transfers),
        "deliveries": list(hit.deliveries),
        "duties": [
            {
                "duty": one.id,
                "action": one.action,
                "clause": one.clause_id,
                "name": _name_of(one),
                "owedBy": one.owed_by,
                "due": _moment(one.due),
            }
            for one in hit.duties
        ],
    }


def _name_of(one: Owed) -> JsonObject:
    clause = CLAUSES.get(one.clause_id)
    return {"en": clause.name("en"), "ko": clause.name("ko")} if clause else {}


def _moment(at: datetime | None) -> str | None:
    return format_time(at) if at is not None else None


def _approved_by(unit: UnitOfWork, contract: ContractRecord) -> list[JsonObject]:
    """Who of our people stood behind the terms that were signed."""
    negotiation = unit.negotiations.get(contract.negotiation)
    if negotiation is None:
        return []
    return [approval_view(one) for one in approvals_in(unit, negotiation.id, on_the_table(negotiation))]


def approval_view(approval: ApprovalRecord) -> JsonObject:
    """A person's yes."""
    who = {"person": approval.person, "token": approval.name, "role": approval.role}
    return {**who, "act": approval.act, "at": approval.at}


def delivery_view(record: DeliveryRecord, there: int) -> JsonObject:
    """A delivery and how far it is."""
    return {
        "id": record.id,
        "role": record.role,
        "contract": record.contract,
        "transfer": record.transfer,
        "way": record.way,
        "state": record.state,
        "purpose": record.purpose,
        "person": record.person,
        "bytes": there,
        "byteSize": record.byte_size,
        "digest": record.digest if record.state == "complete" else None,
        "expectedDigest": record.digest,
        "startedAt": record.started_at,
        "finishedAt": record.finished_at,
        "problem": record.problem,
        "deletedAt": record.deleted_at,
        "receipts": {"own": record.own_receipt, "other": record.other_receipt},
    }


def membership_view(membership: Membership | None) -> JsonObject | None:
    """A membership, without the credential itself."""
    if membership is None:
        return None
    return {
        "did": membership.did,
        "name": membership.name,
        "issuer": membership.issuer,
        "validUntil": format_time(membership.valid_until),
        "digest": membership.digest,
        "profile": membership.profile,
    }


def member_view(member: MemberRecord) -> JsonObject:
    """A member, as its authority knows it."""
    return {
        "did": member.did,
        "name": member.name,
        "issuedAt": member.issued_at,
        "validUntil": format_time(read_membership(member.credential).valid_until),
        "revokedAt": member.revoked_at,
        "suspendedAt": member.suspended_at,
        "reason": member.reason,
    }


def anchors_view(found: AnchorList) -> JsonObject:
    """Our own list of trust anchors."""
    return {
        "authority": found.authority,
        "version": found.version,
        "madeAt": format_time(found.made_at),
        "endsAt": format_time(found.ends_at),
        "offlineHours": found.offline.total_seconds() / 3600,
        "issuers": [{"did": one.did, "types": list(one.types)} for one in found.issuers],
        "lostKeys": len(found.lost_keys),
    }


def asked_view(asked: AskedRecord) -> JsonObject:
    """A request of ours for a membership, or an offer."""
    return {
        "id": asked.id,
        "issuer": asked.issuer,
        "state": asked.status.value,
        "credentials": list(asked.objects),
        "createdAt": asked.created_at,
        "endedAt": asked.ended_at,
        "reason": asked.reason,
    }


def request_view(request: CredentialRequestRecord) -> JsonObject:
    """A request for a membership, as the authority knows it."""
    return {
        "id": request.id,
        "did": request.did,
        "name": request.name,
        "state": request.status,
        "createdAt": request.created_at,
        "decidedAt": request.decided_at,
        "deliveredAt": request.delivered_at,
        "reason": request.reason,
    }


def act_view(done: Act) -> JsonObject:
    """Something that was done."""
    return {
        "number": done.number,
        "at": done.at,
        "name": done.name,
        "person": done.person,
        "role": done.role,
        "act": done.act,
        "object": done.object,
        "detail": done.detail,
        "logEntry": done.logged,
        "erased": done.erased,
    }


def membership_of(contract: ContractRecord, side: str) -> Membership | None:
    """The membership of one side as it was at signing."""
    jwt = (contract.parties.get(side) or {}).get("membership")
    try:
        return read_membership(jwt) if jwt else None
    except TrustError:
        return None


def state_of(contract: ContractRecord) -> str:
    """One word for where a contract stands."""
    if contract.withdrawn_at is not None:
        return "withdrawn"
    if contract.terminated_at is not None:
        return "terminated"
    if contract.ended_at is not None:
        return "ended"
    if contract.suspensions:
        return "suspended"
    if contract.held is not None:
        return "held"
    if contract.ending is not None:
        return "ending"
    if contract.one_sided is not None:
        return "one-sided"
    if contract.confirmed_at is not None:
        return "complete"
    return "signed" if contract.signed_at is not None else "being-signed"


def title_of(description: JsonObject) -> JsonObject:
    """The title of a data set, by language."""
    value = description.get("dct:title") or []
    entries = value if isinstance(value, list) else [value]
    return {str(e.get("@language", "en")): e.get("@value", "") for e in entries if isinstance(e, dict)}


def _limit(policy: JsonObject) -> int | None:
    value = _bound(policy, "count", ("lteq", "lt"))
    return int(value) if value is not None and value.isdigit() else None


def _bound(policy: JsonObject, operand: str, operators: tuple[str, ...]) -> str | None:
    try:
        parsed = parse_policy(policy)
    except PolicyError:
        return None
    for permission in parsed.permission:
        for constraint in permission.constraint:
            if (
                isinstance(constraint, Constraint)
                and constraint.left_operand == operand
                and constraint.operator in operators
            ):
                return str(constraint.right_operand)
    return None
