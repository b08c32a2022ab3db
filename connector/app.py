"""The composition root: the one place where store, network, services and web meet."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from connector.clock import Clock, SystemClock, format_time
from connector.dataplane.files import LocalFiles
from connector.dataplane.flows import HttpDataPlane
from connector.net.guard import check_url
from connector.net.peers import LOOKUPS, Bounds, Peers
from connector.net.resolver import WebDids
from connector.ports.network import Network, PeerUnreachable
from connector.ports.records import ContractRecord, OutboxKind
from connector.ports.store import UnitOfWork
from connector.protocol.bindings import NOTICES_PATH
from connector.protocol.errors import MessageInvalid
from connector.protocol.versions import V2025_1, WELL_KNOWN
from connector.services.agreements import Agreements
from connector.services.authenticate import Authenticator
from connector.services.catalogs import Catalogs
from connector.services.changes import Changes
from connector.services.checkpoints import Checkpoints
from connector.services.contracting import Contracting
from connector.services.decisions import Decider, Rules, TransferDecider, TransferRules
from connector.services.deliveries import Deliveries
from connector.services.evidence import Evidence
from connector.services.federation import Federation
from connector.services.identity import Identity
from connector.services.memberships import Memberships
from connector.services.monitor import Monitor
from connector.services.negotiations import Negotiations
from connector.services.notices import Notices
from connector.services.outbox import Outbox
from connector.services.publish import Publishing
from connector.services.transfers import Transfers
from connector.services.usage import Usage
from connector.settings import Settings, write_settings
from connector.store.folder import FolderInUse, FolderLock
from connector.store.log import LogSigner
from connector.store.sqlite import open_sqlite
from connector.store.unit_of_work import SqlStore
from connector.trace import current_trace
from connector.trust.anchors import TrustAnchors
from connector.trust.credentials import MEMBERSHIP
from connector.trust.did import CONTRACT_KEY, LOG_KEY, TOKEN_KEY, Service, build_did_document, did_web_from_url
from connector.trust.keys import (
    PrivateKey,
    SigningKey,
    generate_ed25519,
    generate_p256,
    private_key_from_pem,
)
from connector.web import tokens
from connector.web.deps import Connector
from connector.web.identity import CREDENTIALS_PATH

DISTRIBUTION: Final = "my-manufacturing-data-connector"
_TOKENS: Final = Path("secrets") / "management-tokens.json"
OWNER_TOKEN: Final = Path("secrets") / "owner.token"
_DATABASE: Final = "mmd.sqlite"
_HIGH_WATER: Final = "log.highwater"
_KEEP_ALIVE: Final = 75
"""Seconds that an idle connection is kept; longer than peers keep theirs, so that none sends into one we just closed."""
_log: Final = logging.getLogger(__name__)


class InitError(Exception):
    """A connector cannot be made or started; the sentence says why."""


@dataclass(frozen=True, slots=True)
class InitReport:
    """What `initialise` made."""

    did: str
    directory: Path
    management_url: str
    owner_token_file: Path


def initialise(
    directory: Path,
    *,
    name: str,
    public_url: str,
    bind: str,
    management_port: int | None,
    laboratory: bool,
    authorities: list[str],
    authority_role: bool,
) -> InitReport:
    """Make a connector: its folder, settings, three keys, an owner's token. Never over an existing one.

    Raises:
        InitError: there is one already, or the addresses cannot be used.
        SettingsError: a value cannot be used.
    """
    from connector.settings import FILE, load_settings

    if (directory / FILE).exists():
        raise InitError(f"there is a connector in {directory} already; choose another folder")
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit():
        raise InitError(f"bind is an address and a port, for example 127.0.0.1:8080, not {bind!r}")
    directory.mkdir(parents=True, exist_ok=True)
    did = did_web_from_url(public_url)
    _make_secrets(directory)
    write_settings(
        directory,
        {
            "name": name,
            "public_url": public_url.rstrip("/"),
            "bind_host": host,
            "bind_port": int(port),
            "management_host": "127.0.0.1",
            "management_port": management_port or _free_port(),
            "profile": "laboratory" if laboratory else "production",
            "authority": authority_role,
            "authorities": [did, *authorities] if authority_role else authorities,
        },
    )
    try:
        settings = load_settings(directory)
    except ValueError:
        (directory / FILE).unlink()
        raise
    token_file = directory / OWNER_TOKEN
    if not token_file.exists():
        now = format_time(SystemClock().now())
        _write_secret(token_file, tokens.add_token(directory / _TOKENS, "owner", "owner", now=now).encode())
    return InitReport(did, directory, settings.management_url, token_file)


def add_token(directory: Path, name: str, role: str) -> str:
    """Make a management token; it is shown this once."""
    return tokens.add_token(directory / _TOKENS, name, role, now=format_time(SystemClock().now()))


def list_tokens(directory: Path) -> list[dict[str, str]]:
    """Names and roles of the management tokens."""
    return tokens.list_tokens(directory / _TOKENS)


def remove_token(directory: Path, name: str) -> None:
    """Remove a management token."""
    tokens.remove_token(directory / _TOKENS, name)


def upgrade_database(settings: Settings) -> str:
    """Bring the database to the newest schema; serving does it too.

    Raises:
        FolderInUse: a connector runs on this folder.
    """
    from connector.store.migrate import upgrade
    from connector.store.sqlite import sqlite_engine

    lock = FolderLock(settings.directory)
    lock.acquire()
    try:
        return upgrade(sqlite_engine(settings.directory / _DATABASE))
    finally:
        lock.release()


def identity_of(settings: Settings) -> Identity:
    """The participant that a folder holds: DID, keys, addresses.

    Raises:
        InitError: a key is missing or cannot be read.
    """
    did = did_web_from_url(settings.public_url)
    keys = settings.directory / "keys"
    token, contract, log = (_read_key(keys / f"{n}.pem") for n in ("token", "contract", "log"))
    protocol_url = settings.public_url + V2025_1.path
    services = [
        Service(f"{did}#connector", "DataService", settings.public_url + WELL_KNOWN),
        Service(f"{did}#catalog", "CatalogService", protocol_url + "/catalog"),
        Service(f"{did}#credentials", "CredentialService", settings.public_url + CREDENTIALS_PATH),
        Service(f"{did}#notices", "NoticeService", protocol_url + NOTICES_PATH),
    ]
    document = build_did_document(
        did, token_key=token.public, contract_key=contract.public, log_key=log.public, services=services
    )
    return Identity(
        did=did,
        name=settings.name,
        token_key=SigningKey(token, f"{did}#{TOKEN_KEY}"),
        contract_key=SigningKey(contract, f"{did}#{CONTRACT_KEY}"),
        log_key=SigningKey(log, f"{did}#{LOG_KEY}"),
        log_origin=settings.public_url.split("://", 1)[1] + "/log",
        public_url=settings.public_url,
        protocol_url=protocol_url,
        did_document=document,
        laboratory=settings.laboratory,
        access_secret=(settings.directory / "secrets" / "access.key").read_bytes(),
    )


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    network: Network | None = None,
    decider: Decider | None = None,
    transfer_decider: TransferDecider | None = None,
    dataplane: HttpDataPlane | None = None,
    open_store: Callable[[LogSigner, Clock], SqlStore] | None = None,
    authenticator: type[Authenticator] = Authenticator,
) -> AsyncIterator[Connector]:
    """A connector with everything started but its ports.

    Args:
        settings: its settings.
        clock: the time; the machine's unless a test hands in its own.
        network: the way to others; HTTP unless a test hands in its own.
        decider: who decides about negotiations; our rules unless somebody else is handed in.
        transfer_decider: the same for transfers.
        dataplane: the way of the data, closed at the end; over the same HTTP unless a test hands in its own.
        open_store: opens the store; SQLite in the connector's folder unless something else is handed in.
        authenticator: who says who is calling, and who we are; DCP unless a kit that knows no identities needs another.
    """
    clock = clock or SystemClock()
    identity = identity_of(settings)
    signer = LogSigner(identity.log_origin, identity.log_key.key.sign, identity.log_key.key.public.raw())
    directory = settings.directory
    if open_store is None:
        store = open_sqlite(directory / _DATABASE, signer, clock, high_water=directory / _HIGH_WATER)
    else:
        store = open_store(signer, clock)
    pools: list[Peers] = []
    # What strangers cause has a pool of its own: they cannot stop what we send.
    lookups = network or _pool(settings, pools, LOOKUPS)
    if network is None or dataplane is None:
        peers = _pool(settings, pools)
        network = network or peers
        dataplane = dataplane or HttpDataPlane(
            peers.client, check_url=lambda url: check_url(url, laboratory=settings.laboratory)
        )
    connector = _wire(
        settings,
        identity,
        store,
        network,
        dataplane,
        clock,
        lookups=lookups,
        deciders=(decider or Rules(), transfer_decider or TransferRules()),
        make_authenticator=authenticator,
    )
    try:
        await _start(connector)
        yield connector
    finally:
        await connector.monitor.stop()
        await connector.deliveries.stop()
        await connector.checkpoints.stop()
        await connector.outbox.stop()
        dataplane.close()
        for pool in pools:
            await pool.close()
        store.close()


def _pool(settings: Settings, pools: list[Peers], bounds: Bounds | None = None) -> Peers:
    """One more pool of connections, to be closed with the others."""
    ca_bundle = str(settings.ca_bundle) if settings.ca_bundle else None
    made = Peers(laboratory=settings.laboratory, ca_bundle=ca_bundle, proxy=settings.outbound_proxy, bounds=bounds)
    pools.append(made)
    return made


def _wire(
    settings: Settings,
    identity: Identity,
    store: SqlStore,
    network: Network,
    dataplane: HttpDataPlane,
    clock: Clock,
    *,
    lookups: Network,
    deciders: tuple[Decider, TransferDecider],
    make_authenticator: type[Authenticator],
) -> Connector:
    changes = Changes()
    decider, transfer_decider = deciders
    dids = WebDids(lookups, clock, laboratory=settings.laboratory, own={identity.did: identity.did_document})
    anchors = TrustAnchors({MEMBERSHIP: set(settings.authorities)})
    authenticator = make_authenticator(identity, dids=dids, network=lookups, store=store, clock=clock, anchors=anchors)
    outbox = Outbox(store, network, authenticator.bearer)
    contracting = Contracting(
        identity,
        countersign_within=timedelta(minutes=settings.countersign_within_minutes),
        finalize_within=timedelta(minutes=settings.finalize_within_minutes),
        forget=authenticator.forget,
    )
    notices = Notices(identity, store=store, outbox=outbox, clock=clock, changes=changes, protocol_root=_protocol_root)
    checkpoints = Checkpoints(
        identity,
        store=store,
        network=network,
        authenticator=authenticator,
        clock=clock,
        protocol_root=_protocol_root,
    )
    negotiations = Negotiations(
        identity,
        store=store,
        outbox=outbox,
        contracting=contracting,
        version=V2025_1,
        clock=clock,
        changes=changes,
        agreements=Agreements(identity, contracting, concluded=notices.concluded, seen=checkpoints.seen),
        concluded=notices.concluded,
        decider=decider,
        check_callback=_callback_check(laboratory=settings.laboratory),
    )
    transfers = Transfers(
        identity,
        store=store,
        outbox=outbox,
        version=V2025_1,
        clock=clock,
        changes=changes,
        check_callback=_callback_check(laboratory=settings.laboratory),
        decider=transfer_decider,
        protocol_root=_protocol_root,
    )
    publishing = Publishing(
        identity, store=store, files=LocalFiles(), folder=settings.directory / "published", clock=clock
    )
    usage = Usage(
        store=store,
        authenticator=authenticator,
        notices=notices,
        clock=clock,
        changes=changes,
        check_frozen=publishing.check_frozen,
    )
    notices.ended = transfers.stop_all
    transfers.stopped = usage.cut
    outbox.belongs({OutboxKind.NEGOTIATION: negotiations, OutboxKind.TRANSFER: transfers, OutboxKind.NOTICE: notices})
    return Connector(
        identity=identity,
        store=store,
        clock=clock,
        version=V2025_1,
        changes=changes,
        outbox=outbox,
        authenticator=authenticator,
        negotiations=negotiations,
        monitor=Monitor(negotiations),
        transfers=transfers,
        notices=notices,
        usage=usage,
        deliveries=Deliveries(
            identity,
            store=store,
            transfers=transfers,
            notices=notices,
            dataplane=dataplane,
            clock=clock,
            changes=changes,
            folder=settings.directory / "received",
            protocol_root=_protocol_root,
        ),
        publishing=publishing,
        catalogs=Catalogs(identity, publishing=publishing, clock=clock),
        federation=Federation(
            network=network, authenticator=authenticator, store=store, version=V2025_1, me=identity.did
        ),
        memberships=Memberships(
            identity, store=store, authenticator=authenticator, clock=clock, authority=settings.authority
        ),
        checkpoints=checkpoints,
        evidence=Evidence(identity, store=store, clock=clock),
        authorities=settings.authorities,
        uploads_limit=settings.uploads_limit,
        tokens_file=settings.directory / _TOKENS,
        settings=tuple(settings.describe()),
    )


def _callback_check(*, laboratory: bool) -> Callable[[str], None]:
    """Refuses, at the door, callback addresses that we would never go to."""

    def check(url: str) -> None:
        try:
            check_url(url, laboratory=laboratory)
        except PeerUnreachable as error:
            raise MessageInvalid(f"callbackAddress cannot be used: {error}") from None

    return check


def _protocol_root(unit: UnitOfWork, contract: ContractRecord) -> str:
    """Where the other side of a contract takes messages: the address that the negotiation was made with."""
    negotiation = unit.negotiations.get(contract.negotiation)
    return negotiation.callback_address if negotiation is not None else ""


async def _start(connector: Connector) -> None:
    """Take up everything that was left when we last stopped."""
    peers = await connector.store.read(lambda unit: unit.peers.find(may_not_sign=True))
    connector.authenticator.exceptions.update(peer.did for peer in peers)
    await connector.usage.recover()
    await connector.outbox.start()
    await connector.negotiations.resume()
    await connector.deliveries.resume()
    await connector.monitor.start()


def serve(settings: Settings, *, ready: Callable[[], None] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit code.

    Raises:
        FolderInUse: another connector owns the folder.
        InitError: a port is taken, or the keys cannot be read.
    """
    _log_to_stderr(settings.log_level)
    lock = FolderLock(settings.directory)
    lock.acquire()
    try:
        if sys.platform == "win32":
            asyncio.run(_serve(settings, ready))
        else:
            import uvloop

            uvloop.run(_serve(settings, ready))
    finally:
        lock.release()
    return 0


