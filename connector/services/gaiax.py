"""Our Gaia-X credentials, published beside the catalog, and those of others, fetched and judged."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from catalog.exports.gaiax import (
    NAMESPACE,
    Company,
    Document,
    Product,
    address,
    credential_id,
    data_product,
    participant,
    product_name,
    registration,
    terms_and_conditions,
)
from catalog.exports.gaiax_shapes import shape_problems
from connector.canonical import JsonObject, canonical_bytes
from connector.clock import Clock, format_time
from connector.ports.network import DidDocuments, Network, PeerUnreachable
from connector.ports.records import DatasetRecord, OfferRecord
from connector.protocol.formats import OFFERED
from connector.services.errors import BadRequest, NotFound
from connector.services.identity import Identity
from connector.services.publish import Publishing
from connector.trust.certificates import Certificate, CertifiedKey
from connector.trust.errors import CredentialInvalid, TrustError
from connector.trust.gaiax import make_bundle, make_credential, read_bundle
from connector.trust.gaiax_checks import Snapshot, Verdict, judge_bundle
from policies.explain import explain_policy
from policies.parse import parse_policy

GAIAX_SERVICE: Final = "GaiaXCredentials"
"""The type of the DID service that points to a participant's bundle; ours, for none is registered."""
BUNDLE_PATH: Final = "/gaiax/participant.vp.jwt"
CHAIN_PATH: Final = "/gaiax/chain.pem"
SNAPSHOT_FORMAT: Final = "mmd-gaiax-snapshot/1"
MAX_PRODUCTS: Final = 500
"""So many data products stand in one bundle; each has its own address as well."""
MAX_LINKED: Final = 2_000
_VALID: Final = timedelta(days=90)
_RENEW: Final = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class _Signed:
    jwt: str
    content: bytes
    renew_at: datetime


