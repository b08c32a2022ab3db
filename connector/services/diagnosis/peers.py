"""Looks at another connector from here: everything that can be asked without leaving anything behind there."""

import asyncio
from typing import Final

from catalog.errors import CatalogRoomError
from catalog.parse import parse_catalog
from connector.canonical import JsonObject
from connector.clock import Clock
from connector.ids import new_iri
from connector.ports.network import Fetching, PeerAnswer
from connector.ports.store import Store, UnitOfWork
from connector.protocol.bindings import NEGOTIATION_PATH
from connector.protocol.messages import CatalogRequestMessage
from connector.protocol.versions import WELL_KNOWN, ProtocolVersion
from connector.services.authenticate import Authenticator
from connector.services.diagnosis.addresses import Peer, look_at_document, look_at_versions, read_peer
from connector.services.diagnosis.asking import Asking
from connector.services.diagnosis.catalogs import look_at_catalog
from connector.services.diagnosis.findings import Findings
from connector.services.diagnosis.history import look_at_history, look_at_records
from connector.services.holding import own_membership
from connector.services.identity import Identity
from connector.services.outbox import Outbox
from connector.services.peer_catalogs import MAX_CATALOG, MAX_EXPANDED
from connector.services.transcripts.recorder import Recorder
from connector.trust.anchors import TrustAnchors
from connector.trust.did import did_web_document_url
from connector.wire.codec import encode, read_document
from connector.wire.errors import DecodeError

WITHIN: Final = 60.0
"""Seconds that one diagnosis may take; a slow peer is told as such."""
_NO_TOKEN: Final = "nobody"  # noqa: S105 - that is the point
_OK, _UNAUTHORIZED, _NOT_FOUND = 200, 401, 404


class Diagnosis:
    """Judges peers."""

    def __init__(
        self,
        identity: Identity,
        *,
        store: Store,
        network: Fetching,
        authenticator: Authenticator,
        anchors: TrustAnchors,
        clock: Clock,
        versions: tuple[ProtocolVersion, ...],
        outbox: Outbox,
        recorder: Recorder,
        within: float = WITHIN,
    ) -> None:
        self._me = identity
        self._store = store
        self._network = network
        self._authenticator = authenticator
        self._anchors = anchors
        self._clock = clock
        self._versions = versions
        self._outbox = outbox
        self._recorder = recorder
        self._within = within

    async def of(self, wanted: str) -> JsonObject:
        """What was found about a peer, named by its DID or an address.

        Raises:
            BadRequest: it is neither.
        """
        peer, findings = read_peer(wanted), Findings()
        asking = Asking(self._network, self._clock, findings)
        try:
            async with asyncio.timeout(self._within):
                await self._look(peer, asking)
        except TimeoutError:
            findings.wrong("slow", seconds=round(self._within))
        asking.look_at_clock()
        did = peer.did
        if did is not None:
            await self._recorder.written()
            await self._store.read(lambda unit: self._look_at_ours(unit, did, findings))
        return {
            "peer": wanted.strip(),
            "did": peer.did,
            "protocolUrl": peer.root,
            "ok": not any(finding.ok is False for finding in findings.all),
            "checks": [finding.to_json() for finding in findings.all],
        }

    async def _look(self, peer: Peer, asking: Asking) -> None:
        if peer.did is None:
            await look_at_versions(asking, peer, self._versions)
        if peer.did is not None:
            document = await look_at_document(asking, peer, laboratory=self._me.laboratory)
            services = document.services("DataService") if document is not None else []
            if peer.root is None and services:
                await self._look_where_it_says(asking, peer, services[0].endpoint)
        if peer.root is not None and peer.root.startswith("http:"):
            asking.findings.odd("plain_http")
        await self._look_at_ourselves(asking)
        if peer.root is not None and peer.did is not None and peer.version is not None:
            await self._look_at_answers(asking, peer, peer.root, peer.did, peer.version)

    async def _look_where_it_says(self, asking: Asking, peer: Peer, endpoint: str) -> None:
        peer.versions = endpoint
        if not endpoint.endswith(WELL_KNOWN):
            asking.findings.wrong("data_service_elsewhere", url=endpoint, ending=WELL_KNOWN)
            peer.versions = endpoint.removesuffix("/catalog").rstrip("/") + WELL_KNOWN
        await look_at_versions(asking, peer, self._versions)

    # --- how it treats us --------------------------------------------------------------------------------------------

    async def _look_at_answers(self, asking: Asking, peer: Peer, root: str, did: str, version: ProtocolVersion) -> None:
        url, body = f"{root}/catalog/request", encode(CatalogRequestMessage(), version)
        answer = await asking.post(url, body, self._authenticator.bearer(did))
        if answer is None:
            return
        await self._judge_catalog(asking, url, answer, peer)
        stranger = await asking.post(url, body, _NO_TOKEN)
        if stranger is not None and stranger.status == _OK:
            asking.findings.odd("open_to_strangers")
        elif stranger is not None and stranger.status != _UNAUTHORIZED:
            asking.findings.odd("strangers_status", status=stranger.status)
        if answer.status != _OK:
            return
        if stranger is not None and stranger.status != _OK:
            asking.findings.good("identity_accepted")
        unknown = root + NEGOTIATION_PATH.replace("{pid}", new_iri())
        shown = await asking.get(unknown, self._authenticator.bearer(did))
        if shown is not None and shown.status != _NOT_FOUND:
            asking.findings.odd("unknown_status", status=shown.status)

    async def _judge_catalog(self, asking: Asking, url: str, answer: PeerAnswer, peer: Peer) -> None:
        findings = asking.findings
        if answer.status == _UNAUTHORIZED:
            findings.wrong("identity_refused", reason=answer.text or "–")
            return
        data = asking.json(url, answer)
        if data is None:
            return
        if not isinstance(data, dict | list):
            findings.wrong("catalog_unreadable", reason="it is neither an object nor a list")
            return
        look_at_catalog(data, answer, peer.did, findings)
        try:
            # As it is read when it is searched, in whichever form; away from the loop, for it may be large.
            found = parse_catalog(
                await asyncio.to_thread(
                    read_document, answer.body, "Catalog", max_bytes=MAX_CATALOG, max_values=MAX_EXPANDED
                )
            )
        except (CatalogRoomError, DecodeError) as error:
            findings.wrong("catalog_unreadable", reason=str(error))
            return
        findings.good("catalog", count=len(found.dataset))
        if not found.dataset:
            findings.odd("catalog_empty")

    # --- how we can be reached ---------------------------------------------------------------------------------------

    async def _look_at_ourselves(self, asking: Asking) -> None:
        """Our own documents over our public address; what the peer sees there cannot be asked."""
        mine = Findings()
        own = Asking(self._network, self._clock, mine)
        url = did_web_document_url(self._me.did, insecure_hosts=self._me.laboratory)
        document = await own.read(url)
        if document is None:
            reason = mine.all[0].to_json()["en"] if mine.all else "–"
            asking.findings.odd("ourselves_unreached", url=url, reason=str(reason))
        elif document != self._me.did_document:
            asking.findings.wrong("ourselves_other", url=url)
        else:
            asking.findings.good("ourselves", url=url)

    def _look_at_ours(self, unit: UnitOfWork, did: str, findings: Findings) -> None:
        if own_membership(unit) is None:
            findings.wrong("no_own_membership")
        lines = tuple(self._outbox.lines())
        look_at_records(unit, did, findings, anchors=self._anchors, clock=self._clock, lines=lines)
        look_at_history(unit, did, findings)
