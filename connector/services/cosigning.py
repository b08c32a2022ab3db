"""As a log: our checkpoints are cosigned by those we have contracts with, and by the authority (C2SP `tlog-witness`).

A cosignature says that the witness saw this checkpoint at that time, and that it continues all it saw before. It is
collected from a counterparty before the first data flows under a contract, and from everybody at the next look of the
monitor. One request covers all that was logged since the last one: no contract has a request of its own.

What a contract needs is the operator's `WitnessRule`; what it has got stands in its view and in the evidence.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import count
from typing import Final

from connector.audit.checkpoint import peek_checkpoint, signature_lines, vkey
from connector.audit.cosignature import Cosignature, Witness, cosignatures, cosigner_vkey, with_cosignatures
from connector.audit.errors import AuditError
from connector.audit.policy import NONE, Group, write_policy
from connector.audit.witness import AddCheckpoint
from connector.clock import Clock, format_time, parse_time
from connector.contracts.documents import read_agreement_credential
from connector.contracts.errors import ContractError
from connector.ports.network import Network, PeerAnswer, PeerUnreachable
from connector.ports.records import Act, ContractRecord, CosignedCheckpoint, LogHead
from connector.ports.store import Store, StoreError, UnitOfWork
from connector.protocol.bindings import NOTICES_PATH
from connector.services.acts import note
from connector.services.authenticate import Authenticator
from connector.services.errors import ServiceError
from connector.services.identity import Identity
from connector.services.notice_places import notice_place
from connector.trace import begin_trace
from connector.trust.credentials import read_membership
from connector.trust.errors import TrustError

ADD_CHECKPOINT: Final = "/log/add-checkpoint"
"""Below the address of the notices: where a witness takes checkpoints."""
_LAST: Final = 10**19
_TRIES_AT_ONCE: Final = 3
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 60.0
_MEMBERSHIPS: Final = 4
_RECENT: Final = 500
_BEFORE_EXPORT: Final = 3.0
_log: Final = logging.getLogger(__name__)


class WitnessRule(StrEnum):
    """Who must have cosigned our log before data flows under a contract."""

    COUNTERPARTY = "counterparty"
    COUNTERPARTY_AND_AUTHORITY = "counterparty-and-authority"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What one witness has said about the entry of a contract.

    Attributes:
        did: the witness.
        role: `counterparty` or `authority`.
        required: whether no data flows before it has cosigned.
        cosigned_at: when it cosigned the first checkpoint behind the entry, as it says; None when it has not yet.
        late: it has not within the time that we give it.
    """

    did: str
    role: str
    required: bool
    cosigned_at: str | None
    late: bool


class NotCosigned(Exception):
    """A witness gave no cosignature; the sentence says why. It is asked again."""


