"""The composition root: the one place where store, network, services and web meet."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from connector.clock import Clock, SystemClock
from connector.dataplane.files import LocalFiles
from connector.dataplane.flows import HttpDataPlane
from connector.founding import DATABASE, TOKENS, identity_of, keys_of, rings_of
from connector.net.guard import check_url
from connector.net.peers import DATA, LOOKUPS, Bounds, Peers
from connector.net.resolver import WebDids
from connector.opening import gaiax_of
from connector.ports.disk import Disk
from connector.ports.network import Fetching, Network, PeerUnreachable
from connector.ports.records import ContractRecord, OutboxKind
from connector.ports.store import UnitOfWork
from connector.protocol.errors import MessageInvalid
from connector.protocol.versions import VERSIONS, ProtocolVersion
from connector.services.admission import Admission
from connector.services.agreeing.decider import AgreeingRules
from connector.services.agreeing.service import Rulebook
from connector.services.agreements import Agreements, Concluded
from connector.services.anchor_lists import AnchorLists
from connector.services.attaching import Attaching
from connector.services.authenticate import Authenticator
from connector.services.catalogs import Catalogs
from connector.services.changes import Changes
from connector.services.checkpoints import Checkpoints
from connector.services.comparing import Comparing
from connector.services.consents import Consents
from connector.services.contracting import Contracting, Party
from connector.services.cosigning import Cosigning, WitnessRule
from connector.services.credential_service import CredentialService
from connector.services.decisions import Decider, TransferDecider, TransferRules
from connector.services.deliveries import Deliveries
from connector.services.desk.desk import Desk
from connector.services.diagnosis.peers import Diagnosis
from connector.services.disk_space import DiskSpace, Thresholds
from connector.services.documents import Documents
from connector.services.erasure.service import Erasure
from connector.services.evidence import Evidence
from connector.services.federation import Federation
from connector.services.gaiax import GaiaX
from connector.services.hints import TRUST_ANCHORS, Hints
from connector.services.identity import Identity
from connector.services.issued_status import IssuedStatus
from connector.services.issuing import IssuerService
from connector.services.joining import Joining
from connector.services.leaving import Leaving
from connector.services.memberships import Memberships
from connector.services.metering import Metering
from connector.services.monitor import Monitor
from connector.services.named_lists import NamedLists
from connector.services.negotiations import Negotiations
from connector.services.negotiations.unread import Unread
from connector.services.notices import Notices
from connector.services.outbox import Outbox
from connector.services.payments import Payments
from connector.services.promises import Promises
from connector.services.publish import Publishing
from connector.services.published_anchors import PublishedAnchors
from connector.services.pushes import Pushes
from connector.services.reconciling import Reconciling
from connector.services.reconciling.adopting import Adopting
from connector.services.reconciling.asking import Asking
from connector.services.reconciling.epochs import Epochs
from connector.services.reconciling.learning import Learning
from connector.services.remembering import Remembering
from connector.services.renewals import Renewals
from connector.services.retention.service import Retention
from connector.services.retention.sweeps import (
    Acts,
    Contracts,
    DecisionSweep,
    DeliverySweep,
    NegotiationSweep,
    OfferSweep,
    People,
    Sweep,
    TransferSweep,
    Uploads,
)
from connector.services.revocations import Revocations
from connector.services.rotation import Rotation
from connector.services.static_tokens import StaticTokens
from connector.services.status_lists import StatusLists
from connector.services.transcripts.network import RecordedNetwork
from connector.services.transcripts.reading import Transcripts
from connector.services.transcripts.recorder import Recorder
from connector.services.transfers import Transfers
from connector.services.upkeep import Upkeep
from connector.services.usage import Limits, Usage
from connector.services.usage.access import Access
from connector.services.watching import Watching
from connector.services.witnessing import Witnessing
from connector.settings import Settings
from connector.store.disk import FolderDisk
from connector.store.folder import MARK
from connector.store.log import LogSigner
from connector.store.peer_tokens import PeerTokenFile
from connector.store.returned import Returned
from connector.store.sqlite import open_sqlite
from connector.store.unit_of_work import SqlStore
from connector.web.deps import Connector
from connector.web.doorkeeper import Doorkeeper


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    network: Fetching | None = None,
    decider: Decider | None = None,
    transfer_decider: TransferDecider | None = None,
    dataplane: HttpDataPlane | None = None,
    open_store: Callable[[LogSigner, Clock], SqlStore] | None = None,
    authenticator: type[Authenticator] = Authenticator,
    versions: tuple[ProtocolVersion, ...] = VERSIONS,
    disk: Disk | None = None,
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
        versions: the versions of the protocol to speak, the one that we like best first.
        disk: how much room is left; as the system counts it unless a test hands in its own.
        authenticator: who says who is calling, and who we are; DCP unless a kit that knows no identities needs another.
    """
    clock = clock or SystemClock()
    identity = identity_of(settings)
    signer = LogSigner(
        identity.log_origin,
        identity.log_key.key.sign,
        identity.log_key.key.public.raw(),
        lambda: [(key.key.sign, key.key.public.raw()) for key in identity.log_signers()],
        lambda: (identity.log_epoch, identity.log_origin),
    )
    directory = settings.directory
    if open_store is None:
        store = open_sqlite(directory / DATABASE, signer, clock, high_water=directory / MARK)
    else:
        store = open_store(signer, clock)
    pools: list[Peers] = []
    # What strangers cause has a pool of its own: they cannot stop what we send.
    lookups = network or _pool(settings, pools, LOOKUPS)
    network = network or _pool(settings, pools)
    if dataplane is None:
        dataplane = HttpDataPlane(
            _pool(settings, pools, DATA).client, check_url=lambda url: check_url(url, laboratory=settings.laboratory)
        )
    connector = _wire(
        settings,
        identity,
        store,
        network,
        dataplane,
        clock,
        lookups=lookups,
        deciders=(decider, transfer_decider or TransferRules()),
        make_authenticator=authenticator,
        versions=versions,
        disk_space=DiskSpace(disk or FolderDisk(directory), store=store, clock=clock, thresholds=_thresholds(settings)),
    )
    try:
        await _start(connector)
        yield connector
    finally:
        await connector.monitor.stop()
        await connector.endings.stop_looking()
        await connector.pushes.stop()
        await connector.usage.stop()
        await connector.hints.stop()
        await connector.joining.stop()
        await connector.issuer_service.stop()
        await connector.status_lists.stop()
        await connector.anchors.stop()
        await connector.watching.stop()
        await connector.deliveries.stop()
        await connector.metering.stop()
        await connector.checkpoints.stop()
        await connector.cosigning.stop()
        await connector.outbox.stop()
        await connector.recorder.stop()
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


