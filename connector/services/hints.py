"""As an authority: "look at my status list now". A hint shortens the wait; that it arrives is promised to nobody.

It names nothing: whoever gets one asks for the lists that he holds of us, at the addresses that he knows.
"""

import asyncio
import logging
from typing import Final

from connector.canonical import CanonicalError, JsonObject, parse_json
from connector.ports.network import Network, PeerUnreachable
from connector.ports.store import Store
from connector.services.anchor_lists import AnchorLists
from connector.services.authenticate import Authenticator
from connector.services.errors import Forbidden
from connector.services.status_lists import StatusLists
from connector.trace import begin_trace
from connector.trust.credentials import MEMBERSHIP
from connector.trust.errors import TrustError
from connector.wire.codec import dump

PATH: Final = "/status-lists"
"""Below the address of the notices."""
SERVICE: Final = "NoticeService"
STATUS_LIST: Final = "StatusListHint"
TRUST_ANCHORS: Final = "TrustAnchorsHint"
_AT_ONCE: Final = 16
_TRIES: Final = 3
_PAUSE: Final = 1.0
_log: Final = logging.getLogger(__name__)


class Hints:
    """Gives hints to all members, and takes those of authorities whom we believe."""

    def __init__(
        self,
        *,
        network: Network,
        store: Store,
        authenticator: Authenticator,
        status_lists: StatusLists,
        anchors: AnchorLists,
        me: str,
    ) -> None:
        self._network = network
        self._store = store
        self._authenticator = authenticator
        self._status_lists = status_lists
        self._anchors = anchors
        self._me = me
        self._tasks: set[asyncio.Task[None]] = set()

    def give(self, kind: str = STATUS_LIST) -> None:
        """Tell every member, in the background, what there is a newer one of."""
        task = asyncio.get_running_loop().create_task(self._give_all(kind))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def take(self, header: str | None, body: bytes) -> JsonObject:
        """An authority says that one of its lists has changed; it is asked for before this is answered.

        Raises:
            Unauthenticated: no valid token.
            Forbidden: nobody whom we believe as an authority.
        """
        sender = await self._authenticator.authenticate(header, demand_membership=False)
        if not self._anchors.believes(MEMBERSHIP, sender.did):
            raise Forbidden("only an authority that is believed here can say that its status list has changed")
        if _kind_of(body) == TRUST_ANCHORS:
            await self._anchors.refresh(sender.did)
        else:
            await self._status_lists.hint(sender.did)
        return {"status": "taken"}

    async def idle(self) -> None:
        """Wait until no hint is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Give no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _give_all(self, kind: str) -> None:
        begin_trace()
        if kind == TRUST_ANCHORS:
            await self._anchors.refresh(self._me)
        else:
            await self._status_lists.hint(self._me)
        members = await self._store.read(lambda unit: [member.did for member in unit.members.find()])
        room = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*(self._give(did, room, kind) for did in members if did != self._me))

    async def _give(self, did: str, room: asyncio.Semaphore, kind: str) -> None:
        async with room:
            for again in range(_TRIES):
                if again:
                    await asyncio.sleep(_PAUSE * again)
                try:
                    document = await self._authenticator.resolve(did)
                    services = document.services(SERVICE)
                    if not services:
                        return  # of another make: it looks by itself
                    url = services[0].endpoint.rstrip("/") + PATH
                    answer = await self._network.post(url, dump({"type": kind}), self._authenticator.bearer(did))
                except (PeerUnreachable, TrustError) as error:
                    _log.info("no hint for %s: %s", did, error)
                    continue
                if answer.status < 500:  # noqa: PLR2004
                    return


def _kind_of(body: bytes) -> str:
    """What there is a newer one of; the status list where that is not said."""
    try:
        data = parse_json(body)
    except CanonicalError:
        return STATUS_LIST
    kind = data.get("type") if isinstance(data, dict) else None
    return kind if isinstance(kind, str) else STATUS_LIST
