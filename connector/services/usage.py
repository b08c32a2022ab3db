"""Using data, at the provider: every single request is judged against the signed agreement (decisions 5, 14 and 15).

One use is one delivery id, minted by the consumer and reserved in one commit before the first byte. Ranges of the same
delivery may be asked again within bounds; anything else under the same id is refused.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from connector.canonical import JsonObject, digest_bytes
from connector.clock import Clock, format_time, parse_time
from connector.ids import is_iri
from connector.ports.network import PeerUnreachable
from connector.ports.records import ContractRecord, DatasetRecord, DeliveryRecord
from connector.ports.store import Store, UnitOfWork
from connector.protocol.notices import DELIVERY_SENT, delivery
from connector.protocol.transfer import TransferProcess, TransferState
from connector.services.authenticate import SKEW, Authenticator
from connector.services.changes import Changes
from connector.services.errors import BadRequest, Busy, Conflict, Forbidden, Unauthenticated
from connector.services.notices import Notices
from connector.trust.errors import TrustError
from connector.trust.jws import peek
from connector.trust.tokens import verify_request_proof
from policies.context import Party, TransferContext
from policies.evaluate import evaluate
from policies.explain import explain_decision
from policies.parse import parse_policy

_EXTRA_VIEWS: Final = 1
"""How often a delivery's bytes may go out beyond the first time, all repeats and resumes together."""
_UNDER_WAY: Final = 256 * 1024
"""Bytes that may have arrived although the line broke before we knew: one chunk."""
_DIED: Final[JsonObject] = {
    "title": "it was being sent when we stopped",
    "detail": "how much of it arrived is not known; it counts as used, and can be resumed",
}
_PROOF_LIFETIME: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DataRequest:
    """A request for data as it came: `start` is the first byte asked for."""

    transfer: str
    method: str
    url: str
    authorization: str | None
    proof: str | None
    delivery: str | None
    purpose: str | None
    person: str | None
    start: int
    if_range: str | None = None


@dataclass(slots=True)
class Use:
    """A use that is running: which bytes to send. `cut` is set when it must stop."""

    delivery: DeliveryRecord
    dataset: DatasetRecord
    path: Path
    start: int
    sent: int = 0
    cut: bool = False

    @property
    def end(self) -> int:
        """One past the last byte."""
        return self.dataset.byte_size