def _anchors_of(
    settings: Settings, identity: Identity, dids: WebDids, store: SqlStore, clock: Clock, lookups: Network
) -> tuple[Documents, PublishedAnchors, AnchorLists]:
    """Whom we believe: the documents of the others, our own list if we are an authority, and the lists that we hold."""
    documents = Documents(dids)
    published = PublishedAnchors(
        identity,
        documents=documents,
        store=store,
        clock=clock,
        authority=settings.authority,
        valid=timedelta(days=settings.anchors_valid_days),
        offline=timedelta(hours=settings.anchors_offline_hours),
    )
    anchors = AnchorLists(
        settings.authorities,
        network=lookups,
        documents=documents,
        store=store,
        clock=clock,
        laboratory=settings.laboratory,
        own=published.own,
    )
    return documents, published, anchors


def _hint_at_changes(hints: Hints, memberships: Memberships, renewals: Renewals, anchors: PublishedAnchors) -> None:
    """As an authority: members are told at once when one of our lists has changed."""
    memberships.revoked = renewals.revoked = hints.give
    anchors.changed = lambda: hints.give(TRUST_ANCHORS)


def _wire(
    settings: Settings,
    identity: Identity,
    store: SqlStore,
    network: Fetching,
    dataplane: HttpDataPlane,
    clock: Clock,
    *,
    lookups: Network,
    deciders: tuple[Decider | None, TransferDecider],
    make_authenticator: type[Authenticator],
    versions: tuple[ProtocolVersion, ...],
    disk_space: DiskSpace,
) -> Connector:
    changes = Changes()
    recorder = Recorder(store, clock, on=bool(settings.transcript_days and settings.transcript_megabytes))
    transcripts = Transcripts(
        identity,
        store=store,
        clock=clock,
        recorder=recorder,
        days=settings.transcript_days,
        megabytes=settings.transcript_megabytes,
    )
    network = RecordedNetwork(network, recorder, clock)
    certified = gaiax_of(settings)
    decider, transfer_decider = deciders
    dids = WebDids(lookups, clock, laboratory=settings.laboratory, own=identity.document_of)
    documents, published_anchors, anchors = _anchors_of(settings, identity, dids, store, clock, lookups)
    issued_status = IssuedStatus(identity, store=store, clock=clock)
    status_lists = StatusLists(
        network=lookups,
        documents=documents,
        store=store,
        clock=clock,
        max_age=timedelta(minutes=settings.status_lists_max_age_minutes),
        own=issued_status.own,
    )
    authenticator = make_authenticator(
        identity,
        dids=dids,
        network=lookups,
        store=store,
        clock=clock,
        anchors=anchors,
        status_lists=status_lists,
        static_tokens=StaticTokens(PeerTokenFile(settings.directory / "secrets" / "peer-tokens.json")),
        asks_for=settings.asks_for,
        shows=settings.shows,
    )
    outbox = Outbox(store, network, authenticator.bearer, clock)
    contracting = Contracting(
        identity,
        countersign_within=timedelta(minutes=settings.countersign_within_minutes),
        finalize_within=timedelta(minutes=settings.finalize_within_minutes),
        status_max_age=timedelta(minutes=settings.status_lists_max_age_minutes),
        forget=authenticator.forget,
    )
    notices = Notices(identity, store=store, outbox=outbox, clock=clock, changes=changes, protocol_root=_protocol_root)
    checkpoints, cosigning = _logs(settings, identity, store, network, authenticator, clock)
    concluded = _concluded(notices, cosigning)
    negotiations = Negotiations(
        identity,
        store=store,
        outbox=outbox,
        contracting=contracting,
        versions=versions,
        clock=clock,
        changes=changes,
        agreements=Agreements(identity, contracting, concluded=concluded, seen=checkpoints.seen),
        concluded=concluded,
        decider=decider or AgreeingRules(identity.did),
        desk=Desk(clock, answer_within=timedelta(hours=settings.answer_within_hours)),
        check_callback=_address_check("callbackAddress", laboratory=settings.laboratory),
        named_lists=NamedLists(store=store, status_lists=status_lists, anchors=anchors, clock=clock),
        may_begin=disk_space.check,
    )
    transfers = Transfers(
        identity,
        store=store,
        outbox=outbox,
        versions=versions,
        clock=clock,
        changes=changes,
        check_callback=_address_check("callbackAddress", laboratory=settings.laboratory),
        check_endpoint=_address_check("the endpoint of the dataAddress", laboratory=settings.laboratory),
        decider=transfer_decider,
        token_life=timedelta(minutes=settings.bearer_token_minutes),
        protocol_root=_protocol_root,
        may_begin=disk_space.check,
    )
    promises = Promises(
        identity,
        store=store,
        clock=clock,
        changes=changes,
        notices=notices,
        outbox=outbox,
        steps=transfers.steps,
        received=settings.directory / "received",
        protocol_root=_protocol_root,
        remind_before=timedelta(days=settings.remind_days_before),
        overdue_blocks=settings.overdue == "block",
    )
    publishing = Publishing(
        identity,
        store=store,
        files=LocalFiles(),
        folder=settings.directory / "published",
        clock=clock,
        disk_space=disk_space,
    )
    access = Access(store=store, authenticator=authenticator, clock=clock)
    usage = Usage(
        store=store,
        access=access,
        notices=notices,
        clock=clock,
        changes=changes,
        check_frozen=publishing.check_frozen,
        limits=Limits(per_participant=settings.streams_per_participant, in_all=settings.streams),
    )
    credential_service = CredentialService(
        identity, store=store, authenticator=authenticator, clock=clock, changes=changes, anchors=anchors
    )
    memberships = Memberships(
        identity,
        store=store,
        authenticator=authenticator,
        clock=clock,
        authority=settings.authority,
        status=issued_status,
        credentials=credential_service,
        anchors=anchors,
    )
    issuer_service = IssuerService(
        identity,
        issues=Admission(identity, memberships),
        store=store,
        network=network,
        authenticator=authenticator,
        clock=clock,
        authority=settings.authority,
        automatic=settings.admit == "automatically",
    )
    joining = Joining(
        memberships,
        store=store,
        network=network,
        authenticator=authenticator,
        clock=clock,
        changes=changes,
        automatic=settings.take_offers == "automatically",
    )
    rotation = Rotation(
        identity,
        keys=keys_of(settings),
        rings=rings_of(settings),
        reload=lambda: identity_of(settings),
        store=store,
        clock=clock,
        published_ahead=timedelta(minutes=settings.keys_published_ahead_minutes),
    )
    hints = Hints(
        network=network,
        store=store,
        authenticator=authenticator,
        status_lists=status_lists,
        anchors=anchors,
        me=identity.did,
    )
    renewals = Renewals(
        identity,
        memberships=memberships,
        status=issued_status,
        anchors=published_anchors,
        store=store,
        network=network,
        authenticator=authenticator,
        clock=clock,
    )
    rotation.rebind = renewals.rebind
    leaving = Leaving(
        store=store,
        publishing=publishing,
        negotiations=negotiations,
        memberships=memberships,
        network=network,
        authenticator=authenticator,
        clock=clock,
    )
    rotation.lost = leaving.key_lost
    _hint_at_changes(hints, memberships, renewals, published_anchors)
    status_lists.taken = Revocations(store=store, transfers=transfers, clock=clock).apply
    upkeep = Upkeep(
        negotiations.steps,
        transfers.steps,
        store=store,
        clock=clock,
        repeats_kept=timedelta(days=settings.repeats_kept_days),
    )
    pushes = Pushes(
        identity,
        store=store,
        usage=usage,
        steps=transfers.steps,
        dataplane=dataplane,
        clock=clock,
        changes=changes,
    )
    deliveries = Deliveries(
        identity,
        store=store,
        steps=transfers.steps,
        notices=notices,
        access=access,
        dataplane=dataplane,
        clock=clock,
        changes=changes,
        folder=settings.directory / "received",
        protocol_root=_protocol_root,
        disk_space=disk_space,
    )
    disk_space.short.append(deliveries.hold)
    transfers.steps.stopped = _each(usage.cut, deliveries.inbox.cut)
    transfers.steps.flowing = pushes.begin
    usage.reserving.may_begin = disk_space.check
    usage.reserving.hindered = promises.obligations.hindrance
    transfers.steps.unwitnessed = cosigning.missing
    cosigning.arrived = transfers.steps.witnessed
    usage.expired = transfers.steps.expire
    notices.confirmed = usage.confirm
    outbox.belongs(
        {OutboxKind.NEGOTIATION: negotiations.steps, OutboxKind.TRANSFER: transfers.steps, OutboxKind.NOTICE: notices}
    )
    federation = Federation(
        network=network, authenticator=authenticator, store=store, versions=versions, me=identity.did
    )
    metering, retention = _retention(settings, identity, store, clock, notices, promises)
    epochs, reconciling = _coming_back(
        settings,
        identity,
        store,
        network,
        authenticator,
        clock,
        changes=changes,
        adopting=Adopting(identity, notices=notices, outbox=outbox),
        rotation=rotation,
        anchors=anchors,
        credentials=credential_service,
        goes_on=_each_in_turn(upkeep.resume, cosigning.resume),
    )
    return Connector(
        identity=identity,
        store=store,
        clock=clock,
        versions=versions,
        changes=changes,
        outbox=outbox,
        authenticator=authenticator,
        anchors=anchors,
        published_anchors=published_anchors,
        doorkeeper=Doorkeeper(
            authenticator,
            per_participant=settings.requests_per_second,
            per_stranger=settings.strangers_per_second,
            proxies=settings.proxies,
        ),
        negotiations=negotiations,
        rulebook=Rulebook(store=store, clock=clock),
        upkeep=upkeep,
        disk_space=disk_space,
        monitor=Monitor(
            upkeep,
            transcripts,
            rotation,
            cosigning,
            promises.obligations,
            Unread(negotiations, federation=federation, store=store, clock=clock),
            disk_space,
            retention,
            reconciling,
        ),
        rotation=rotation,
        renewals=renewals,
        watching=Watching(identity, store=store, network=network, authenticator=authenticator, clock=clock),
        leaving=leaving,
        consents=Consents(
            identity, store=store, authenticator=authenticator, clock=clock, stop=promises.endings.withdraw_all
        ),
        attaching=Attaching(store=store, clock=clock),
        payments=Payments(store=store, clock=clock, changes=changes),
        diagnosis=Diagnosis(
            identity,
            store=store,
            network=network,
            authenticator=authenticator,
            anchors=anchors,
            clock=clock,
            versions=versions,
            outbox=outbox,
            recorder=recorder,
        ),
        recorder=recorder,
        transcripts=transcripts,
        transfers=transfers,
        notices=notices,
        endings=promises.endings,
        suspensions=promises.suspensions,
        deletions=promises.deletions,
        people_lists=promises.people_lists,
        metering=metering,
        retention=retention,
        erasure=Erasure(
            identity,
            store=store,
            clock=clock,
            written=recorder.written,
            check_room=lambda: disk_space.check(size=2 * _size_of(settings.directory / DATABASE)),
        ),
        obligations=promises.obligations,
        usage=usage,
        deliveries=deliveries,
        pushes=pushes,
        publishing=publishing,
        catalogs=Catalogs(identity, store=store, publishing=publishing, clock=clock, page_size=settings.catalog_page),
        federation=federation,
        memberships=memberships,
        credential_service=credential_service,
        issuer_service=issuer_service,
        joining=joining,
        issued_status=issued_status,
        status_lists=status_lists,
        hints=hints,
        checkpoints=checkpoints,
        cosigning=cosigning,
        witnessing=Witnessing(identity, store=store, clock=clock),
        comparing=Comparing(
            store=store,
            network=network,
            authenticator=authenticator,
            clock=clock,
            authorities=settings.authorities,
            allowed=settings.compare_logs,
        ),
        evidence=(evidence := Evidence(identity, store=store, clock=clock, cosigned=cosigning.evidence)),
        remembering=Remembering(identity, store=store, evidence=evidence),
        epochs=epochs,
        reconciling=reconciling,
        gaiax=GaiaX(
            identity,
            publishing=publishing,
            network=lookups,
            dids=dids,
            clock=clock,
            key=certified.key,
            company=certified.company,
            anchors=certified.anchors,
        ),
        authorities=settings.authorities,
        uploads_limit=settings.uploads_limit,
        tokens_file=settings.directory / TOKENS,
        settings=tuple(settings.describe()),
    )


