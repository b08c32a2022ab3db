"""Asking an authority for a membership (DCP 1.0, issuance): found by its DID, asked, waited for."""

import asyncio
import logging
from dataclasses import replace
from typing import Any, Final

from connector.canonical import CanonicalError, parse_json
from connector.clock import Clock, format_time
from connector.ids import is_iri, new_iri
from connector.ports.network import Network, PeerAnswer, PeerUnreachable
from connector.ports.records import Act, AskedRecord, AskedStatus
from connector.ports.store import Store, UnitOfWork
from connector.services.acts import note
from connector.services.authenticate import Authenticator
from connector.services.changes import Changes
from connector.services.errors import NotFound, ServiceError, Unprocessable
from connector.services.memberships import Memberships
from connector.trust.credentials import MEMBERSHIP
from connector.trust.errors import TrustError
from connector.trust.issuance import (
    ISSUER_SERVICE,
    CredentialObject,
    CredentialRequestMessage,
    IssuerMetadata,
    RequestStatus,
    read_metadata,
    read_request_status,
    write_request,
)
from connector.trust.vc import PROFILES
from connector.wire.codec import dump

_CREATED: Final = 201
_OK: Final = 200
_FINAL: Final = range(400, 500)
_MAX_METADATA: Final = 200_000
_OPEN: Final = frozenset({AskedStatus.ASKED, AskedStatus.RECEIVED})
_log: Final = logging.getLogger(__name__)


