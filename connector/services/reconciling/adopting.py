"""Taking up a contract that we have forgotten, out of the evidence of its other side (decisions 5, 5-8).

What is adopted was verified first, and carries our own signature under a key that is ours: nobody can make us remember what
we never signed. The numbered rules:

1. The verifier finds nothing false in the file, and finds signatures, chain and notices to hold.
2. One of the two parties is us, with a contract key of ours; the other one has made the file. (Where all records are lost and a
   person lays the file down, the key may be lost too: then it is a record, and nothing moves under it.)
3. It does not contradict what we hold: the same P, C and R, and under each number the same notice.
4. Records are put back as they were signed; what notices brought about is brought about again, in the order of their dates.

What cannot be put back: what was never signed by both (who fetched when, transcripts, acts of our people, payments marked
as received), the bytes of what we received, and the place of the contract in our old log, whose lost leaves nobody else has.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from connector.canonical import JsonObject, digest_bytes, parse_json
from connector.clock import format_time
from connector.contracts import layout
from connector.contracts.annexes import CONSENT, PEOPLE
from connector.contracts.case import Case
from connector.contracts.evidence import examine
from connector.contracts.notices import NoticeDocument
from connector.contracts.people import read_people_list
from connector.contracts.verdict import Verdict
from connector.contracts.vocabulary import CONSUMER, PROVIDER, ROLES
from connector.ports.records import ContractRecord, DeliveryRecord, NamedListRecord, NoticeRecord, PeopleRecord
from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation, NegotiationState
from connector.protocol.notices import (
    DELETION_CERTIFICATE,
    DELIVERY_RECEIVED,
    DELIVERY_SENT,
    DUTY_FULFILLED,
    END,
    HOLDS_RECEIPT,
    PEOPLE_CHANGE,
    PEOPLE_CHANGE_ACCEPTED,
    PEOPLE_CHANGE_REFUSED,
    RESUMPTION,
    SUSPENSION,
    WITHDRAWAL,
)
from connector.services.agreed import agreed_policy
from connector.services.attaching import keep_file
from connector.services.deliveries.outcomes import described_rows
from connector.services.errors import Conflict, Unprocessable
from connector.services.facts.exclusivity import promises_to_be_alone
from connector.services.held_notices import key_of
from connector.services.identity import Identity
from connector.services.notices import Notices, Taken
from connector.services.outbox import Outbox
from connector.services.shown_texts import keep_text
from connector.trust.anchors import TrustFile
from connector.trust.errors import TrustError
from connector.trust.status import claimed_list

_FROM_RECEIPTS: Final[JsonObject] = {
    "title": "known from receipts",
    "detail": "it was forgotten, and put back out of the other side's evidence; the file is not here",
}
KEYS_LOST: Final = "keys"
"""Why a contract is held for good: nothing can be signed under it any more."""
_HELD_BY_ITSELF: Final = frozenset(
    {
        "authority", "attribution", "validity", "status", "confirmed", "deliveries", "messages", "document", "witnesses", "annexes", "shown",
        "log-entry", "log-proof", "contradictions",
    }
)  # fmt: skip
"""Checks that may be undecided: what was signed is ours all the same. None may have failed."""
_BROUGHT_ABOUT: Final = frozenset(
    {
        WITHDRAWAL, SUSPENSION, RESUMPTION, END, DUTY_FULFILLED, PEOPLE_CHANGE, PEOPLE_CHANGE_ACCEPTED, PEOPLE_CHANGE_REFUSED,
    }
)  # fmt: skip
"""Notices whose effects on a contract are brought about again, whoever wrote them."""


@dataclass(frozen=True, slots=True)
class Found:
    """A contract in somebody's evidence, verified.

    Attributes:
        case: its parts.
        role: which side of it we are.
        by: the other side.
        digest: of the file.
        keys_lost: whether the contract key that we signed with is not here any more.
    """

    case: Case
    role: str
    by: str
    digest: str
    keys_lost: bool = False


@dataclass(frozen=True, slots=True)
class Adopted:
    """What was taken up.

    Attributes:
        contract: the contract, by its id.
        new: whether we had forgotten it altogether, or at least its receipt.
        notices: how many notices we had forgotten.
        deliveries: how many deliveries.
    """

    contract: str
    new: bool
    notices: int
    deliveries: int

    @property
    def anything(self) -> bool:
        """Whether there was anything to take up."""
        return self.new or bool(self.notices) or bool(self.deliveries)


class Adopting:
    """Puts back what the evidence of others shows."""

    def __init__(self, identity: Identity, *, notices: Notices, outbox: Outbox) -> None:
        self._me = identity
        self._outbox = outbox
        self._notices = notices

    def read(self, evidence: bytes, *, trust: TrustFile | None, now: datetime, by: str) -> Found:
        """Rules 1 and 2: the evidence of the other side, as it gives it to us.

        Args:
            evidence: the file.
            trust: whom we believe.
            now: the time.
            by: whose evidence it has to be.

        Raises:
            Unprocessable: they do not hold; the sentence says which and why.
        """
        found = self.read_laid(evidence, trust=trust, now=now)
        if found.keys_lost:
            raise Unprocessable("what the evidence shows as signed by us was not signed with a key of ours")
        statement = found.case.statement
        assert statement is not None, "without one it was not read"
        if (found.by, statement.issuer) != (by, by):
            raise Unprocessable(
                f"the evidence was made by {statement.issuer}, about a contract with {found.by}, not by {by}"
            )
        return found

    def read_laid(self, evidence: bytes, *, trust: TrustFile | None, now: datetime) -> Found:
        """The same of evidence that a person laid into the folder: our keys may be lost, and whoever made it is a party.

        Raises:
            Unprocessable: as `read`.
        """
        verdict, case = examine(evidence, trust=trust, now=now)
        _check_verdict(verdict)
        assert case is not None, "a file that was read to its end has parts"
        if case.receipt is None or case.statement is None:
            raise Unprocessable("the evidence shows no contract that was concluded")
        role = case.role_of(self._me.did)
        if role is None:
            parties = f"{case.party(PROVIDER)} and {case.party(CONSUMER)}"
            raise Unprocessable(f"the evidence is of {parties}, not of {self._me.did}")
        membership = case.memberships.get(role)
        lost = membership is None or self._me.signer("contract", membership.contract_key) is None
        other = case.party(CONSUMER if role == PROVIDER else PROVIDER)
        return Found(case, role, other, digest_bytes(evidence), lost)

    def adopt(self, unit: UnitOfWork, found: Found, *, root: str, now: datetime) -> Adopted:
        """Rules 3 and 4.

        Args:
            unit: where it is put.
            found: what was read.
            root: where the other side takes messages of the protocol.
            now: the time.

        Raises:
            Conflict: it contradicts what we hold.
        """
        contract, new = self._contract(unit, found, root, now)
        added = self._add_notices(unit, found, contract, now)
        if new:
            for begun in self._notices.begun:
                begun(unit, contract)
        for role, notice in sorted(added, key=lambda item: (item[1].valid_from, item[0], item[1].notice.number)):
            self._bring_about(unit, contract.id, role, notice)
        deliveries = self._add_deliveries(unit, found, contract)
        self._add_further(unit, found, contract.id, now)
        return Adopted(contract.id, new, len(added), deliveries)

    def _contract(self, unit: UnitOfWork, found: Found, root: str, now: datetime) -> tuple[ContractRecord, bool]:
        case, me = found.case, found.role
        assert case.credential is not None
        assert case.countersignature is not None
        assert case.receipt is not None
        assert case.agreement is not None
        signed = {"P": case.credential.document, "C": case.countersignature.document, "R": case.receipt.document}
        held = unit.contracts.get(case.agreement["@id"])
        if held is not None:
            for name, document in signed.items():
                if held.signatures.get(name, document) != document:
                    raise Conflict(
                        f"the evidence of {found.by} shows another {name} of {held.id} than the one that we hold"
                    )
            if "R" in held.signatures:
                return held, False
        made = ContractRecord(
            id=case.agreement["@id"],
            role=me,
            counterparty=found.by,
            negotiation=_pid(found),
            dataset=case.credential.dataset.id,
            agreement=case.agreement,
            signatures=signed,
            countersignature_digest=case.countersignature.digest,
            log=_log_of(case),
            parties={role: _party(case, role) for role in ROLES},
            description=case.dataset or {},
            created_at=held.created_at if held is not None else format_time(case.credential.valid_from),
            signed_at=format_time(case.receipt.valid_from),
            laboratory=case.credential.laboratory,
            held={"why": KEYS_LOST, "since": format_time(now)} if found.keys_lost else None,
            restored={"by": found.by, "at": format_time(now), "evidence": found.digest},
        )
        alone = me == PROVIDER and promises_to_be_alone(agreed_policy(made))
        made = replace(made, sole_on=made.dataset) if alone else made
        unit.contracts.put(made)
        self._finalized(unit, found, made, root, now)
        return made, True

    def _finalized(self, unit: UnitOfWork, found: Found, contract: ContractRecord, root: str, now: datetime) -> None:
        """The negotiation that led to it has ended, whatever we remember of it."""
        credential = found.case.credential
        assert credential is not None
        held = unit.negotiations.get(contract.negotiation)
        pids = (credential.provider_pid, credential.consumer_pid)
        mine, theirs = pids if found.role == PROVIDER else pids[::-1]
        made = held or ContractNegotiation(
            id=mine,
            role=Role(found.role),
            counterparty=found.by,
            their_pid=theirs,
            callback_address=root,
            state=None,
            dataset=contract.dataset,
            offer={"@id": credential.offer_id},
            offered_by=Role.PROVIDER,
            created_at=contract.created_at,
            updated_at=format_time(now),
            described=contract.description,
        )
        done = replace(
            made,
            their_pid=theirs,
            state=NegotiationState.FINALIZED,
            pending=(),
            agreement=contract.agreement,
            updated_at=format_time(now),
            problem=None,
        )
        unit.negotiations.put(done)
        self._outbox.settle(unit, contract.negotiation, ())  # what was due is not any more

    def _add_notices(
        self, unit: UnitOfWork, found: Found, contract: ContractRecord, now: datetime
    ) -> list[tuple[str, NoticeDocument]]:
        added = []
        for role, _, document in found.case.all_notices():
            author, number = document.issuer, document.notice.number
            key = key_of(contract.id, author, number)
            held = unit.notices.get(key)
            if held is not None:
                if held.digest != document.digest:
                    raise Conflict(
                        f"the evidence of {found.by} shows another notice {number} of {author} on {contract.id} than the one "
                        "that we hold: one of the two was signed by whoever had forgotten the other"
                    )
                continue
            record = NoticeRecord(
                key=key,
                contract=contract.id,
                author=author,
                position=number,
                digest=document.digest,
                kind=document.notice.kind,
                document=dict(document.document),
                at=format_time(now),
            )
            unit.notices.add(record)
            added.append((role, document))
        return added

    def _bring_about(self, unit: UnitOfWork, contract_id: str, role: str, document: NoticeDocument) -> None:
        contract = unit.contracts.get(contract_id)
        assert contract is not None, "it was put there just now"
        notice = document.notice
        if notice.kind == HOLDS_RECEIPT and role == CONSUMER and contract.confirmed_at is None:
            # Whoever of the two holds H knows that the other side has it.
            unit.contracts.put(replace(contract, confirmed_at=format_time(document.valid_from)))
        elif notice.kind in _BROUGHT_ABOUT:
            taken = Taken(document.issuer, notice, document.digest, document.valid_from)
            self._notices.taking[notice.kind](unit, contract, taken)
        elif notice.kind == DELETION_CERTIFICATE:
            for item in notice.content["deleted"]:
                delivery = unit.deliveries.get(item["delivery"])
                if delivery is not None and delivery.contract == contract_id:
                    at = format_time(document.valid_from)
                    unit.deliveries.put(replace(delivery, deleted_at=delivery.deleted_at or at, file=None))

    def _add_deliveries(self, unit: UnitOfWork, found: Found, contract: ContractRecord) -> int:
        """The deliveries that receipts name; and each is counted once, whichever side has told of it."""
        rows = described_rows(contract.description)
        said: dict[str, dict[str, JsonObject]] = {}
        deleted: dict[str, str] = {}
        for role, _, document in found.case.all_notices():
            content = document.notice.content
            if document.notice.kind in (DELIVERY_SENT, DELIVERY_RECEIVED):
                said.setdefault(str(content["delivery"]), {})[role] = dict(content)
            elif document.notice.kind == DELETION_CERTIFICATE:
                deleted |= {str(item["delivery"]): format_time(document.valid_from) for item in content["deleted"]}
        added = 0
        for delivery, receipts in said.items():
            held = unit.deliveries.get(delivery)
            own, other = found.role in receipts, (set(receipts) - {found.role}) != set()
            content = receipts.get(found.role) or next(iter(receipts.values()))
            whole = any(receipt["result"] == "complete" for receipt in receipts.values())
            if held is not None:
                known = replace(held, own_receipt=held.own_receipt or own, other_receipt=held.other_receipt or other)
                if whole and held.state != "complete":
                    known = replace(known, state="complete", bytes=held.byte_size, problem=_FROM_RECEIPTS)
                    if found.role == CONSUMER:  # as provider it was counted when it was begun
                        count_once(unit, contract.id, known)
                unit.deliveries.put(known)
                continue
            record = DeliveryRecord(
                id=delivery,
                role=found.role,
                contract=contract.id,
                transfer=str(content["transfer"]),
                purpose=str(content["purpose"] or ""),
                person=None,
                digest=str(content["digest"] or ""),
                byte_size=int(content["bytes"]),
                bytes=int(content["bytes"]),
                bytes_total=int(content["bytes"]),
                state="complete" if whole else "failed",
                started_at=str(content["startedAt"]),
                finished_at=str(content["finishedAt"]),
                own_receipt=own,
                other_receipt=other,
                deleted_at=deleted.get(delivery),
                rows=rows,
                problem=_FROM_RECEIPTS,
            )
            unit.deliveries.add(record)
            if whole or found.role == PROVIDER:
                count_once(unit, contract.id, record)
            added += 1
        return added

    def _add_further(self, unit: UnitOfWork, found: Found, contract: str, now: datetime) -> None:
        """What the contract names by digest and the file holds: status lists, lists of people, files, texts that were shown."""
        at = format_time(now)
        for path, data in found.case.files.items():
            if path.startswith("status/"):
                document = data.decode("ascii")
                try:
                    claimed = claimed_list(document)
                except TrustError:
                    continue  # of another kind: the check about it has said so
                digest = digest_bytes(data)
                if unit.named_lists.get(digest) is None:
                    record = NamedListRecord(
                        digest=digest, issuer=claimed.issuer, url=str(claimed.id or ""), document=document, at=at
                    )
                    unit.named_lists.put(record)
            elif path.startswith(layout.SHOWN):
                keep_text(unit, data.decode("utf-8"))
            elif path.startswith(layout.ANNEXES) and path.endswith(".bin"):
                keep_file(unit, contract, data, at)
        for path, kind in found.case.annexes.items():
            if kind == CONSENT:  # kept as a file: it was given to the provider, and only he counts by it
                keep_file(unit, contract, found.case.files[path], at)
            elif kind == PEOPLE:
                people = read_people_list(parse_json(found.case.files[path]))
                if unit.people_lists.get(people.digest) is not None:
                    continue  # and if somebody was erased from it here, it stays so
                unit.people_lists.put(PeopleRecord(digest=people.digest, document=people.to_json(), at=at))


def count_once(unit: UnitOfWork, contract: str, delivery: DeliveryRecord) -> None:
    """One more use of a contract: it was counted once, and we have forgotten it."""
    while True:
        seen = unit.tallies.of(contract)
        if unit.tallies.add(contract, seen, seen.and_one(delivery.rows or 0, delivery.byte_size)):
            return


def count_at_least(unit: UnitOfWork, contract: str, uses: int) -> None:
    """As many uses as the other side knows, if those are more: begun ones without a receipt are uses too."""
    seen = unit.tallies.of(contract)
    while uses > seen.uses and not unit.tallies.add(contract, seen, replace(seen, uses=uses)):
        seen = unit.tallies.of(contract)


def _check_verdict(verdict: Verdict) -> None:
    for check in verdict.checks:
        undecided = check.verdict in ("unknown", "skipped") and check.id not in _HELD_BY_ITSELF
        if check.verdict == "failed" or undecided:
            raise Unprocessable(
                f"the evidence does not hold: {check.number} {check.title('en')}: {check.sentence('en')}"
            )


def _pid(found: Found) -> str:
    credential = found.case.credential
    assert credential is not None
    return credential.provider_pid if found.role == PROVIDER else credential.consumer_pid


def _party(case: Case, role: str) -> JsonObject:
    jwt = case.files.get(layout.membership_file(role))
    return {"document": case.did_documents[role].data, "membership": jwt.decode("ascii") if jwt is not None else None}


def _log_of(case: Case) -> JsonObject:
    """What logs gave, as far as the other side holds it. Without a place: nothing more is proved from our own log."""
    return {
        role: {"entry": parse_json(held.entry), "proof": held.proof, "restored": True}
        for role, held in case.logs.items()
    }