class Cosigning:
    """Has our checkpoints cosigned.

    Attributes:
        arrived: told, in the transaction that keeps it, whose cosignature has come: transfers that waited for it start.
    """

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        network: Network,
        authenticator: Authenticator,
        clock: Clock,
        protocol_root: Callable[[UnitOfWork, ContractRecord], str],
        rule: WitnessRule,
        authorities: tuple[str, ...],
        authority_within: timedelta,
    ) -> None:
        """Take what it needs.

        Args:
            identity: who we are.
            store: where our log and the cosignatures are.
            network: the way to the witnesses.
            authenticator: makes our tokens, and resolves authorities.
            clock: the time.
            protocol_root: where the other side of a contract takes messages.
            rule: who must have cosigned before data flows.
            authorities: who else is asked to cosign.
            authority_within: how long an authority may take before a contract says that it is late.
        """
        self._me = identity
        self._store = store
        self._network = network
        self._authenticator = authenticator
        self._clock = clock
        self._root = protocol_root
        self._rule = rule
        self._authorities = authorities
        self._within = authority_within
        self._sizes: dict[tuple[str, str], int] = {}
        self._owed: dict[str, str] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.arrived: Callable[[UnitOfWork, str], None] = lambda _unit, _witness: None

    # --- what a contract needs and has ------------------------------------------------------------------------------------

    def concluded(self, unit: UnitOfWork, contract: ContractRecord) -> None:
        """A contract is in our log: its other side is to cosign, at the next look."""
        if contract.one_sided is None and contract.log.get(contract.role):
            root = self._root(unit, contract)
            unit.after_commit(lambda: self._owed.update({contract.counterparty: root}))

    def missing(self, unit: UnitOfWork, contract: ContractRecord) -> list[str]:
        """Who has to cosign before data flows from us under this contract, and has not; they are asked at once."""
        missing = [w.did for w in self.witnesses(unit, contract) if w.required and w.cosigned_at is None]
        root = self._root(unit, contract)
        for did in missing:
            address = root if did == contract.counterparty else ""
            unit.after_commit(partial(self._collect_soon, did, address, until_given=True))
        return missing

    def witnesses(self, unit: UnitOfWork, contract: ContractRecord) -> list[Witnessed]:
        """Each witness of a contract's entry in our log, and what it has said; none for a contract that one side signed."""
        kept = contract.log.get(contract.role)
        if contract.one_sided is not None or not isinstance(kept, dict) or "index" not in kept:
            return []
        index, now, origin = int(kept["index"]), self._clock.now(), self._origin(contract)
        since = parse_time(contract.signed_at) if contract.signed_at else now
        named = [(contract.counterparty, "counterparty", self._rule is not WitnessRule.NOBODY)]
        authority = _authority_of(contract)
        if authority is not None and authority in self._authorities:
            named.append((authority, "authority", self._rule is WitnessRule.COUNTERPARTY_AND_AUTHORITY))
        # To a log that was closed nobody puts a cosignature any more: what it has got it has.
        going_on = origin == self._me.log_origin
        return [
            self._witnessed(unit, (origin, index), did, role, required and going_on, since=since, now=now)
            for did, role, required in named
        ]

    def _origin(self, contract: ContractRecord) -> str:
        """The log of ours that holds a contract's receipt: the one that our membership in it binds."""
        jwt = contract.parties.get(contract.role, {}).get("membership")
        return read_membership(jwt).log_origin if jwt else self._me.log_origin

    def _witnessed(
        self,
        unit: UnitOfWork,
        place: tuple[str, int],
        did: str,
        role: str,
        required: bool,
        *,
        since: datetime,
        now: datetime,
    ) -> Witnessed:
        found = first_behind(unit, did, *place)
        late = found is None and place[0] == self._me.log_origin and now > since + self._within
        # Only the provider's log is waited for: it holds the receipt that binds.
        return Witnessed(did, role, required, found.cosigned_at if found is not None else None, late)

    def evidence(self, unit: UnitOfWork, contract: ContractRecord) -> tuple[list[str], str | None]:
        """For the evidence: proofs of our entry in the first checkpoints that witnesses cosigned, and our policy."""
        named = [(w.role, w.did, w.required) for w in self.witnesses(unit, contract)]
        jwt = contract.parties.get(contract.role, {}).get("membership")
        if not jwt or not named:
            return [], None
        own = read_membership(jwt)
        index = int(contract.log[contract.role]["index"])
        epoch = self._me.epoch_of(own.log_origin)
        found = {role: first_behind(unit, did, own.log_origin, index) for role, did, _ in named}
        proofs = [unit.log.proof_in(index, held.note, epoch) for held in found.values() if held is not None]
        keys = {
            f"{role}-{number}": key
            for role, held in found.items()
            for number, key in enumerate(held.vkeys if held is not None else ())
        }
        groups = {role: _any_of(role, keys) for role in found if any(key.startswith(role) for key in keys)}
        required = [role for role, _, needed in named if needed]
        if any(role not in groups for role in required):
            return proofs, None  # not all that are needed have cosigned yet: there is no quorum to speak of
        quorum = NONE
        if required:
            groups["needed"] = Group(len(required), tuple(required))
            quorum = "needed"
        return proofs, write_policy([vkey(own.log_origin, own.log_key.raw())], keys, groups, quorum)

    # --- asking ------------------------------------------------------------------------------------------------------------

    async def look(self) -> int:
        """Have what was logged since the last look cosigned by whom it concerns; how many witnesses were asked."""
        head = await self._store.read(lambda unit: unit.log.head())
        if head is None:
            return 0
        owed, self._owed = self._owed, {}
        owed |= {did: "" for did in self._authorities if self._sizes.get(self._of(did), 0) < head.size}
        for did, root in owed.items():
            self._collect_soon(did, root, until_given=False)
        return len(owed)

    async def bring(self, contract_id: str | None = None, seconds: float = _BEFORE_EXPORT) -> None:
        """Before evidence is made: have our log cosigned by those who answer within so many seconds, where one is missing."""

        def missing(unit: UnitOfWork) -> bool:
            contract = unit.contracts.get(contract_id) if contract_id is not None else None
            return contract is not None and any(w.cosigned_at is None for w in self.witnesses(unit, contract))

        if contract_id is not None and not await self._store.read(missing):
            return
        await self.look()
        if self._tasks:
            await asyncio.wait(set(self._tasks.values()), timeout=seconds)

    async def resume(self) -> None:
        """At a start: the other sides of the latest contracts are owed a look at our log again."""

        def work(unit: UnitOfWork) -> dict[str, str]:
            owed: dict[str, str] = {}
            for contract in unit.contracts.page(limit=_RECENT):
                if any(w.role == "counterparty" and w.cosigned_at is None for w in self.witnesses(unit, contract)):
                    owed[contract.counterparty] = self._root(unit, contract)
            return owed

        self._owed |= await self._store.read(work)
        await self._store.write(lambda unit: self.arrived(unit, ""))  # what waited for a witness when we stopped

    async def idle(self) -> None:
        """Wait until nobody is being asked."""
        while self._tasks:
            await asyncio.wait(set(self._tasks.values()))

    async def stop(self) -> None:
        """Ask no more."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    @property
    def asking(self) -> bool:
        """Whether somebody is being asked, or asked again soon."""
        return bool(self._tasks)

    def _collect_soon(self, did: str, root: str, *, until_given: bool) -> None:
        if did in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(self._collect(did, root, until_given=until_given))
        self._tasks[did] = task
        task.add_done_callback(lambda _: self._tasks.pop(did, None))

    async def _collect(self, did: str, root: str, *, until_given: bool) -> None:
        begin_trace()
        for tries in count():
            try:
                await self._ask(did, root)
            except (PeerUnreachable, ServiceError, StoreError, AuditError, TrustError, NotCosigned) as error:
                _log.info("%s has not cosigned our log: %s", did, error)
                if root:
                    self._owed.setdefault(did, root)
                if not until_given or not await self._store.read(lambda unit: self._waits(unit, did)):
                    return
                await asyncio.sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**tries))
            else:
                return

    def _of(self, did: str) -> tuple[str, str]:
        """A witness of the log in use."""
        return did, self._me.log_origin

    def _waits(self, unit: UnitOfWork, did: str) -> bool:
        """Whether a transfer waits for this witness."""
        return bool(unit.transfers.find(counterparty=did, role="provider", state="REQUESTED", limit=1)) or (
            did in self._authorities
            and bool(unit.transfers.find(role="provider", state="REQUESTED", limit=1))
            and self._rule is WitnessRule.COUNTERPARTY_AND_AUTHORITY
        )

    async def _ask(self, did: str, root: str) -> None:
        """One checkpoint, the newest, to one witness.

        Raises:
            NotCosigned: the witness refuses, or what it answers is no cosignature of it.
            PeerUnreachable: it cannot be asked.
        """
        url = (root + NOTICES_PATH if root else await notice_place(self._authenticator, did)) + ADD_CHECKPOINT
        for _ in range(_TRIES_AT_ONCE):
            old = self._sizes.get(self._of(did), 0)
            head, proof = await self._store.read(partial(_step, old=old))
            if head is None:
                return
            request = AddCheckpoint(old, proof, head.note)
            answer = await self._network.post(url, request.body(), self._authenticator.bearer(did))
            if answer.status != 409:  # noqa: PLR2004
                await self._keep(did, head, answer)
                return
            self._sizes[self._of(did)] = await self._size_held(did, head, answer)
        raise NotCosigned("it names another size each time")

    async def _size_held(self, did: str, head: LogHead, answer: PeerAnswer) -> int:
        text = answer.body.decode("ascii", "replace").strip()
        if not (text.isdigit() and len(text) < 20):  # noqa: PLR2004
            raise NotCosigned(f"it answers 409 without a size: {answer.text}")
        if int(text) > head.size:
            await self._set_back(did, head, int(text))
            raise NotCosigned(f"it has cosigned {text} entries of our log, which has {head.size}")
        return int(text)

    async def _keep(self, did: str, head: LogHead, answer: PeerAnswer) -> None:
        if answer.status != 200:  # noqa: PLR2004
            raise NotCosigned(f"it answers {answer.status}: {answer.text}")
        lines = answer.body.decode("utf-8", "replace").removesuffix("\n").split("\n")
        note = with_cosignatures(head.note, lines)
        known = await self._witness_keys(did, note)
        found = cosignatures(note, known)
        if not found:
            raise NotCosigned("its answer holds no signature by a key that we know of it")
        await self._store.write(lambda unit: self._write(unit, did, head, found))
        self._sizes[self._of(did)] = max(head.size, self._sizes.get(self._of(did), 0))
        self._owed.pop(did, None)

    def _write(self, unit: UnitOfWork, did: str, head: LogHead, found: Sequence[Cosignature]) -> None:
        unit.cosigned.put(
            CosignedCheckpoint(
                key=CosignedCheckpoint.key_of(did, peek_checkpoint(head.note).origin, head.size),
                witness=did,
                vkeys=[cosigner_vkey(line.name, line.public_raw) for line in found],
                size=head.size,
                note=with_cosignatures(head.note, [line.line for line in found]),
                cosigned_at=format_time(found[0].time),
            )
        )
        self.arrived(unit, did)

    async def _witness_keys(self, did: str, note: str) -> list[Witness]:
        """The keys that a witness may cosign with: those of its memberships, or those of its DID document's log keys."""
        jwts = await self._store.read(
            lambda unit: [m.jwt for m in unit.memberships.find(did=did, newest_first=True, limit=_MEMBERSHIPS)]
        )
        bound = [read_membership(jwt) for jwt in jwts]
        if bound:
            return [Witness(m.log_origin, m.log_key.raw(), m.log_key.verify) for m in bound]
        document = await self._authenticator.resolve(did)
        names = {name for _, name, _ in signature_lines(note)}
        return [Witness(name, key.raw(), key.verify) for key in document.log_keys() for name in sorted(names)]

    async def _set_back(self, did: str, head: LogHead, size: int) -> None:
        """A witness has cosigned more of our log than there is: this is an older copy of us, and signs nothing more."""
        why = (
            f"{did} has cosigned a checkpoint of our log with {size} entries, and it has {head.size}: the database is older "
            "than what has been signed, probably a restored copy; nothing is signed until this is reconciled"
        )
        _log.error("%s", why)

        def work(unit: UnitOfWork) -> None:
            unit.log.suspend(why)
            at = format_time(self._clock.now())
            detail = {"size": head.size, "cosigned": size}
            note(unit, Act(at=at, name="connector", role="connector", act="log-set-back", object=did, detail=detail))

        await self._store.write(work)


def _any_of(role: str, keys: Mapping[str, str]) -> Group:
    """Any key of this witness."""
    return Group(1, tuple(name for name in keys if name.startswith(f"{role}-")))


def first_behind(unit: UnitOfWork, witness: str, origin: str, index: int) -> CosignedCheckpoint | None:
    """The first checkpoint of this log of ours that this witness cosigned and that holds its entry `index`: it bounds its time."""
    key_of = CosignedCheckpoint.key_of
    found = unit.cosigned.between(key_of(witness, origin, index + 1), key_of(witness, origin, _LAST), limit=1)
    return found[0] if found else None


def _step(unit: UnitOfWork, old: int) -> tuple[LogHead | None, tuple[bytes, ...]]:
    head = unit.log.head()
    if head is None or old > head.size:
        return head, ()
    return head, tuple(unit.log.consistency(old, head.size)) if old else ()


def _authority_of(contract: ContractRecord) -> str | None:
    """The authority that P names."""
    try:
        named = read_agreement_credential(contract.signatures["P"]).authority
    except (ContractError, KeyError):
        return None
    return named.did if named is not None else None