class GaiaX:
    """Gaia-X credentials, ours and others'."""

    def __init__(
        self,
        identity: Identity,
        *,
        publishing: Publishing,
        network: Network,
        dids: DidDocuments,
        clock: Clock,
        key: CertifiedKey | None,
        company: Company | None,
        anchors: Sequence[Certificate],
    ) -> None:
        self._me = identity
        self._publishing = publishing
        self._network = network
        self._dids = dids
        self._clock = clock
        self._key = key
        self._company = company
        self.anchors = tuple(anchors)
        self._signed: dict[str, _Signed] = {}
        self._documents: dict[str, bytes] = {}

    @property
    def chain(self) -> bytes | None:
        """Our certificate chain as PEM, when there is one."""
        return self._key.chain.pem() if self._key is not None else None

    async def credential(self, name: str) -> str:
        """One of our credentials by its name.

        Raises:
            NotFound: there is none of this name, or nothing is published for Gaia-X.
        """
        found = await self._credentials()
        if name not in found:
            raise NotFound("there is no such credential")
        return found[name]

    async def document(self, sha256: str) -> bytes:
        """A document that our credentials point to, by its digest.

        Raises:
            NotFound: there is none.
        """
        await self._credentials()
        if sha256 not in self._documents:
            raise NotFound("there is no such document")
        return self._documents[sha256]

    async def bundle(self) -> str:
        """All our credentials, in one presentation.

        Raises:
            NotFound: nothing is published for Gaia-X.
        """
        credentials = await self._credentials()
        key, _ = self._ready()
        address_ = self._me.public_url + BUNDLE_PATH
        return make_bundle(list(credentials.values()), key, holder=self._me.did, bundle_id=address_)

    async def export(self) -> JsonObject:
        """Our bundle with everything that it refers to: judged anywhere, without a network.

        Raises:
            NotFound: nothing is published for Gaia-X.
        """
        bundle = await self.bundle()
        key, _ = self._ready()
        snapshot = Snapshot(
            did_documents={self._me.did: self._me.did_document},
            chains={self._me.public_url + CHAIN_PATH: key.chain.pem()},
            documents={self._document_url(sha): content for sha, content in self._documents.items()},
        )
        return write_snapshot(bundle, snapshot, at=self._clock.now())

    async def verify(self, did: str) -> tuple[Verdict, JsonObject]:
        """Fetch a participant's bundle and everything that it refers to, and judge it.

        Returns:
            the verdict, and the snapshot that it was judged by.

        Raises:
            BadRequest: there is no bundle to be had, or it cannot be read.
        """
        try:
            bundle = await self._fetch_bundle(did)
            snapshot = await self._snapshot(bundle)
        except (PeerUnreachable, TrustError, UnicodeDecodeError) as error:
            raise BadRequest(f"no Gaia-X credentials of {did} can be had: {error}") from None
        verdict = self.judge(bundle, snapshot)
        return verdict, write_snapshot(bundle, snapshot, at=self._clock.now())

    def judge(self, bundle: str, snapshot: Snapshot) -> Verdict:
        """Judge a bundle by a snapshot, for now."""
        return judge_bundle(
            bundle, snapshot, now=self._clock.now(), shapes=shape_problems, laboratory=self._me.laboratory
        )

    async def _credentials(self) -> dict[str, str]:
        key, company = self._ready()
        base = self._me.public_url
        subjects = {
            "participant": participant(company, base),
            "address": address(company, base),
            "registration": registration(company, base),
            "terms": terms_and_conditions(base),
        }
        # Credentials are open to the world: only what every participant may see is described in them.
        entries, _ = await self._publishing.datasets(MAX_PRODUCTS)
        for record, offers in entries:
            if record.visible_to is None and offers:
                subjects[product_name(record.id)] = data_product(self._product(record, offers), base)
        return {name: self._sign(name, subject, key) for name, subject in subjects.items()}

    def _sign(self, name: str, subject: JsonObject, key: CertifiedKey) -> str:
        now = self._clock.now()
        content = canonical_bytes(subject)
        held = self._signed.get(name)
        if held is None or held.content != content or held.renew_at <= now:
            jwt = make_credential(
                subject,
                key,
                issuer=self._me.did,
                credential_id=credential_id(self._me.public_url, name),
                namespace=NAMESPACE,
                valid_from=now,
                valid_until=now + _VALID,
            )
            held = self._signed[name] = _Signed(jwt, content, now + _RENEW)
        return held.jwt

    def _product(self, record: DatasetRecord, offers: Sequence[OfferRecord]) -> Product:
        policies = [{**offer.policy, "@id": offer.id} for offer in offers]
        lines = [
            f"{clause.text} ({clause.enforcer_text})"
            for policy in policies
            for language in ("ko", "en")
            for clause in explain_policy(parse_policy(policy), language)
        ]
        description = record.description
        return Product(
            dataset=record.id,
            name=record.title,
            description=_text(description.get("dct:description")),
            launched=record.published_at[:10],
            keywords=list(description.get("dcat:keyword", [])),
            formats=list(OFFERED),
            terms=self._keep("\n".join(lines).encode() + b"\n"),
            policy=self._keep(canonical_bytes(policies)),
        )

    def _keep(self, content: bytes) -> Document:
        sha256 = hashlib.sha256(content).hexdigest()
        self._documents[sha256] = content
        return Document(url=self._document_url(sha256), sha256=sha256)

    def _document_url(self, sha256: str) -> str:
        return f"{self._me.public_url}/gaiax/documents/{sha256}"

    def _ready(self) -> tuple[CertifiedKey, Company]:
        if self._key is None or self._company is None:
            raise NotFound(
                "nothing is published for Gaia-X: `mmd gaiax company` says who the company is, and the settings "
                "gaiax_certificate and gaiax_key name its certificate"
            )
        return self._key, self._company

    async def _fetch_bundle(self, did: str) -> str:
        document = await self._dids.resolve(did)
        services = document.get("service", [])
        listed = services if isinstance(services, list) else [services]
        addresses = [
            service.get("serviceEndpoint")
            for service in listed
            if isinstance(service, dict) and service.get("type") == GAIAX_SERVICE
        ]
        if not addresses or not isinstance(addresses[0], str):
            raise CredentialInvalid("its DID document names no GaiaXCredentials service")
        return (await self._get(addresses[0])).decode("ascii")

    async def _snapshot(self, bundle: str) -> Snapshot:
        outer, credentials = read_bundle(bundle)
        issuers = {outer.header.get("iss"), outer.payload.get("holder")}
        issuers |= {
            each.credential.get("issuer") for each in credentials if isinstance(each.credential.get("issuer"), str)
        }
        documents, chains, linked = {}, {}, {}
        for issuer in sorted(str(i) for i in issuers if isinstance(i, str))[:20]:
            documents[issuer] = await self._dids.resolve(issuer)
            for url in _chain_urls(documents[issuer]):
                chains[url] = await self._get(url)
        for url in sorted({url for each in credentials for url in _linked(each.credential)})[:MAX_LINKED]:
            linked[url] = await self._get(url)
        return Snapshot(did_documents=documents, chains=chains, documents=linked, anchors=self.anchors)

    async def _get(self, url: str) -> bytes:
        answer = await self._network.get(url)
        if answer.status != 200:  # noqa: PLR2004
            raise PeerUnreachable(f"{url[:200]} answered {answer.status}")
        return answer.body


