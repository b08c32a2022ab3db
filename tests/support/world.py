"""A data space in one process: real connectors in real folders, one line between them, a clock turned by hand.

The folders, keys and memberships are made once and copied for each world; ports are names here, nobody listens on them.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from connector.app import running
from connector.audit.entries import EntryKind
from connector.dataplane.flows import HttpDataPlane
from connector.founding import OWNER_TOKEN, add_token, initialise
from connector.net.guard import check_url
from connector.ports.disk import Disk
from connector.ports.store import UnitOfWork
from connector.protocol.versions import VERSIONS, ProtocolVersion
from connector.services.decisions import Decider
from connector.settings import Settings, load_settings
from connector.trust.did import did_web_from_url
from connector.web.deps import Connector
from connector.web.management import management_app
from connector.web.public import public_app
from tests.support.clock import HandClock
from tests.support.streaming import Asgi
from tests.support.wire import DataLine, Json, Line, Wire

AUTHORITY, PROVIDER, CONSUMER, OUTSIDER = "authority", "provider", "consumer", "outsider"
PORTS: Final = {AUTHORITY: 8100, PROVIDER: 8101, CONSUMER: 8102, OUTSIDER: 8103}
NAMES: Final = {
    AUTHORITY: "Data Space Office",
    PROVIDER: "Hanbit Drying",
    CONSUMER: "Chemical Buyers",
    OUTSIDER: "No Member",
}
TABLE: Final = b"batch,temperature\n" + b"".join(b"%d,%d.5\n" % (n, 20 + n % 50) for n in range(400))
ANSWERS: Final[Json] = {
    "title": {"en": "Drying batches", "ko": "건조 배치"},
    "description": {"en": "What the dryer recorded"},
    "process": ["drying"],
    "producer": "Hanbit",
    "classification": ["none"],
}
PURPOSE: Final = "quality-prediction"
TERMS: Final[Json] = {"purposes": [PURPOSE], "count": 3, "prohibitions": ["no-passing-on"]}
_IN_A_TEST: Final = 90
"""Seconds after which nobody believes any more that it will be quiet; a busy machine is given its time."""


class Member:
    """One connector of a world; `connector` is there while it runs."""

    def __init__(self, world: "World", name: str, directory: Path) -> None:
        self.name = name
        self.world = world
        self.directory = directory
        self.port = PORTS[name]
        self.url = f"http://localhost:{self.port}"
        self.did = did_web_from_url(self.url)
        self.connector: Connector
        self.api: httpx.AsyncClient
        self.app: Any
        self.decider: Decider | None = None
        self.disk: Disk | None = None
        self.versions: tuple[ProtocolVersion, ...] = VERSIONS
        self._running = AsyncExitStack()

    @property
    def settings(self) -> Settings:
        """As they stand in its folder."""
        return load_settings(self.directory)

    @property
    def protocol(self) -> str:
        """Its protocol root."""
        return self.connector.identity.protocol_url

    async def start(self) -> None:
        """Open its folder and listen."""
        settings = self.settings
        wire = self.world.wire
        data = httpx.AsyncClient(transport=DataLine(wire, self.name))
        await self._running.enter_async_context(data)
        plane = HttpDataPlane(data, check_url=lambda url: check_url(url, laboratory=True))
        # As a socket that is open already: who comes before we are ready waits.
        ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        wire.listen(self.port, self.name, _once(ready))
        started = running(
            settings,
            clock=self.world.clock,
            network=Line(wire, self.name),
            decider=self.decider,
            dataplane=plane,
            versions=self.versions,
            disk=self.disk,
        )
        self.connector = await self._running.enter_async_context(started)
        self.app = management_app(self.connector, "0")
        self.api = await self._running.enter_async_context(self.client((self.directory / OWNER_TOKEN).read_text()))
        ready.set_result(public_app(self.connector))

    async def stop(self) -> None:
        """Stop listening, close the folder."""
        self.world.wire.leave(self.port)
        running_, self._running = self._running, AsyncExitStack()
        await running_.aclose()

    async def restart(self) -> None:
        """Stop, and start again from what the folder holds."""
        await self.stop()
        await self.start()

    def client(self, token: str | None) -> httpx.AsyncClient:
        """The management API, as the holder of a token."""
        headers = {"Authorization": f"Bearer {token.strip()}"} if token else {}
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://management/management/v1", headers=headers
        )

    def token(self, name: str, role: str, person: str | None = None) -> str:
        """A new management token."""
        return add_token(self.directory, name, role, person=person)

    # --- the management API, in the words of a story -------------------------------------------------------------------

    async def get(self, path: str, **query: Any) -> Any:
        """GET; anything but 2xx fails the test."""
        return _good(await self.api.get(path, params=query))

    async def post(self, path: str, body: Json) -> Any:
        """POST; anything but 2xx fails the test."""
        return _good(await self.api.post(path, json=body))

    async def publish(self, content: bytes = TABLE, *, name: str = "dryer.csv", **terms: Any) -> str:
        """Publish a file on these terms (three uses for quality prediction unless said otherwise); the data set's id."""
        upload = _good(await self.api.put("/uploads", params={"name": name}, content=content))
        visible = terms.pop("visible_to", None)
        answers = {**ANSWERS, **terms.pop("answers", {})}
        body = {"uploadId": upload["uploadId"], "answers": answers, "terms": terms or TERMS, "visibleTo": visible}
        return str((await self.post("/datasets", body))["id"])

    async def begin(self, provider: "Member", dataset: str) -> str:
        """Begin a negotiation; our pid."""
        return str((await self.post("/negotiations", {"provider": provider.did, "dataset": dataset}))["id"])

    async def begin_unchecked(self, provider: "Member", dataset: str) -> str:
        """Begin a negotiation without asking the provider anything first: its offer is taken from its own folder."""
        held, offers = await provider.connector.publishing.dataset(dataset)
        begun = await self.connector.negotiations.begin(
            provider=provider.did,
            provider_root=provider.protocol,
            dataset=dataset,
            offer={**offers[0].policy, "@id": offers[0].id},
            described=held.description,
        )
        return begun.id

    async def approve(self, pid: str, *, token: str | None = None, shown: str | None = None) -> httpx.Response:
        """Say yes to what lies on the table, or to what was `shown` before; as the holder of a `token`."""
        terms = shown or (await self.negotiation(pid))["offer"]["terms"]
        path, body = f"/negotiations/{pid}/acceptance", {"terms": terms}
        if token is None:
            return await self.api.post(path, json=body)
        async with self.client(token) as other:
            return await other.post(path, json=body)

    async def negotiation(self, pid: str) -> Json:
        """A negotiation as it is now."""
        found: Json = await self.get(f"/negotiations/{pid}")
        return found

    async def contract(self, contract: str) -> Json:
        """A contract as it is now."""
        found: Json = await self.get(f"/contracts/{contract}")
        return found

    async def agree(self, provider: "Member", dataset: str) -> str:
        """A whole negotiation, until nobody owes anything; the contract's id."""
        pid = await self.begin(provider, dataset)
        await self.world.quiet()
        found = await self.negotiation(pid)
        assert found["state"] == "FINALIZED", found
        return str(found["contract"])

    async def fetch(self, contract: str, purpose: str = PURPOSE, person: str | None = None) -> Json:
        """One delivery, until it has ended."""
        body = {"contract": contract, "purpose": purpose, "person": person}
        begun = await self.post("/deliveries", body)
        return await self.delivered(begun["id"])

    async def delivered(self, delivery: str) -> Json:
        """A delivery, once it has ended and nobody owes anything."""
        await self.world.quiet()
        found: Json = await self.get(f"/deliveries/{delivery}")
        assert found["state"] in ("complete", "refused", "failed"), found
        return found

    async def logged(self) -> list[str]:
        """The kinds of the entries in its log, in their order; those about the acts of its own people left out."""

        def kinds(unit: UnitOfWork) -> list[str]:
            head = unit.log.head()
            return [unit.log.entry(index)["kind"] for index in range(head.size if head else 0)]

        return [
            kind for kind in await self.connector.store.read(kinds) if kind not in (EntryKind.ACT, EntryKind.DECISION)
        ]

    async def content(self, delivery: Json) -> bytes:
        """What was received."""
        return (await self.api.get(f"/deliveries/{delivery['id']}/content")).content

    # --- as a sender of messages that its connector would not send ---------------------------------------------------------

    def bearer(self, audience: "Member") -> str:
        """A fresh identity token for somebody."""
        return self.connector.authenticator.bearer(audience.did)

    async def say(self, to: "Member", path: str, body: bytes, *, token: str | None = None) -> tuple[int, Json]:
        """POST below the protocol root of another, with our identity unless another token is given."""
        return await self._ask("POST", to, path, body, token)

    async def ask(self, to: "Member", path: str, *, token: str | None = None) -> tuple[int, Json]:
        """GET below the protocol root of another."""
        return await self._ask("GET", to, path, b"", token)

    async def _ask(self, method: str, to: "Member", path: str, body: bytes, token: str | None) -> tuple[int, Json]:
        given = self.bearer(to) if token is None else token
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {given}"}
        answer = await self.world.wire.send(self.name, method, to.protocol + path, body, headers if given else {})
        text = answer.body.strip()
        return answer.status, httpx.Response(200, content=text).json() if text.startswith(b"{") else {}