async def _serve(settings: Settings, ready: Callable[[], None] | None) -> None:
    import uvicorn

    from connector.web.management import management_app
    from connector.web.public import public_app

    with contextlib.ExitStack() as closing:
        # Open before anything of ours leaves: who gets a message from us looks up our DID document at once, and waits here
        # for a moment instead of being turned away.
        sockets = [
            closing.enter_context(_listen(host, port))
            for host, port in (
                (settings.bind_host, settings.bind_port),
                (settings.management_host, settings.management_port),
            )
        ]
        async with running(settings) as connector:
            public = uvicorn.Config(
                public_app(connector),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=2,
                timeout_keep_alive=_KEEP_ALIVE,
                ssl_certfile=str(settings.tls_certificate) if settings.tls_certificate else None,
                ssl_keyfile=str(settings.tls_key) if settings.tls_key else None,
            )
            management = uvicorn.Config(
                management_app(connector, version(DISTRIBUTION)),
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=2,
                timeout_keep_alive=_KEEP_ALIVE,
            )
            servers = [_server(public), _server(management)]
            stop = asyncio.Event()
            _on_signals(stop)
            tasks = [
                asyncio.create_task(server.serve(sockets=[bound]))
                for server, bound in zip(servers, sockets, strict=True)
            ]
            profile = "LABORATORY: http and loopback are allowed" if settings.laboratory else "production"
            _log.info("%s serves %s (%s)", connector.identity.did, settings.public_url, profile)
            if ready is not None:
                ready()
            _collect_seldom()
            waiting = asyncio.create_task(stop.wait())
            await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for server in servers:
                server.should_exit = True
            await asyncio.gather(*tasks)
            waiting.cancel()