def _size_of(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _thresholds(settings: Settings) -> Thresholds:
    return Thresholds.of(
        warning_megabytes=settings.disk_warning_megabytes,
        warning_days=settings.disk_warning_days,
        floor_megabytes=settings.disk_floor_megabytes,
    )


def _retention(
    settings: Settings, identity: Identity, store: SqlStore, clock: Clock, notices: Notices, promises: Promises
) -> tuple[Metering, Retention]:
    """What counts, and what goes when it has been kept long enough: nothing that a count still needs."""
    metering = Metering(
        identity,
        store=store,
        clock=clock,
        notices=notices,
        count_rows=LocalFiles().count_rows,
        folder=settings.directory / "received",
    )
    sweeps: list[Sweep[Any]] = [
        Uploads(settings.directory / "published"),
        *(kind() for kind in (NegotiationSweep, TransferSweep, DeliverySweep, OfferSweep, DecisionSweep, People, Acts)),
        Contracts(metering.differs),
    ]
    retention = Retention(
        store=store,
        clock=clock,
        keeping=settings.keeping,
        sweeps=sweeps,
        delete_received=promises.deletions.delete,
    )
    return metering, retention


def _logs(
    settings: Settings,
    identity: Identity,
    store: SqlStore,
    network: Network,
    authenticator: Authenticator,
    clock: Clock,
) -> tuple[Checkpoints, Cosigning]:
    """Those who watch the logs of others, and have ours watched."""
    checkpoints = Checkpoints(
        identity,
        store=store,
        network=network,
        authenticator=authenticator,
        clock=clock,
        protocol_root=_protocol_root,
        authorities=settings.authorities,
    )
    cosigning = Cosigning(
        identity,
        store=store,
        network=network,
        authenticator=authenticator,
        clock=clock,
        protocol_root=_protocol_root,
        rule=WitnessRule(settings.witnesses),
        authorities=settings.authorities,
        authority_within=timedelta(minutes=settings.authority_cosigns_within_minutes),
    )
    return checkpoints, cosigning


def _coming_back(
    settings: Settings,
    identity: Identity,
    store: SqlStore,
    network: Network,
    authenticator: Authenticator,
    clock: Clock,
    *,
    changes: Changes,
    adopting: Adopting,
    rotation: Rotation,
    anchors: AnchorLists,
    credentials: CredentialService,
    goes_on: Callable[[], Awaitable[None]],
) -> tuple[Epochs, Reconciling]:
    """What is done when we come back from an older backup."""
    epochs = Epochs(
        identity,
        store=store,
        network=network,
        authenticator=authenticator,
        clock=clock,
        authorities=settings.authorities,
    )
    asking = Asking(identity, network=network, authenticator=authenticator)
    learning = Learning(
        identity,
        store=store,
        clock=clock,
        changes=changes,
        asking=asking,
        adopting=adopting,
        anchors=anchors,
        authenticator=authenticator,
        returned=Returned(settings.directory),
    )
    return epochs, Reconciling(
        identity,
        store=store,
        clock=clock,
        changes=changes,
        asking=asking,
        learning=learning,
        epochs=epochs,
        rotation=rotation,
        credentials=credentials,
        authorities=settings.authorities,
        authority=settings.authority,
        goes_on=goes_on,
    )


def _concluded(notices: Notices, cosigning: Cosigning) -> Concluded:
    def concluded(unit: UnitOfWork, contract: ContractRecord, party: Party | None) -> None:
        notices.concluded(unit, contract, party)
        cosigning.concluded(unit, contract)

    return concluded


def _each_in_turn(*actions: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def each() -> None:
        for action in actions:
            await action()

    return each


def _each(*actions: Callable[[str], None]) -> Callable[[str], None]:
    def each(told: str) -> None:
        for action in actions:
            action(told)

    return each


def _address_check(what: str, *, laboratory: bool) -> Callable[[str], None]:
    """Refuses, at the door, addresses that we would never go to."""

    def check(url: str) -> None:
        try:
            check_url(url, laboratory=laboratory)
        except PeerUnreachable as error:
            raise MessageInvalid(f"{what} cannot be used: {error}") from None

    return check


def _protocol_root(unit: UnitOfWork, contract: ContractRecord) -> str:
    """Where the other side of a contract takes messages: the address that the negotiation was made with."""
    negotiation = unit.negotiations.get(contract.negotiation)
    return negotiation.callback_address if negotiation is not None else ""


async def _start(connector: Connector) -> None:
    """Take up everything that was left when we last stopped."""
    peers = await connector.store.read(lambda unit: unit.peers.find(may_not_sign=True))
    for peer in peers:
        connector.authenticator.except_(peer.did, peer.lapses)
    await connector.reconciling.start()
    await connector.usage.recover()
    await connector.outbox.start(alone=True)  # a lock on the folder says so
    await connector.upkeep.resume()
    await connector.cosigning.resume()
    await connector.deliveries.resume()
    await connector.status_lists.start()
    await connector.anchors.start()
    await connector.watching.start()
    await connector.issuer_service.start()
    await connector.endings.start()
    await connector.pushes.resume()
    await connector.monitor.start()
