"""The Issuer Service of an authority (DCP 1.0): takes requests, lets a person or a rule decide, delivers the answer.

A request is judged at once as far as a machine can: who asks, whether it shows that it holds its keys, what it asks for.
Whether the company is admitted is another question; by default a person answers it (`mmd members approve`).
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.clock import Clock, format_time
from connector.ids import new_iri
from connector.ports.network import Network, PeerUnreachable
from connector.ports.records import Act, CredentialRequestRecord
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import note
from connector.services.authenticate import Authenticator
from connector.services.errors import BadRequest, Conflict, Forbidden, NotFound, ServiceError
from connector.services.identity import Identity
from connector.trace import begin_trace
from connector.trust.dcp import CREDENTIAL_SERVICE
from connector.trust.errors import TrustError
from connector.trust.issuance import (
    CredentialContainer,
    CredentialMessage,
    CredentialObject,
    CredentialOfferMessage,
    CredentialRequestMessage,
    CredentialStatus,
    IssuerMetadata,
    RequestStatus,
    read_request,
    write_credentials,
    write_metadata,
    write_offer,
    write_request_status,
)
from connector.trust.membership_claims import Says
from connector.wire.codec import dump

PATH: Final = "/issuer"
"""The Issuer Service, below our public URL."""
MAX_OPEN: Final = 1_000
"""So many requests may wait for a person; more are refused until some are decided."""
MAX_OPEN_OF_ONE: Final = 5
MAX_REQUEST: Final = 200_000
_TRIES: Final = 4
_PAUSE: Final = 0.5
"""Seconds before the second try; twice as long before each further one."""
_TAKEN_BEFORE: Final = 409
_log: Final = logging.getLogger(__name__)


class Issues(Protocol):
    """What is issued: the product issues memberships."""

    def objects(self) -> Sequence[CredentialObject]:
        """What can be asked for; stable."""
        ...

    async def check(self, request: CredentialRequestMessage, did: str) -> str:
        """Whether the request can be granted as far as a machine can tell; what the asker calls itself.

        Raises:
            ServiceError: it cannot; the sentence is for the asker.
        """
        ...

    async def issue(
        self, request: CredentialRequestRecord, *, by: Act, says: Says | None = None
    ) -> Sequence[CredentialContainer]:
        """Issue what was asked for.

        Raises:
            ServiceError: it cannot be done (any more).
        """
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A request that was taken, and where its status can be asked for."""

    record: CredentialRequestRecord
    location: str


