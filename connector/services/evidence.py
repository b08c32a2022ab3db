"""One file that proves a contract to a third (decisions 5, 7-13)."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias

from connector.audit.checkpoint import peek_checkpoint
from connector.audit.proof import read_tlog_proof
from connector.canonical import JsonObject
from connector.clock import Clock, parse_time
from connector.contracts.annexes import given_to_one_side
from connector.contracts.bundle import MAX_CONTRACTS, BundleWriter, Scope
from connector.contracts.documents import SignerException
from connector.contracts.export import (
    Erased,
    EvidenceContract,
    Exporter,
    Message,
    PartyEvidence,
    build_evidence,
    make_consistency,
)
from connector.contracts.signatures import LogProof, Signatures
from connector.contracts.statement import TakenUp
from connector.ports.records import ContractRecord, MessageRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.attaching import held_annexes, named_annexes
from connector.services.contracting import contract_key_in
from connector.services.errors import Conflict, NotFound
from connector.services.facts.people import is_erased
from connector.services.identity import Identity
from connector.services.named_lists import documents_named
from connector.services.notices import conflicting
from connector.services.shown_texts import kept_texts
from connector.trust.credentials import read_membership

_SIDES = ("provider", "consumer")
_PAGE = 50
"""So many contracts are looked through at once: whole ones are read, and others wait meanwhile."""
Cosigned: TypeAlias = Callable[[UnitOfWork, ContractRecord], tuple[Sequence[str], str | None]]
"""What witnesses have signed of our log about a contract, and who has to have: proofs and policy."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that is made while it is taken: how many contracts will be in it, and its pieces."""

    count: int
    pieces: AsyncIterator[bytes]


class Evidence:
    """Exports evidence files."""

    def __init__(self, identity: Identity, *, store: Store, clock: Clock, cosigned: Cosigned) -> None:
        self._cosigned = cosigned
        self._me = identity
        self._store = store
        self._clock = clock

    async def export(self, contract_id: str, *, without_personal: bool = False, to_other_side: bool = False) -> bytes:
        """The evidence file of one contract.

        Args:
            contract_id: which.
            without_personal: leave out messages and annexes, not their digests.
            to_other_side: it is for the other party, who asks by itself and whom nobody here has chosen to show it: annexes
                that one side holds for itself are left out.

        Raises:
            NotFound: there is no such contract.
            Conflict: nothing is signed yet.
        """
        return await self._store.read(lambda unit: self._build(unit, contract_id, without_personal, to_other_side))

    async def bundle(self, scope: Scope, *, without_personal: bool = False) -> Bundle:
        """Many evidence files in one, in pieces: a contract at a time is in memory.

        Raises:
            NotFound: there is no signed contract in this scope, or not all that were named.
            Conflict: more than `MAX_CONTRACTS`; a shorter period is needed.
        """
        found = await self._in_scope(scope)
        return Bundle(len(found), self._pieces(found, scope, without_personal))

    async def _pieces(self, found: Sequence[str], scope: Scope, without_personal: bool) -> AsyncIterator[bytes]:
        newest = await self._store.read(lambda unit: unit.contracts.get(found[-1]))
        key = self._me.contract_signer(contract_key_in(newest, newest.role) if newest else None)
        writer = BundleWriter(scope, self._me.did, key, self._clock.now())
        for contract_id in found:
            yield writer.add(contract_id, await self.export(contract_id, without_personal=without_personal))
        for piece in writer.finish():
            yield piece

    async def _in_scope(self, scope: Scope) -> list[str]:
        """The ids of the signed contracts in this scope, oldest first; read in pages, so that others get their turn."""
        found: list[str] = []
        last: ContractRecord | None = None
        while True:
            page = await self._store.read(partial(_page, scope=scope, after=last))
            found += [contract.id for contract in page if _provable(contract) and _belongs(contract, scope)]
            if len(found) > MAX_CONTRACTS:
                raise Conflict(f"more than {MAX_CONTRACTS:,} contracts; export a shorter period at a time")
            if len(page) < _PAGE:
                break
            last = page[-1]
        missing = set(scope.contracts or ()) - set(found)
        if missing or not found:
            raise NotFound(
                f"there is no signed contract {min(missing)}" if missing else "no signed contract is in this scope"
            )
        return found[::-1]

    def _build(self, unit: UnitOfWork, contract_id: str, without_personal: bool, to_other_side: bool) -> bytes:
        contract = unit.contracts.get(contract_id)
        if contract is None:
            raise NotFound(f"there is no contract {contract_id}")
        if not contract.signatures:
            raise Conflict("nobody has signed this contract; there is nothing to prove")
        if contract.held is not None and contract.held["why"] == "keys":
            named = str((contract.restored or {}).get("evidence", "")).removeprefix("sha256:")
            raise Conflict(
                "the key that we signed this contract with is lost, and with it our word about it; the evidence that it was put "
                f"back from lies in the folder as returned/{named}.zip"
            )
        parties = {side: self._party(unit, contract, side) for side in _SIDES}
        signatures = contract.signatures
        annexes, attached = held_annexes(unit, contract)
        exception = (
            SignerException(contract.counterparty, contract.one_sided)
            if contract.one_sided is not None and "P" not in signatures
            else None
        )
        return build_evidence(
            EvidenceContract(
                agreement=contract.agreement,
                signatures=Signatures(
                    credential=signatures.get("P"),
                    countersignature=signatures.get("C"),
                    receipt=signatures.get("R"),
                    termination=signatures.get("T"),
                ),
                provider=parties["provider"],
                consumer=parties["consumer"],
                dataset=contract.description,
                without_personal=without_personal,
                held_back=given_to_one_side(contract.agreement) if to_other_side else frozenset(),
                exporter=Exporter(
                    role=contract.role,
                    key=self._me.contract_signer(contract_key_in(contract, contract.role)),
                    checkpoint=self._checkpoint(unit, contract),
                    now=self._clock.now(),
                    exception=exception,
                    taken_up=_taken_up(contract),
                ),
                messages=[_message(record) for record in unit.messages.find(process=contract.negotiation)],
                erased=_erased(unit, contract),
                status_lists=documents_named(unit, signatures.get("P"), signatures.get("C")),
                annexes=annexes,
                attached=attached,
                shown=kept_texts(unit, contract),
                conflicting=[
                    n.document
                    for n in unit.notices.find(contract=contract.id, author=conflicting(contract.counterparty))
                ],
            )
        )

    def _party(self, unit: UnitOfWork, contract: ContractRecord, side: str) -> PartyEvidence:
        kept = contract.parties.get(side, {})
        author = self._me.did if side == contract.role else contract.counterparty
        witnessed, policy = self._cosigned(unit, contract) if side == contract.role else ([], None)
        return PartyEvidence(
            did_document=kept.get("document") or {},
            membership=kept.get("membership"),
            notices=[n.document for n in unit.notices.find(contract=contract.id, author=author)],
            log_proof=self._log_proof(unit, contract, side),
            witnessed=witnessed,
            policy=policy,
        )

    def _log_proof(self, unit: UnitOfWork, contract: ContractRecord, side: str) -> LogProof | None:
        kept: JsonObject | None = contract.log.get(side)
        if kept is None:
            return None
        consistency = None
        if side == contract.role:
            origin, epoch = self._log_of(contract)
            if peek_checkpoint(read_tlog_proof(kept["proof"]).note).origin != origin:
                return None  # it was concluded across our return from a backup: the log that its membership names has not got it
            head = unit.log.head(epoch) if epoch is not None else None
            # What was put back out of others' evidence has no place in the log that we still have.
            size = kept["index"] + 1 if "index" in kept else None
            if head is not None and size is not None and head.size > size:
                consistency = make_consistency(size, head.size, unit.log.consistency(size, head.size, epoch))
        return LogProof(kept["entry"], kept["proof"], consistency)

    def _log_of(self, contract: ContractRecord) -> tuple[str, int | None]:
        """The log of ours that a contract's evidence speaks of: the one that our membership in it binds."""
        jwt = contract.parties.get(contract.role, {}).get("membership")
        origin = read_membership(jwt).log_origin if jwt else self._me.log_origin
        return origin, self._me.epoch_of(origin)

    def _checkpoint(self, unit: UnitOfWork, contract: ContractRecord) -> str | None:
        """Where that log stands: its newest checkpoint, or the one that proves a contract of which no more is known."""
        kept = contract.log.get(contract.role)
        if kept is not None and "index" not in kept:
            return read_tlog_proof(kept["proof"]).note
        _, epoch = self._log_of(contract)
        head = unit.log.head(epoch) if epoch is not None else None
        return head.note if head is not None else None