class World:
    """Its members, the line between them, the time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wire = Wire()
        self.clock = HandClock()
        self.members: dict[str, Member] = {}

    def __getitem__(self, name: str) -> Member:
        return self.members[name]

    @property
    def provider(self) -> Member:
        return self.members[PROVIDER]

    @property
    def consumer(self) -> Member:
        return self.members[CONSUMER]

    @property
    def authority(self) -> Member:
        return self.members[AUTHORITY]

    async def join(self, name: str) -> Member:
        """Start the connector in the folder of this name."""
        member = self.members[name] = Member(self, name, self.folder / name)
        await member.start()
        return member

    async def admit(self, name: str, **says: Any) -> Member:
        """Start a connector and make it a member, of which the authority says this beyond its keys."""
        member = self.members.get(name) or await self.join(name)
        request = await member.post("/membership-requests", {"authority": self.authority.did})
        issued = await self.authority.post("/members", {"request": request, "says": says or None})
        _good(await member.api.put("/membership", json={"credential": issued["credential"]}))
        return member

    async def quiet(self) -> None:
        """Wait until nobody owes anything: no message is due, no data flows, no log is being looked at."""
        async with asyncio.timeout(_IN_A_TEST):
            while True:
                for member in self.members.values():
                    await member.connector.outbox.idle()
                    await member.connector.checkpoints.idle()
                    await member.connector.cosigning.idle()
                    await member.connector.metering.idle()
                    while tasks := {
                        *member.connector.deliveries._tasks.values(),
                        *member.connector.pushes.running,
                    }:
                        await asyncio.wait(tasks)
                if all(self._is_quiet(member.connector) for member in self.members.values()):
                    return
                await asyncio.sleep(0)

    @staticmethod
    def _is_quiet(connector: Connector) -> bool:
        return not (
            connector.outbox._tasks
            or connector.checkpoints._checking
            or connector.cosigning.asking
            or connector.metering.answering
            or connector.deliveries._tasks
            or connector.pushes.running
            or connector.usage.running
        )

    async def close(self) -> None:
        """Stop all."""
        for member in self.members.values():
            await member.stop()


def _once(ready: "asyncio.Future[Any]") -> Asgi:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (await asyncio.shield(ready))(scope, receive, send)

    return app


def _good(answer: httpx.Response) -> Any:
    assert answer.is_success, (answer.status_code, answer.text)
    return answer.json() if answer.content else None


def found(folder: Path) -> None:
    """Make the folders of an authority, two members and an outsider."""
    asyncio.run(_found(folder))


async def _found(folder: Path) -> None:
    authority = did_web_from_url(f"http://localhost:{PORTS[AUTHORITY]}")
    for name, port in PORTS.items():
        initialise(
            folder / name,
            name=NAMES[name],
            public_url=f"http://localhost:{port}",
            bind=f"127.0.0.1:{port}",
            management_port=port + 1000,
            laboratory=True,
            authorities=[authority],
            authority_role=name == AUTHORITY,
        )
    world = World(folder)
    for name in (AUTHORITY, OUTSIDER):
        await world.join(name)
    for name in (PROVIDER, CONSUMER):
        await world.admit(name)
    await world.close()


@asynccontextmanager
async def open_world(template: Path, folder: Path, *names: str) -> AsyncIterator[World]:
    """A world of its own, copied from the template; gone at the end."""
    shutil.copytree(template, folder)
    world = World(folder)
    try:
        for name in names or (AUTHORITY, PROVIDER, CONSUMER):
            await world.join(name)
        yield world
    finally:
        world.wire.calm()
        await world.close()
        shutil.rmtree(folder)
