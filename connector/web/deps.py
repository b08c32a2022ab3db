"""What the web rooms need: the services of one connector, and reading a bounded body."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import ClientDisconnect, Request

from connector.clock import Clock
from connector.ports.store import Store
from connector.protocol.versions import ProtocolVersion
from connector.services.agreeing.service import Rulebook
from connector.services.anchor_lists import AnchorLists
from connector.services.attaching import Attaching
from connector.services.authenticate import Authenticator
from connector.services.catalogs import Catalogs
from connector.services.changes import Changes
from connector.services.checkpoints import Checkpoints
from connector.services.comparing import Comparing
from connector.services.consents import Consents
from connector.services.cosigning import Cosigning
from connector.services.credential_service import CredentialService
from connector.services.deletions import Deletions
from connector.services.deliveries import Deliveries
from connector.services.diagnosis.peers import Diagnosis
from connector.services.disk_space import DiskSpace
from connector.services.endings import Endings
from connector.services.erasure.service import Erasure
from connector.services.errors import BadRequest
from connector.services.evidence import Evidence
from connector.services.federation import Federation
from connector.services.gaiax import GaiaX
from connector.services.hints import Hints
from connector.services.identity import Identity
from connector.services.issued_status import IssuedStatus
from connector.services.issuing import IssuerService
from connector.services.joining import Joining
from connector.services.leaving import Leaving
from connector.services.memberships import Memberships
from connector.services.metering import Metering
from connector.services.monitor import Monitor
from connector.services.negotiations import Negotiations
from connector.services.notices import Notices
from connector.services.obligations import Obligations
from connector.services.outbox import Outbox
from connector.services.payments import Payments
from connector.services.people_lists import PeopleLists
from connector.services.publish import Publishing
from connector.services.published_anchors import PublishedAnchors
from connector.services.pushes import Pushes
from connector.services.reconciling import Reconciling
from connector.services.reconciling.epochs import Epochs
from connector.services.remembering import Remembering
from connector.services.renewals import Renewals
from connector.services.retention.service import Retention
from connector.services.rotation import Rotation
from connector.services.status_lists import StatusLists
from connector.services.suspensions import Suspensions
from connector.services.transcripts.reading import Transcripts
from connector.services.transcripts.recorder import Recorder
from connector.services.transfers import Transfers
from connector.services.upkeep import Upkeep
from connector.services.usage import Usage
from connector.services.watching import Watching
from connector.services.witnessing import Witnessing
from connector.web.doorkeeper import Doorkeeper


@dataclass(frozen=True, slots=True)
class Connector:
    """One running connector: its services, put together by `app`."""

    identity: Identity
    store: Store
    clock: Clock
    versions: tuple[ProtocolVersion, ...]
    changes: Changes
    outbox: Outbox
    authenticator: Authenticator
    anchors: AnchorLists
    published_anchors: PublishedAnchors
    doorkeeper: Doorkeeper
    negotiations: Negotiations
    rulebook: Rulebook
    upkeep: Upkeep
    monitor: Monitor
    transfers: Transfers
    notices: Notices
    endings: Endings
    suspensions: Suspensions
    deletions: Deletions
    people_lists: PeopleLists
    metering: Metering
    obligations: Obligations
    usage: Usage
    deliveries: Deliveries
    disk_space: DiskSpace
    retention: Retention
    erasure: Erasure
    pushes: Pushes
    publishing: Publishing
    catalogs: Catalogs
    federation: Federation
    memberships: Memberships
    credential_service: CredentialService
    issuer_service: IssuerService
    joining: Joining
    issued_status: IssuedStatus
    status_lists: StatusLists
    hints: Hints
    checkpoints: Checkpoints
    cosigning: Cosigning
    witnessing: Witnessing
    comparing: Comparing
    remembering: Remembering
    epochs: Epochs
    reconciling: Reconciling
    evidence: Evidence
    gaiax: GaiaX
    authorities: tuple[str, ...]
    uploads_limit: int
    tokens_file: Path
    settings: tuple[dict[str, object], ...]
    diagnosis: Diagnosis
    recorder: Recorder
    transcripts: Transcripts
    rotation: Rotation
    renewals: Renewals
    watching: Watching
    leaving: Leaving
    consents: Consents
    attaching: Attaching
    payments: Payments


MAX_BODY: Final = 1_000_000
BODY: Final = "mmd.body"
"""Where in a request's scope its body is kept once it has been read, for whoever looks at the whole of it afterwards."""
BODY_WITHIN: Final = 30
"""Seconds that a caller may take to send a body."""
MOST_DIGITS: Final = 15
"""Of a Content-Length that is read as a number: Python refuses to read thousands of them."""


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body of a request, never more than `limit` bytes of it.

    Raises:
        BadRequest: it is larger, or too slow, or never comes whole.
    """
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdecimal() and (len(said) > MOST_DIGITS or int(said) > limit):
        raise BadRequest(f"the body is larger than {limit:,} bytes")
    try:
        async with asyncio.timeout(BODY_WITHIN):
            return await _read(request, limit)
    except ClientDisconnect:
        raise BadRequest("the caller left before the body was here") from None
    except TimeoutError:
        raise BadRequest(f"the body did not arrive within {BODY_WITHIN} seconds", status=408) from None


async def _read(request: Request, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise BadRequest(f"the body is larger than {limit:,} bytes")
        parts.append(part)
    body = b"".join(parts)
    request.scope[BODY] = body
    return body