class Usage:
    """Judges, counts and ends uses."""

    def __init__(
        self,
        *,
        store: Store,
        authenticator: Authenticator,
        notices: Notices,
        clock: Clock,
        changes: Changes,
        check_frozen: Callable[[DatasetRecord], Awaitable[Path]],
    ) -> None:
        self._store = store
        self._authenticator = authenticator
        self._notices = notices
        self._clock = clock
        self._changes = changes
        self._check_frozen = check_frozen
        self._uses: dict[int, Use] = {}

    async def begin(self, request: DataRequest) -> Use:
        """Judge a request and reserve its use.

        Raises:
            Unauthenticated: no valid token for this transfer, or no valid proof of possession.
            Forbidden: the agreement does not allow it; the sentence names the clause.
            BadRequest: delivery id or purpose is missing.
            Conflict: another use under the same delivery id, or the file is not what was published.
        """
        transfer, contract = await self._store.read(lambda unit: self._known(unit, request.transfer))
        if transfer is None or contract is None:
            raise Unauthenticated("no such transfer, or not with this token")
        await self._check_token(request, transfer)
        if not request.delivery or not request.purpose:
            raise BadRequest("each use names itself: the headers Mmd-Delivery (a urn:uuid) and Mmd-Purpose are needed")
        if not is_iri(request.delivery) or len(request.purpose) > 500:  # noqa: PLR2004
            raise BadRequest("Mmd-Delivery is not an IRI, or Mmd-Purpose is too long")
        dataset = await self._store.read(lambda unit: unit.datasets.get(contract.dataset))
        if dataset is None:
            raise Conflict("the data set is no longer here")
        # Whatever would keep the first byte from going out is looked at before the use is counted.
        _check_range(request, dataset)
        path = await self._check_frozen(dataset)
        return await self._store.write(lambda unit: self._reserve(unit, request, path))

    async def recover(self) -> None:
        """After a start: what was being sent when the process died counts as used, and is shown as broken."""

        def work(unit: UnitOfWork) -> None:
            for held in unit.deliveries.find(role="provider", state="running"):
                unit.deliveries.put(replace(held, state="broken", problem=_DIED))

        await self._store.write(work)

    async def finish(self, use: Use) -> None:
        """Record what was sent. Called once for each use, however it ended."""
        self._uses.pop(id(use), None)

        def work(unit: UnitOfWork) -> None:
            held = unit.deliveries.get(use.delivery.id)
            if held is None:
                return
            # Bytes behind a gap do not complete a delivery.
            known = use.start <= held.bytes + _UNDER_WAY
            reached = max(held.bytes, use.start + use.sent) if known else held.bytes
            whole = reached >= held.byte_size
            now = self._clock.now()
            done = replace(
                held,
                bytes=reached,
                bytes_total=held.bytes_total - (use.end - use.start) + use.sent,
                state="complete" if whole else "broken",
                finished_at=format_time(now),
            )
            contract = unit.contracts.get(held.contract)
            first_time = whole and not held.own_receipt
            if first_time and contract is not None and contract.countersignature_digest is not None:
                content = delivery(
                    delivery=done.id,
                    transfer=done.transfer,
                    transferred=done.bytes_total,
                    ranges=[(0, done.byte_size - 1)] if done.byte_size else [],
                    digest=done.digest,
                    purpose=done.purpose,
                    person=person_digest(done.id, done.person),
                    started_at=parse_time(done.started_at),
                    finished_at=now,
                    result="complete",
                )
                self._notices.write(unit, contract, DELIVERY_SENT, content)
                done = replace(done, own_receipt=True)
            unit.deliveries.put(done)
            unit.after_commit(lambda: self._changes.tell(done.id, done.contract))

        await self._store.write(work)

    def cut(self, ended: str) -> None:
        """Stop the running bytes of a contract or transfer."""
        for use in list(self._uses.values()):
            if ended in (use.delivery.contract, use.delivery.transfer):
                use.cut = True

    @property
    def running(self) -> int:
        """How many uses are being sent now."""
        return len(self._uses)

    def _known(self, unit: UnitOfWork, pid: str) -> tuple[TransferProcess | None, ContractRecord | None]:
        transfer = unit.transfers.get(pid)
        if transfer is None or transfer.role.value != "provider":
            return None, None
        return transfer, unit.contracts.get(transfer.agreement)

    async def _check_token(self, request: DataRequest, transfer: TransferProcess) -> None:
        scheme, _, token = (request.authorization or "").partition(" ")
        expected, kind = _properties(transfer)
        if not expected or not hmac.compare_digest(expected.encode(), token.strip().encode()):
            raise Unauthenticated("no such transfer, or not with this token")
        if kind != "DPoP":
            if scheme.lower() != "bearer":
                raise Unauthenticated("this transfer's token is a Bearer token")
            return
        if scheme.lower() != "dpop" or request.proof is None:
            raise Unauthenticated(
                "this token is bound to the consumer's key: Authorization: DPoP and a DPoP proof are needed"
            )
        try:
            document = await self._authenticator.resolve(transfer.counterparty)
            kid = peek(request.proof)[0].get("kid")
            verified = verify_request_proof(
                request.proof,
                document.key(str(kid), "capabilityInvocation"),
                method=request.method,
                url=request.url,
                access_token=token.strip(),
                now=self._clock.now(),
                skew=SKEW,
            )
        except TrustError as error:
            raise Unauthenticated(f"the proof of possession does not hold: {error}") from None
        except PeerUnreachable as error:
            raise Busy(f"the consumer's key cannot be looked up now: {error}") from None
        until = self._clock.now() + _PROOF_LIFETIME
        if not await self._store.use_token_once(f"proof {transfer.counterparty}", verified, until):
            raise Unauthenticated("this proof of possession was used before")

    def _reserve(self, unit: UnitOfWork, request: DataRequest, path: Path) -> Use:
        transfer, contract = self._known(unit, request.transfer)
        if transfer is None or contract is None:
            raise Unauthenticated("no such transfer, or not with this token")
        # Counters of a database that was set back are not to be relied on (decision 5, 22).
        unit.log.check_may_sign()
        _check_live(transfer, contract)
        dataset = unit.datasets.get(contract.dataset)
        if dataset is None:
            raise Conflict("the data set is no longer here")
        held = unit.deliveries.get(request.delivery or "")
        if held is None:
            record = self._reserve_new(unit, request, transfer, contract, dataset)
        else:
            record = self._reserve_again(unit, request, held, transfer, contract, dataset)
        unit.after_commit(lambda: self._changes.tell(contract.id))
        use = Use(record, dataset, path, request.start)
        # Known before anything that is committed after it can cut it.
        unit.after_commit(lambda: self._uses.__setitem__(id(use), use))
        return use

    def _reserve_new(
        self,
        unit: UnitOfWork,
        request: DataRequest,
        transfer: TransferProcess,
        contract: ContractRecord,
        dataset: DatasetRecord,
    ) -> DeliveryRecord:
        if request.start:
            raise BadRequest("a new delivery begins at its first byte; only one that was begun can be resumed")
        self._evaluate(request, contract, uses=contract.uses)
        record = DeliveryRecord(
            id=request.delivery or "",
            role="provider",
            contract=contract.id,
            transfer=transfer.id,
            purpose=request.purpose or "",
            person=request.person,
            digest=dataset.digest,
            byte_size=dataset.byte_size,
            bytes=0,
            bytes_total=dataset.byte_size - request.start,
            state="running",
            started_at=format_time(self._clock.now()),
        )
        unit.deliveries.add(record)
        unit.contracts.put(replace(contract, uses=contract.uses + 1))
        return record

    def _evaluate(self, request: DataRequest, contract: ContractRecord, *, uses: int) -> None:
        """The agreement's own word on this use, now.

        Raises:
            Forbidden: it does not allow it; the sentence names the clause.
        """
        context = TransferContext(
            party=Party(contract.counterparty),
            now=self._clock.now(),
            agreed_at=parse_time(contract.agreement["timestamp"]),
            uses=uses,
            purpose=request.purpose,
            person=request.person,
        )
        decision = evaluate(parse_policy(contract.agreement), context)
        if not decision.permitted:
            reason = decision.reasons[0]
            raise Forbidden(
                explain_decision(decision, "en"), ko=explain_decision(decision, "ko"), clause=reason.clause_id
            )

    def _reserve_again(
        self,
        unit: UnitOfWork,
        request: DataRequest,
        held: DeliveryRecord,
        transfer: TransferProcess,
        contract: ContractRecord,
        dataset: DatasetRecord,
    ) -> DeliveryRecord:
        asked = ("provider", transfer.agreement, transfer.id, request.purpose, request.person, dataset.digest)
        if asked != (held.role, held.contract, held.transfer, held.purpose, held.person, held.digest):
            raise Conflict("this delivery id was used for another transfer, purpose or person; take a new one")
        # This use is counted already; everything else in the agreement must still hold now.
        self._evaluate(request, contract, uses=contract.uses - 1)
        if held.problem == _DIED:
            # Only the receiver knows how much had arrived.
            held = replace(held, bytes=max(held.bytes, request.start), problem=None)
        total = held.bytes_total + dataset.byte_size - request.start
        if total > dataset.byte_size * (1 + _EXTRA_VIEWS):
            raise Forbidden("this delivery was repeated too often; take a new delivery id, which counts as a new use")
        again = replace(held, bytes_total=total, state="running")
        unit.deliveries.put(again)
        return again