def write_snapshot(bundle: str, snapshot: Snapshot, *, at: datetime) -> JsonObject:
    """A bundle and what it refers to as one JSON document."""
    return {
        "format": SNAPSHOT_FORMAT,
        "fetchedAt": format_time(at),
        "bundle": bundle,
        "didDocuments": dict(snapshot.did_documents),
        "chains": {url: pem.decode("ascii", "replace") for url, pem in snapshot.chains.items()},
        "documents": {url: base64.b64encode(content).decode() for url, content in snapshot.documents.items()},
        "digests": {
            url: hashlib.sha256(content).hexdigest()
            for url, content in {**snapshot.chains, **snapshot.documents}.items()
        },
    }


def read_snapshot(data: Mapping[str, object], anchors: Sequence[Certificate]) -> tuple[str, Snapshot]:
    """Read what `write_snapshot` wrote.

    Raises:
        BadRequest: it is none, or is damaged.
    """
    try:
        if data["format"] != SNAPSHOT_FORMAT:
            raise BadRequest(f"this is no Gaia-X snapshot of the format {SNAPSHOT_FORMAT}")
        parts = [data[name] for name in ("didDocuments", "chains", "documents")]
        documents, chains, linked = (part if isinstance(part, dict) else {} for part in parts)
        snapshot = Snapshot(
            did_documents=documents,
            chains={url: str(pem).encode() for url, pem in chains.items()},
            documents={url: base64.b64decode(str(text), validate=True) for url, text in linked.items()},
            anchors=tuple(anchors),
        )
        return str(data["bundle"]), snapshot
    except (KeyError, ValueError) as error:
        raise BadRequest(f"this is no whole Gaia-X snapshot: {error}") from None


def _chain_urls(document: JsonObject) -> list[str]:
    methods = document.get("verificationMethod")
    listed = methods if isinstance(methods, list) else [methods]
    keys = [method.get("publicKeyJwk") for method in listed if isinstance(method, dict)]
    return [key["x5u"] for key in keys if isinstance(key, dict) and isinstance(key.get("x5u"), str)][:5]


def _linked(value: object) -> list[str]:
    found: list[str] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            url = item.get("gx:url")
            url = url.get("@id") if isinstance(url, dict) else url
            if isinstance(url, str) and "gx:hash" in item:
                found.append(url)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return found


def _text(value: object) -> str:
    """The English wording of a text in languages, else the first."""
    listed = value if isinstance(value, list) else [value]
    texts = {str(item.get("@language")): str(item.get("@value", "")) for item in listed if isinstance(item, dict)}
    return texts.get("en") or next(iter(texts.values()), "") or (value if isinstance(value, str) else "")


def company_from(text: str) -> Company:
    """Read the company's facts from the file that `mmd gaiax company` writes.

    Raises:
        ValueError: it is no such file.
    """
    data = json.loads(text)
    try:
        return Company(**data)
    except TypeError as error:
        raise ValueError(f"the company's facts are not whole: {error}") from None
