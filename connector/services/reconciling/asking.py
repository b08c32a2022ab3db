"""Asking others what they hold of us: the checkpoints of our logs, and the contracts that they have with us."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from connector.audit.checkpoint import Checkpoint, open_checkpoint, peek_checkpoint
from connector.audit.errors import AuditError
from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.ports.network import Network, PeerUnreachable
from connector.services.authenticate import Authenticator
from connector.services.errors import ServiceError
from connector.services.identity import Identity
from connector.services.notice_places import notice_place
from connector.services.remembering import FORMAT, HELD
from connector.trust.errors import TrustError

_AT_ONCE: Final = 8
_MOST_PAGES: Final = 500
_OK: Final = 200
_UNKNOWN: Final = 404


@dataclass(frozen=True, slots=True)
class Told:
    """A contract as its other side has it.

    Attributes:
        id: the agreement's `@id`.
        receipt: the digest of R; None when there is none.
        ours: the number of the highest notice of ours that they hold.
        theirs: that of their own highest.
        uses: how many deliveries they know.
    """

    id: str
    receipt: str | None
    ours: int
    theirs: int
    uses: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What one of the others told us.

    Attributes:
        did: who.
        problem: why there is no answer; None when there is one.
        checkpoints: what it holds of our logs, signed by us: each with its note.
        origins: names of logs of ours that it knows of.
        memberships: as an authority: what it issued to us last (JWT).
        contracts: the contracts that it has with us.
    """

    did: str
    problem: str | None = None
    checkpoints: tuple[tuple[Checkpoint, str], ...] = ()
    origins: tuple[str, ...] = ()
    memberships: tuple[str, ...] = ()
    contracts: tuple[Told, ...] = field(default=())


class Asking:
    """Asks; believes of our logs only what carries our own signature."""

    def __init__(self, identity: Identity, *, network: Network, authenticator: Authenticator) -> None:
        self._me = identity
        self._network = network
        self._authenticator = authenticator

    async def all(self, dids: Iterable[str]) -> list[Answer]:
        """The answers of all of these, those who give none included."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(did: str) -> Answer:
            async with room:
                return await self.one(did)

        return list(await asyncio.gather(*(one(did) for did in dids)))

    async def one(self, did: str) -> Answer:
        """What one participant holds of us."""
        try:
            place = await notice_place(self._authenticator, did)
            return self._read(did, [page async for page in self._pages(place, did)])
        except (PeerUnreachable, ServiceError, TrustError) as error:
            return Answer(did, str(error))
        except (CanonicalError, KeyError, TypeError, ValueError) as error:
            return Answer(did, f"its answer cannot be read: {type(error).__name__} {error}")

    def _read(self, did: str, pages: list[JsonObject]) -> Answer:
        first = pages[0]
        return Answer(
            did,
            None,
            tuple(self._ours(first["checkpoints"])),
            tuple(str(origin) for origin in first.get("origins", [])),
            tuple(str(jwt) for jwt in first.get("memberships", [])),
            tuple(_told(item) for page in pages for item in page["contracts"]),
        )

    async def evidence(self, did: str, contract: str) -> bytes:
        """The other side's evidence of a contract.

        Raises:
            PeerUnreachable, NotFound, TrustError: it cannot be had.
        """
        url = f"{await notice_place(self._authenticator, did)}{HELD}/{quote(contract, safe=':')}"
        answer = await self._network.get(url, self._authenticator.bearer(did))
        if answer.status != _OK:
            raise PeerUnreachable(f"{did} does not give its evidence of {contract}: {answer.status} {answer.text}")
        return answer.body

    async def _pages(self, place: str, did: str) -> AsyncIterator[JsonObject]:
        after: str | None = None
        for _ in range(_MOST_PAGES):
            query = f"?after={quote(after, safe=':')}" if after else ""
            answer = await self._network.get(place + HELD + query, self._authenticator.bearer(did))
            if answer.status == _UNKNOWN and after is None:
                raise PeerUnreachable("it is a connector that does not tell what it holds of others (404)")
            if answer.status != _OK:
                raise PeerUnreachable(f"{answer.status}: {answer.text}")
            page = parse_json(answer.body)
            if not isinstance(page, dict) or page.get("format") != FORMAT:
                raise ValueError(f"not in the format {FORMAT}")
            yield page
            after = page.get("next")
            if after is None:
                return
            if not isinstance(after, str):
                raise TypeError("next is no text")
        raise ValueError(f"more than {_MOST_PAGES} pages")

    def _ours(self, notes: Sequence[object]) -> list[tuple[Checkpoint, str]]:
        """Those that a log key of ours has signed; what others make up is passed over."""
        found = []
        for note in notes:
            if not isinstance(note, str):
                continue
            for signer in self._me.log_signers():
                try:
                    origin = peek_checkpoint(note).origin
                    public = signer.key.public
                    checkpoint = open_checkpoint(note, origin=origin, verify=public.verify, public_raw=public.raw())
                except AuditError:
                    continue
                if self._me.epoch_of(origin) is not None:
                    found.append((checkpoint, note))
                break
        return found


def _told(item: JsonObject) -> Told:
    notices = item["notices"]
    receipt = item["receipt"]
    numbers = [0 if one is None else one["number"] for one in (notices["yours"], notices["ours"])]
    counts = [*numbers, item["uses"]]
    if not isinstance(item["id"], str) or not (receipt is None or isinstance(receipt, str)):
        raise TypeError("a contract without its id, or with a receipt that is no digest")
    if any(type(count) is not int or count < 0 for count in counts):
        raise TypeError("a count that is none")
    return Told(item["id"], receipt, *counts)