class IssuerService:
    """What holders ask of it, and what its operator decides.

    Attributes:
        issues: what is issued.
    """

    def __init__(
        self,
        identity: Identity,
        *,
        issues: Issues,
        store: Store,
        network: Network,
        authenticator: Authenticator,
        clock: Clock,
        authority: bool,
        automatic: bool,
    ) -> None:
        self._me = identity
        self.issues = issues
        self._store = store
        self._network = network
        self._authenticator = authenticator
        self._clock = clock
        self._authority = authority
        self._automatic = automatic
        self._deciding = asyncio.Lock()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    # --- for holders -----------------------------------------------------------------------------------------------------

    def metadata(self) -> JsonObject:
        """What we issue; for everybody.

        Raises:
            NotFound: this connector is no authority.
        """
        self._check_authority()
        return write_metadata(IssuerMetadata(self._me.did, tuple(self.issues.objects())))

    async def take(self, header: str | None, body: bytes) -> Taken:
        """Take a CredentialRequestMessage. The same one again, by the same holder, gets the same answer.

        Raises:
            NotFound: this connector is no authority.
            Unauthenticated: no valid token.
            BadRequest: not a CredentialRequestMessage, or asks for what we do not issue.
            Conflict: its `holderPid` was used for another request, or too much waits already.
            Unprocessable: it does not show that the asker holds its keys.
        """
        self._check_authority()
        caller = await self._authenticator.authenticate(header, demand_membership=False)
        try:
            message = read_request(parse_json(body, max_bytes=MAX_REQUEST))
        except (TrustError, CanonicalError) as error:
            raise BadRequest(str(error)) from None
        unknown = sorted(set(message.credentials) - {one.id for one in self.issues.objects()})
        if unknown:
            raise BadRequest(f"{unknown[0][:200]!r} is not among the credentialsSupported of our metadata")
        found = await self._store.read(lambda unit: _same(unit, caller.did, message))
        if found is None:
            name = await self.issues.check(message, caller.did)
            record = CredentialRequestRecord(
                id=new_iri(),
                did=caller.did,
                holder_pid=message.holder_pid,
                objects=message.credentials,
                status=RequestStatus.RECEIVED.value,
                created_at=format_time(self._clock.now()),
                name=name,
                proof=message.proof,
                access_token=caller.token.access_token if caller.token else None,
            )
            found = await self._store.write(lambda unit: _add(unit, record, message))
            if self._automatic:
                found = await self._admit(found)
        return Taken(found, f"{self._me.public_url}{PATH}/requests/{found.id}")

    async def status(self, header: str | None, request: str) -> JsonObject:
        """The CredentialStatus of a request, for who made it. An answer that did not arrive is sent once more.

        Raises:
            NotFound: this connector is no authority, or the caller made no such request.
            Unauthenticated: no valid token.
        """
        self._check_authority()
        caller = await self._authenticator.authenticate(header, demand_membership=False)
        found = await self._store.read(lambda unit: unit.credential_requests.get(request))
        if found is None or found.did != caller.did:
            raise NotFound("you made no such request")
        if found.message is not None and found.delivered_at is None:
            self._deliver(found.id)
        return write_request_status(CredentialStatus(found.id, found.holder_pid, RequestStatus(found.status)))

    # --- for the operator --------------------------------------------------------------------------------------------------

    async def requests(self) -> list[CredentialRequestRecord]:
        """What was asked of us, the oldest first."""
        return list(await self._store.read(lambda unit: unit.credential_requests.find()))

    async def approve(self, request: str, *, by: Act, says: Says | None = None) -> CredentialRequestRecord:
        """Issue what a request asks for, and deliver it.

        Args:
            request: its id, or the DID of who asks, if only one of its requests waits.
            by: who decides.
            says: what we say of the member beyond its keys.

        Raises:
            Forbidden: this connector is no authority.
            NotFound: there is no such request.
            Conflict: it was decided before, or it cannot be told which one is meant.
            Unprocessable: the asker's keys have changed since.
        """
        self._check_may_decide()
        async with self._deciding:
            found = await self._store.read(lambda unit: _waiting(unit, request))
            containers = await self.issues.issue(found, by=by, says=says)
            message = CredentialMessage(found.id, found.holder_pid, RequestStatus.ISSUED, tuple(containers))
            return await self._decide(found, message)

    async def refuse(self, request: str, reason: str, *, by: Act) -> CredentialRequestRecord:
        """Reject a request, and tell the asker why; arguments and errors as for `approve`."""
        self._check_may_decide()
        async with self._deciding:
            found = await self._store.read(lambda unit: _waiting(unit, request))
            message = CredentialMessage(
                found.id, found.holder_pid, RequestStatus.REJECTED, rejection_reason=reason or None
            )
            return await self._decide(found, message, replace(by, object=found.did, detail=reason))

    async def offer(self, did: str, reason: str, *, by: Act) -> None:
        """Invite a holder to ask (CredentialOfferMessage): for a membership, or for a new one.

        Raises:
            Forbidden: this connector is no authority.
            PeerUnreachable: the offer did not arrive.
        """
        self._check_may_decide()
        objects = tuple(replace(one, offer_reason=reason) for one in self.issues.objects())
        message = write_offer(CredentialOfferMessage(self._me.did, objects))
        await self._send(did, "/offers", message, None)
        await self._store.write(lambda unit: note(unit, replace(by, object=did)))

    # --- delivering --------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Deliver what was decided and has not arrived."""
        for record in await self.requests() if self._authority else ():
            if record.message is not None and record.delivered_at is None:
                self._deliver(record.id)

    async def idle(self) -> None:
        """Wait until no delivery is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks.values())

    async def stop(self) -> None:
        """Deliver no more."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _admit(self, record: CredentialRequestRecord) -> CredentialRequestRecord:
        rule = Act(at=record.created_at, name="admit = automatically", role="rule", act="approve-member", object="")
        try:
            return await self.approve(record.id, by=rule)
        except (ServiceError, PeerUnreachable) as error:
            _log.warning("the request of %s waits for a person: %s", record.did, error)
            return record

    async def _decide(
        self, found: CredentialRequestRecord, message: CredentialMessage, by: Act | None = None
    ) -> CredentialRequestRecord:
        decided = replace(
            found,
            status=message.status.value,
            decided_at=format_time(self._clock.now()),
            reason=message.rejection_reason,
            message=write_credentials(message),
        )

        def work(unit: UnitOfWork) -> None:
            unit.credential_requests.put(decided)
            if by is not None:
                note(unit, by)
            unit.after_commit(lambda: self._deliver(decided.id))

        await self._store.write(work)
        return decided

    def _deliver(self, request: str) -> None:
        if request in self._tasks:
            return
        task = asyncio.get_running_loop().create_task(self._try(request))
        self._tasks[request] = task
        task.add_done_callback(lambda _: self._tasks.pop(request, None))

    async def _try(self, request: str) -> None:
        """A few tries; then the holder has to ask (`status`), or we to start again."""
        begin_trace()
        record = await self._store.read(lambda unit: unit.credential_requests.get(request))
        if record is None or record.message is None:
            return
        for again in range(_TRIES):
            if again:
                await asyncio.sleep(_PAUSE * 2 ** (again - 1))
            try:
                await self._send(record.did, "/credentials", record.message, record.access_token)
            except (PeerUnreachable, TrustError) as error:
                _log.info("what %s asked for was not delivered: %s", record.did, error)
                continue
            await self._delivered(record)
            return

    async def _delivered(self, record: CredentialRequestRecord) -> None:
        # What was only lent to us is not kept.
        delivered = replace(record, delivered_at=format_time(self._clock.now()), access_token=None)
        await self._store.write(lambda unit: unit.credential_requests.put(delivered))

    async def _send(self, did: str, path: str, message: JsonObject, access_token: str | None) -> None:
        document = await self._authenticator.resolve(did, fresh=True)
        services = document.services(CREDENTIAL_SERVICE)
        if not services:
            raise PeerUnreachable(f"the DID document of {did} names no service of type {CREDENTIAL_SERVICE}")
        token = self._authenticator.bearer(did, access_token=access_token)
        answer = await self._network.post(services[0].endpoint.rstrip("/") + path, dump(message), token)
        # 409: it came before, and only the word of it was lost.
        if not 200 <= answer.status < 300 and answer.status != _TAKEN_BEFORE:  # noqa: PLR2004
            raise PeerUnreachable(f"the Credential Service of {did} answers {answer.status}: {answer.text}")

    def _check_authority(self) -> None:
        if not self._authority:
            raise NotFound("this connector issues nothing")

    def _check_may_decide(self) -> None:
        if not self._authority:
            raise Forbidden("this connector is not an authority")


