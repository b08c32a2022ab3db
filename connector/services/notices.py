"""Notices after the protocol has ended: H, receipts of delivery, withdrawal (decision 5, 5).

One chain per agreement and author, each notice signed, logged, and sent through the same outbox as everything else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from connector.audit.entries import EntryKind
from connector.canonical import JsonObject
from connector.clock import Clock, format_time
from connector.contracts.checking import check_notice
from connector.contracts.errors import ContractError
from connector.contracts.notices import NoticeDocument
from connector.contracts.promised import check_by_terms, policy_in
from connector.contracts.signing import make_notice
from connector.ports.network import PeerAnswer
from connector.ports.records import ContractRecord, DeliveryRecord, NoticeRecord, OutboxKind, OutboxRow
from connector.ports.store import SigningSuspended, Store, UnitOfWork
from connector.protocol.bindings import NOTICES_PATH
from connector.protocol.notice_references import Held, check_references, refers
from connector.protocol.notices import (
    DELIVERY_RECEIVED,
    DELIVERY_SENT,
    HOLDS_RECEIPT,
    SUSPENSION,
    WITHDRAWAL,
    AlreadyHeld,
    Chain,
    Notice,
    NoticeEquivocation,
    NoticeError,
    NoticeGap,
    holds_receipt,
    read_notice,
)
from connector.services.changes import Changes
from connector.services.contracting import Party, as_in, contract_key_in, digest_of_signed
from connector.services.errors import BadRequest, Busy, Conflict, NotFound
from connector.services.held_notices import HeldDigests, key_of
from connector.services.identity import Identity
from connector.services.lost_keys import check_not_lost
from connector.services.outbox import Outbox
from connector.services.standing import held
from connector.trust.verify import Participant
from connector.wire.codec import dump, read_answer

_ENTRY_OF: Final = {
    DELIVERY_SENT: EntryKind.RECEIPT_OF_DELIVERY,
    DELIVERY_RECEIVED: EntryKind.RECEIPT_OF_DELIVERY,
    WITHDRAWAL: EntryKind.WITHDRAWAL,
}
"""As what a notice is logged; all others as `EntryKind.NOTICE`."""
_URGENT: Final = (WITHDRAWAL, SUSPENSION)
"""What binds on arrival, whatever is missing before it: gaps are asked for afterwards (decision 5, 5)."""
MAX_NOTICES: Final = 512
"""How many notices of one author a contract holds, besides two for each delivery."""
_MAX_NUMBER: Final = 2**31
_MAX_CONFLICTING: Final = 8
_MAX_REPAIR: Final = 256
_NOT_CONFIRMED: Final = "not yet confirmed by the other side"
Confirmed = Callable[[UnitOfWork, ContractRecord, DeliveryRecord], None]
"""Told in the transaction that takes the other side's receipt of a whole delivery."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A notice of the other side that was believed: its signature holds, and it fits its chain unless it is `early`.

    Attributes:
        author: whose it is.
        notice: what it says.
        digest: of the signed document.
        dated: when it was signed, as its author claims.
        early: earlier ones of the same chain are missing; it comes again, in its place.
    """

    author: str
    notice: Notice
    digest: str
    dated: datetime
    early: bool = False

    @property
    def content(self) -> Mapping[str, Any]:
        """What stands in it."""
        return self.notice.content


Taking = Callable[[UnitOfWork, ContractRecord, Taken], None]
"""What a kind of notice brings about, in the transaction that keeps it. May raise BadRequest: then it is not kept."""


class Notices:
    """Writes our notices and takes theirs.

    Attributes:
        taking: what each kind brings about when the other side's arrives; the services whose kinds they are add theirs.
        told: what happens when the other side has taken a notice of ours, by its kind.
        begun: told of each contract when it is concluded.
    """

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        outbox: Outbox,
        clock: Clock,
        changes: Changes,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
    ) -> None:
        self._me = identity
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._changes = changes
        self._root = protocol_root
        self.confirmed: Confirmed = lambda _unit, _contract, _delivery: None
        self.taking: dict[str, Taking] = {
            HOLDS_RECEIPT: self._confirm,
            DELIVERY_SENT: self._note_receipt,
            DELIVERY_RECEIVED: self._note_receipt,
        }
        self.told: dict[str, Callable[[UnitOfWork, ContractRecord], None]] = {}
        self.begun: list[Callable[[UnitOfWork, ContractRecord], None]] = []

    def concluded(self, unit: UnitOfWork, contract: ContractRecord, party: Party | None) -> None:
        """A contract is concluded: the consumer tells the provider that it holds R (H), and only then may data flow."""
        unit.after_commit(lambda: self._changes.tell(contract.id, contract.negotiation))
        for begun in self.begun:
            begun(unit, contract)
        if contract.role != "consumer" or contract.one_sided is not None or party is None:
            return
        receipt = digest_of_signed(contract.signatures["R"])
        self.write(unit, contract, HOLDS_RECEIPT, holds_receipt(receipt))

    def write(self, unit: UnitOfWork, contract: ContractRecord, kind: str, content: JsonObject) -> NoticeRecord:
        """Sign the next notice of our chain, log it, and make it due.

        Raises:
            SigningSuspended: we came back from a backup, and do not know yet what we have said under this contract.
            Conflict: the key that we signed the contract with is lost.
        """
        if contract.held is not None and contract.held["why"] == "unasked":
            # What we would say might contradict what we have said and forgotten. It goes on by itself, as all that is suspended.
            raise SigningSuspended(str(held(contract)))
        if contract.held is not None:
            raise held(contract)
        now = self._clock.now()
        own, other = self._chains(unit, contract)
        notice = own.next(kind, content, other=other)
        self._check_references(unit, contract, notice)
        document = make_notice(notice, key=self._me.contract_signer(contract_key_in(contract, contract.role)), now=now)
        record = self._keep(unit, contract, self._me.did, notice.number, kind, document, now)
        row = OutboxRow(
            process=contract.id,
            kind=OutboxKind.NOTICE,
            peer=contract.counterparty,
            url=self._root(unit, contract) + NOTICES_PATH,
            event=f"{kind} {notice.number}",
            body=dump(document),
            binding=True,
            urgent=kind in _URGENT,
            created_at=format_time(now),
        )
        self._outbox.add(unit, row)
        unit.after_commit(lambda: self._changes.tell(contract.id))
        return record

    def history(self, unit: UnitOfWork, contract: ContractRecord, author: str) -> list[Held]:
        """All that one side has told under a contract, as far as we have it, number 1 first."""
        return [
            Held(read_notice(held.document), held.digest)
            for held in unit.notices.find(contract=contract.id, author=author)
        ]

    async def receive(self, sender: Participant, document: JsonObject) -> JsonObject:
        """Take a notice of the other side. The same one twice is fine; another one under the same number is proof.

        Raises:
            NotFound: no contract with this sender under that id.
            BadRequest: it is malformed, not properly signed, or does not fit its chain.
            Conflict: earlier ones are missing; `missing` lists their numbers.
        """
        take = self._outbox.hearing(sender.did, lambda unit: self._receive(unit, sender, document))
        answer = await self._store.write(take)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def fetch(self, sender: str, contract_id: str, number: int) -> JsonObject:
        """One of our own notices, for the other party to fill a gap.

        Raises:
            NotFound: no such contract with this sender, or no such notice.
        """

        def work(unit: UnitOfWork) -> JsonObject | None:
            contract = unit.contracts.get(contract_id)
            if contract is None or contract.counterparty != sender or number > _MAX_NUMBER:
                return None
            found = unit.notices.find(contract=contract_id, author=self._me.did, position=number)
            return found[0].document if found else None

        document = await self._store.read(work)
        if document is None:
            raise NotFound("there is no such notice")
        return document

    def _receive(self, unit: UnitOfWork, sender: Participant, document: JsonObject) -> JsonObject | Exception:
        subject = document.get("credentialSubject")
        contract_id = subject.get("id") if isinstance(subject, dict) else None
        contract = unit.contracts.get(contract_id) if isinstance(contract_id, str) else None
        if contract is None or contract.counterparty != sender.did:
            return NotFound("there is no such contract")
        if contract.held is not None and contract.held["why"] == "unasked":
            return Busy("we came back from a backup and first have to learn what we have forgotten of this agreement")
        party = as_in(contract, Party(sender.did, sender.document, sender.membership))
        if party.signer is None or contract.countersignature_digest is None:
            return BadRequest("only the parties of a contract that both have signed exchange notices")
        now = self._clock.now()
        role = "consumer" if contract.role == "provider" else "provider"
        try:
            check_not_lost(unit, party.membership, role)
            found = check_notice(
                document,
                agreement_id=contract.id,
                countersignature=contract.countersignature_digest,
                author=party.signer,
                role=role,
                now=now,
            )
            own, theirs = self._chains(unit, contract)
            if len(theirs.digests) >= MAX_NOTICES + 2 * unit.tallies.of(contract.id).uses:
                return BadRequest("there are more notices of yours on this contract than anything here calls for")
            theirs.check(found.notice, found.digest, other=own)
            self._check_references(unit, contract, found.notice)
            check_by_terms(found, role, policy_in(contract.agreement))
        except NoticeEquivocation as both:
            self._keep_conflicting(unit, contract, sender.did, document, now)
            return BadRequest(str(both))
        except AlreadyHeld:
            return {"status": "held"}
        except NoticeGap as gap:
            if found.notice.kind in _URGENT:
                self._take(unit, contract, found, early=True)
            return Conflict(str(gap), missing=list(gap.missing))
        except (NoticeError, ContractError) as error:
            return BadRequest(str(error))
        self._keep(unit, contract, sender.did, found.notice.number, found.notice.kind, document, now)
        self._take(unit, contract, found)
        unit.after_commit(lambda: self._changes.tell(contract.id))
        return {"status": "taken"}

    def _check_references(self, unit: UnitOfWork, contract: ContractRecord, notice: Notice) -> None:
        if refers(notice.kind):
            mine = notice.author == self._me.did
            own, other = (notice.author, contract.counterparty if mine else self._me.did)
            check_references(notice, own=self.history(unit, contract, own), other=self.history(unit, contract, other))

    def _take(self, unit: UnitOfWork, contract: ContractRecord, found: NoticeDocument, *, early: bool = False) -> None:
        take = self.taking.get(found.notice.kind)
        if take is not None:
            take(unit, contract, Taken(found.issuer, found.notice, found.digest, found.valid_from, early))

    def _keep_conflicting(
        self, unit: UnitOfWork, contract: ContractRecord, author: str, document: JsonObject, now: datetime
    ) -> None:
        """Two different notices under one number prove that their author contradicts itself: the second is kept too."""
        held = unit.notices.find(contract=contract.id, author=conflicting(author))
        digest = digest_of_signed(document)
        if len(held) >= _MAX_CONFLICTING or any(notice.digest == digest for notice in held):
            return
        record = NoticeRecord(
            key=f"{contract.id} {author} {digest}",
            contract=contract.id,
            author=conflicting(author),
            position=len(held) + 1,
            digest=digest,
            kind="conflicting",
            document=document,
            at=format_time(now),
        )
        unit.notices.add(record)
        unit.contracts.put(
            replace(contract, problem="the other side has signed two different notices under one number")
        )

    def _confirm(self, unit: UnitOfWork, contract: ContractRecord, taken: Taken) -> None:
        receipt = contract.signatures.get("R")
        if contract.role == "provider" and receipt and digest_of_signed(receipt) == taken.content["receipt"]:
            unit.contracts.put(replace(contract, confirmed_at=format_time(self._clock.now())))

    def _note_receipt(self, unit: UnitOfWork, contract: ContractRecord, taken: Taken) -> None:
        """A receipt of the whole, of what the contract names; nothing else confirms a delivery."""
        delivery, content = unit.deliveries.get(taken.content["delivery"]), taken.content
        same = delivery is not None and (delivery.contract, delivery.digest) == (contract.id, content["digest"])
        if delivery is not None and same and content["result"] == "complete":
            confirmed = replace(delivery, other_receipt=True)
            unit.deliveries.put(confirmed)
            self.confirmed(unit, contract, confirmed)
            unit.after_commit(lambda: self._changes.tell(delivery.id))

    def _chains(self, unit: UnitOfWork, contract: ContractRecord) -> tuple[Chain, Chain]:
        """Our chain and theirs."""
        countersignature = contract.countersignature_digest or ""

        def chain(author: str) -> Chain:
            return Chain(contract.id, author, countersignature, HeldDigests(unit, contract.id, author))

        return chain(self._me.did), chain(contract.counterparty)

    def _keep(
        self,
        unit: UnitOfWork,
        contract: ContractRecord,
        author: str,
        number: int,
        kind: str,
        document: JsonObject,
        now: datetime,
    ) -> NoticeRecord:
        digest = digest_of_signed(document)
        record = NoticeRecord(
            key=key_of(contract.id, author, number),
            contract=contract.id,
            author=author,
            position=number,
            digest=digest,
            kind=kind,
            document=document,
            at=format_time(now),
        )
        unit.notices.add(record)
        unit.log.append(_ENTRY_OF.get(kind, EntryKind.NOTICE), digest, now)
        return record

    # --- what our own notices were answered (the outbox asks) ----------------------------------------------------------

    def acknowledged(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        del answer
        contract = unit.contracts.get(row.process)
        if contract is None:
            return
        if row.event.startswith(HOLDS_RECEIPT) and contract.confirmed_at is None:
            # The consumer may use the data once the provider has taken H: before that the provider would refuse.
            contract = replace(contract, confirmed_at=format_time(self._clock.now()))
            unit.contracts.put(contract)
        if contract.problem is not None and contract.problem.startswith(_NOT_CONFIRMED):
            unit.contracts.put(replace(contract, problem=None))
        told = self.told.get(row.event.partition(" ")[0])
        if told is not None:
            told(unit, contract)
        unit.after_commit(lambda: self._changes.tell(row.process))

    def missing(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> list[bytes]:
        """The earlier notices of ours that the other side says it lacks; it may have come back from an older backup."""
        named = read_answer(answer.body).get("missing")
        numbers = (
            [n for n in named if type(n) is int and n <= _MAX_NUMBER][:_MAX_REPAIR] if isinstance(named, list) else []
        )
        found = [unit.notices.find(contract=row.process, author=self._me.did, position=number) for number in numbers]
        return [dump(notices[0].document) for notices in found if notices]

    def late(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        """Its row is gone: nothing more to do."""

    def refused(self, unit: UnitOfWork, row: OutboxRow, answer: PeerAnswer) -> None:
        self.delayed(unit, row, f"{row.event} was refused: {answer.text}")

    def delayed(self, unit: UnitOfWork, row: OutboxRow, problem: str) -> None:
        contract = unit.contracts.get(row.process)
        # A problem that is worse than waiting stays to be seen.
        if contract is not None and (contract.problem or _NOT_CONFIRMED).startswith(_NOT_CONFIRMED):
            unit.contracts.put(replace(contract, problem=f"{_NOT_CONFIRMED}: {problem}"))
            unit.after_commit(lambda: self._changes.tell(contract.id))


def conflicting(author: str) -> str:
    """Under whom notices are kept that contradict another of their author."""
    return f"conflicting {author}"