def _message(record: MessageRecord) -> Message:
    direction, left = "received" if record.direction == "in" else "sent", record.erased
    erased = Erased(parse_time(left["at"]), left["bytes"], left["digest"]) if left is not None else None
    return Message(direction, parse_time(record.at), record.type, record.body, erased)


def _erased(unit: UnitOfWork, contract: ContractRecord) -> dict[str, datetime]:
    """The lists from which somebody was erased, and when."""
    held = [unit.people_lists.get(digest) for digest in named_annexes(unit, contract)]
    return {one.digest: parse_time(one.document["at"]) for one in held if one is not None and is_erased(one)}


def _taken_up(contract: ContractRecord) -> TakenUp | None:
    """Out of whose evidence it came back, if we had forgotten it: the verdict says what is missing then."""
    return TakenUp(contract.restored["by"], contract.restored["evidence"]) if contract.restored is not None else None


def _page(unit: UnitOfWork, *, scope: Scope, after: ContractRecord | None) -> Sequence[ContractRecord]:
    if scope.partner is None:
        return unit.contracts.page(limit=_PAGE, after=after)
    return unit.contracts.page(limit=_PAGE, after=after, counterparty=scope.partner)


def _provable(contract: ContractRecord) -> bool:
    """Whether there is something to prove, and a key to state it with."""
    return bool(contract.signatures) and not (contract.held is not None and contract.held["why"] == "keys")


def _belongs(contract: ContractRecord, scope: Scope) -> bool:
    agreed = parse_time(str(contract.agreement.get("timestamp") or contract.created_at))
    return (
        (scope.contracts is None or contract.id in scope.contracts)
        and (scope.since is None or agreed >= scope.since)
        and (scope.until is None or agreed < scope.until)
    )