class Joining:
    """Our requests for credentials, from the asking to the answer."""

    def __init__(
        self,
        memberships: Memberships,
        *,
        store: Store,
        network: Network,
        authenticator: Authenticator,
        clock: Clock,
        changes: Changes,
        automatic: bool,
    ) -> None:
        self._memberships = memberships
        self._store = store
        self._network = network
        self._authenticator = authenticator
        self._clock = clock
        self._changes = changes
        self._automatic = automatic
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, authority: str, *, by: Act) -> AskedRecord:
        """Ask an authority for a membership in each profile that it issues.

        The request is written down before it is sent: the answer may come before the word that it arrived.

        Raises:
            Unprocessable: it is no issuer of memberships.
            PeerUnreachable: it cannot be reached; if it did get the request, its answer is taken all the same.
        """
        endpoint = await self._endpoint(authority)
        wanted = _memberships(await self._metadata(endpoint, authority))
        if not wanted:
            raise Unprocessable(f"{authority} issues no {MEMBERSHIP} in a profile that we know")
        asked = AskedRecord(
            id=new_iri(),
            issuer=authority,
            status=AskedStatus.ASKED,
            objects=tuple(one.id for one in wanted),
            created_at=format_time(self._clock.now()),
        )
        await self._store.write(lambda unit: _begin(unit, asked, by))
        proof = self._memberships.request(authority)
        message = write_request(CredentialRequestMessage(asked.id, asked.objects, proof))
        bearer = self._authenticator.bearer(authority)
        answer = await self._network.post(endpoint + "/credentials", dump(message), bearer)
        if answer.status == _CREATED:
            return await self._change(asked.id, status_url=_status_url(endpoint, answer), status=AskedStatus.RECEIVED)
        if answer.status in _FINAL:
            reason = f"{answer.status}: {answer.text}"
            return await self._change(asked.id, status=AskedStatus.REJECTED, reason=reason, ended=True)
        raise PeerUnreachable(f"{authority} answers the request with {answer.status}: {answer.text}")

    async def all(self) -> list[AskedRecord]:
        """Our requests and the offers that came, the oldest first."""
        return list(await self._store.read(lambda unit: unit.asked.find()))

    async def look(self, request: str, seconds: float = 0) -> AskedRecord:
        """One of them; while it is open its issuer is asked how it stands, and an answer waited for.

        Raises:
            NotFound: there is none with this id.
        """
        found = await self._get(request)
        if found.status not in _OPEN:
            return found
        found = await self._ask_status(found)

        async def over() -> bool:
            return (await self._get(request)).status not in _OPEN

        await self._changes.until(request, seconds, over)
        return await self._get(request)

    def take_up(self, issuer: str) -> None:
        """An authority whom we believe has offered: ask, if our operator wants that to happen by itself."""
        if not self._automatic:
            return
        task = asyncio.get_running_loop().create_task(self._take_up(issuer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Wait until no offer is being taken up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Take up no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take_up(self, issuer: str) -> None:
        rule = Act(
            at=format_time(self._clock.now()),
            name="take_offers = automatically",
            role="rule",
            act="request-membership",
            object=issuer,
        )
        try:
            await self.ask(issuer, by=rule)
        except (ServiceError, PeerUnreachable) as error:
            _log.warning("the offer of %s was not taken up: %s", issuer, error)

    async def _get(self, request: str) -> AskedRecord:
        found = await self._store.read(lambda unit: unit.asked.get(request))
        if found is None:
            raise NotFound("there is no such request")
        return found

    async def _ask_status(self, found: AskedRecord) -> AskedRecord:
        if found.status_url is None:
            return found
        try:
            answer = await self._network.get(found.status_url, self._authenticator.bearer(found.issuer))
            status = read_request_status(_json(answer))
        except (PeerUnreachable, TrustError, CanonicalError) as error:
            _log.info("%s does not say how the request stands: %s", found.issuer, error)
            return found
        if status.status is RequestStatus.REJECTED and status.holder_pid == found.id:
            return await self._change(found.id, status=AskedStatus.REJECTED, ended=True)
        return found  # what was issued is on its way

    async def _endpoint(self, authority: str) -> str:
        try:
            document = await self._authenticator.resolve(authority, fresh=True)
            services = document.services(ISSUER_SERVICE)
        except TrustError as error:
            raise Unprocessable(f"the DID document of {authority} cannot be used: {error}") from None
        if not services:
            raise Unprocessable(f"the DID document of {authority} names no service of type {ISSUER_SERVICE}")
        return services[0].endpoint.rstrip("/")

    async def _metadata(self, endpoint: str, authority: str) -> IssuerMetadata:
        try:
            metadata = read_metadata(_json(await self._network.get(endpoint + "/metadata")))
        except (TrustError, CanonicalError) as error:
            raise Unprocessable(f"what {authority} says that it issues cannot be read: {error}") from None
        if metadata.issuer != authority:
            raise Unprocessable(f"the Issuer Service of {authority} issues for {metadata.issuer[:200]}")
        return metadata

    async def _change(self, request: str, *, ended: bool = False, **changed: Any) -> AskedRecord:
        """Change it while it is open: the answer may have come meanwhile, and that is the last word."""

        def work(unit: UnitOfWork) -> AskedRecord:
            found = unit.asked.get(request)
            if found is None:
                raise NotFound("there is no such request")
            if found.status not in _OPEN:
                changed.pop("status", None)
                changed.pop("reason", None)
            elif ended:
                changed["ended_at"] = format_time(self._clock.now())
            now = replace(found, **changed)
            unit.asked.put(now)
            unit.after_commit(lambda: self._changes.tell(request))
            return now

        return await self._store.write(work)


def _begin(unit: UnitOfWork, asked: AskedRecord, by: Act) -> None:
    for offer in unit.asked.find(issuer=asked.issuer, status=AskedStatus.OFFERED):
        unit.asked.delete(offer.id)
    unit.asked.add(asked)
    note(unit, by)


def _memberships(metadata: IssuerMetadata) -> list[CredentialObject]:
    """The memberships that it issues; one for each profile."""
    found: dict[str, CredentialObject] = {}
    for one in metadata.credentials_supported:
        if one.credential_type == MEMBERSHIP and one.profile in PROFILES:
            found.setdefault(str(one.profile), one)
    return list(found.values())


def _status_url(endpoint: str, answer: PeerAnswer) -> str | None:
    """The last part of `Location` is the request's id; peers write the rest in several ways."""
    last = answer.headers.get("location", "").rstrip("/").rpartition("/")[2]
    url = f"{endpoint}/requests/{last}"
    return url if last and is_iri(url) else None


def _json(answer: PeerAnswer) -> object:
    if answer.status != _OK:
        raise PeerUnreachable(f"it answers {answer.status}: {answer.text}")
    return parse_json(answer.body, max_bytes=_MAX_METADATA, floats=True)