def _same(unit: UnitOfWork, did: str, message: CredentialRequestMessage) -> CredentialRequestRecord | None:
    """The request that this one repeats.

    Raises:
        Conflict: it has the id of another one.
    """
    found = unit.credential_requests.find(did=did, holder_pid=message.holder_pid, limit=1)
    if not found:
        return None
    if (found[0].objects, found[0].proof) != (message.credentials, message.proof):
        raise Conflict("you have used this holderPid for another request")
    return found[0]


def _add(
    unit: UnitOfWork, record: CredentialRequestRecord, message: CredentialRequestMessage
) -> CredentialRequestRecord:
    found = _same(unit, record.did, message)  # once more: it may have come twice at a time
    if found is not None:
        return found
    waiting = RequestStatus.RECEIVED.value
    if unit.credential_requests.count(did=record.did, status=waiting) >= MAX_OPEN_OF_ONE:
        raise Conflict(f"{MAX_OPEN_OF_ONE} requests of yours wait for a decision already")
    if unit.credential_requests.count(status=waiting) >= MAX_OPEN:
        raise Conflict("too many requests wait for a decision; try again in some days")
    return unit.credential_requests.add(record)


def _waiting(unit: UnitOfWork, request: str) -> CredentialRequestRecord:
    found = unit.credential_requests.get(request)
    if found is not None:
        if found.status != RequestStatus.RECEIVED:
            raise Conflict(f"the request was decided before: {found.status}")
        return found
    waiting = unit.credential_requests.find(did=request, status=RequestStatus.RECEIVED.value)
    if not waiting:
        raise NotFound("there is no such request, and no request of this DID waits")
    if len(waiting) > 1:
        raise Conflict(f"{len(waiting)} requests of {request} wait; name one by its id")
    return waiting[0]