def person_digest(delivery_id: str, person: str | None) -> str | None:
    """A person in a receipt: salted with the delivery's random id, so that a guess cannot be confirmed elsewhere."""
    return digest_bytes(f"{delivery_id}\n{person}".encode()) if person else None


def _check_range(request: DataRequest, dataset: DatasetRecord) -> None:
    if request.start and request.start >= dataset.byte_size:
        raise BadRequest("the range begins beyond the end of the data", status=416)
    if request.if_range is not None and request.if_range != f'"{dataset.digest}"':
        # A resume of something else is never answered with the whole: it would be a second view (decision 5, 15).
        raise BadRequest("the data is not what If-Range names", status=412)


def _properties(transfer: TransferProcess) -> tuple[str, str]:
    address = transfer.data_address or {}
    found = {p["name"]: p["value"] for p in address.get("endpointProperties", [])}
    return found.get("authorization", ""), found.get("authType", "bearer")


def _check_live(transfer: TransferProcess, contract: ContractRecord) -> None:
    if contract.withdrawn_at is not None:
        raise Forbidden(
            f"the agreement was withdrawn on {contract.withdrawn_at}: {contract.withdrawn_reason}", clause="withdrawal"
        )
    if not contract.live:
        raise Forbidden("the contract is not complete, or was terminated", clause="contract")
    if transfer.settled is not TransferState.STARTED:
        said = (transfer.problem or {}).get("detail") or "it is not started"
        raise Forbidden(f"this transfer is {transfer.settled}: {said}", clause="transfer")
