"""One file that proves a contract to a third (decisions 5, 7-13)."""

from connector.canonical import JsonObject
from connector.clock import Clock, parse_time
from connector.contracts.documents import SignerException
from connector.contracts.export import (
    EvidenceContract,
    Exporter,
    Message,
    PartyEvidence,
    build_evidence,
    make_consistency,
)
from connector.contracts.signatures import LogProof, Signatures
from connector.ports.records import ContractRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.contracting import contract_key_in
from connector.services.errors import Conflict, NotFound
from connector.services.identity import Identity
from connector.services.named_lists import documents_named
from connector.services.notices import conflicting

_SIDES = ("provider", "consumer")


class Evidence:
    """Exports evidence files."""

    def __init__(self, identity: Identity, *, store: Store, clock: Clock) -> None:
        self._me = identity
        self._store = store
        self._clock = clock

    async def export(self, contract_id: str) -> bytes:
        """The evidence file of one contract.

        Raises:
            NotFound: there is no such contract.
            Conflict: nothing is signed yet.
        """
        return await self._store.read(lambda unit: self._build(unit, contract_id))

    def _build(self, unit: UnitOfWork, contract_id: str) -> bytes:
        contract = unit.contracts.get(contract_id)
        if contract is None:
            raise NotFound(f"there is no contract {contract_id}")
        if not contract.signatures:
            raise Conflict("nobody has signed this contract; there is nothing to prove")
        head = unit.log.head()
        parties = {side: self._party(unit, contract, side) for side in _SIDES}
        signatures = contract.signatures
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
                exporter=Exporter(
                    role=contract.role,
                    key=self._me.contract_signer(contract_key_in(contract, contract.role)),
                    checkpoint=head.note if head else None,
                    now=self._clock.now(),
                    exception=exception,
                ),
                messages=[
                    Message("received" if m.direction == "in" else "sent", parse_time(m.at), m.type, m.body)
                    for m in unit.messages.find(process=contract.negotiation)
                ],
                status_lists=documents_named(unit, signatures.get("P"), signatures.get("C")),
                conflicting=[
                    n.document
                    for n in unit.notices.find(contract=contract.id, author=conflicting(contract.counterparty))
                ],
            )
        )

    def _party(self, unit: UnitOfWork, contract: ContractRecord, side: str) -> PartyEvidence:
        kept = contract.parties.get(side, {})
        author = self._me.did if side == contract.role else contract.counterparty
        return PartyEvidence(
            did_document=kept.get("document") or {},
            membership=kept.get("membership"),
            notices=[n.document for n in unit.notices.find(contract=contract.id, author=author)],
            log_proof=self._log_proof(unit, contract, side),
        )

    def _log_proof(self, unit: UnitOfWork, contract: ContractRecord, side: str) -> LogProof | None:
        kept: JsonObject | None = contract.log.get(side)
        if kept is None:
            return None
        consistency = None
        if side == contract.role:
            head = unit.log.head()
            size = kept["index"] + 1
            if head is not None and head.size > size:
                consistency = make_consistency(size, head.size, unit.log.consistency(size, head.size))
        return LogProof(kept["entry"], kept["proof"], consistency)