def _collect_seldom() -> None:
    """Leave what lives as long as the process out of garbage collection, and collect the rest less often.

    Messages are trees of small objects without circles: at Python's own thresholds a sixth of the time of a negotiation
    went into looking for circles among them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()  # the command line turned it off while everything was loaded


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    if sys.platform != "win32":
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise InitError(f"port {port} on {host} cannot be used: {error.strerror or error}") from None
    bound.listen(1024)
    return bound


def _make_secrets(directory: Path) -> None:
    for part in ("keys", "secrets"):
        folder = directory / part
        folder.mkdir(mode=0o700, exist_ok=True)
    makers = {"token": generate_p256, "contract": generate_ed25519, "log": generate_ed25519}
    for name, make in makers.items():
        file = directory / "keys" / f"{name}.pem"
        if not file.exists():
            _write_secret(file, make().to_pem())
    access = directory / "secrets" / "access.key"
    if not access.exists():
        _write_secret(access, secrets.token_bytes(32))


def _write_secret(file: Path, data: bytes) -> None:
    """A file that only its owner can read, from its first moment on."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)


def _read_key(file: Path) -> PrivateKey:
    try:
        return private_key_from_pem(file.read_bytes())
    except FileNotFoundError:
        raise InitError(
            f"the key {file} is missing; without it this connector is nobody. Restore it from a backup"
        ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class _JsonLines(logging.Formatter):
    """One JSON object a line, with the trace id."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}",
            "level": record.levelname,
            "trace": current_trace(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "uvicorn.error", "asyncio", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _server(config: Any) -> Any:
    """A server that leaves the signals to us: two of them run in one process."""
    import uvicorn

    class Quiet(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Quiet(config)


__all__ = ["FolderInUse", "InitError", "InitReport", "initialise", "running", "serve", "upgrade_database"]
