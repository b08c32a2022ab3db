"""A whole real contract in memory: an authority, two parties with keys and logs, signatures, notices, evidence.

`build_contract` goes the way of the product. What an attacker would do differently is said by two kinds of hooks, by
the document's name ("P", "C", "R", "T", "H", "sent", "received", "withdrawal", "statement"):

* `edits` change a document before its author signs it (a dishonest author),
* `forged` change it afterwards (anybody else); later documents then refer to the changed one.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from catalog.describe import offer_id
from catalog.vocabulary import CONTENT_DIGEST
from connector.audit.entries import EntryKind
from connector.audit.log import prove
from connector.audit.merkle import consistency_proof
from connector.canonical import canonical_bytes, digest, digest_bytes, parse_json
from connector.contracts import layout, signing
from connector.contracts.agreement import make_agreement, terms_of
from connector.contracts.archive import read_archive, write_archive
from connector.contracts.documents import Authority, DatasetReference, SignerException
from connector.contracts.export import (
    EvidenceContract,
    Exporter,
    Message,
    PartyEvidence,
    build_evidence,
    make_consistency,
    make_manifest,
)
from connector.contracts.membership_status import NamedList, StatusUse
from connector.contracts.rendering import make_rendering
from connector.contracts.shown import terms_texts
from connector.contracts.signatures import LogProof, Signatures, write_signatures
from connector.contracts.statement import TakenUp
from connector.contracts.vocabulary import SIGNATURES
from connector.protocol.notices import (
    DELIVERY_RECEIVED,
    DELIVERY_SENT,
    HOLDS_RECEIPT,
    WITHDRAWAL,
    Chain,
    delivery,
    holds_receipt,
    withdrawal,
)
from connector.trust.keys import SigningKey
from connector.trust.proofs import sign_document
from tests.support.members import NOW, Json, Members, Participant, make_members

Edit = Callable[[Json], None]

VERIFIED_AT: Final = NOW + timedelta(days=3)
CONTENT: Final = "sha256:" + "ab" * 32
PURPOSE: Final = "https://w3id.org/my-manufacturing-data/v1/purpose/quality-prediction"
OFFER: Final[Json] = {
    "@id": "replaced",
    "@type": "Offer",
    "permission": [
        {
            "action": "use",
            "constraint": [
                {"leftOperand": "odrl:purpose", "operator": "isAnyOf", "rightOperand": [PURPOSE]},
                {"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": "3"},
            ],
        }
    ],
    "prohibition": [{"action": "odrl:distribute"}],
}


@dataclass(frozen=True)
class Further:
    """One more notice: its name for edits and forgeries, whose it is, and its content from the notices so far, by name."""

    name: str
    role: str
    kind: str
    content: Callable[[Mapping[str, Json]], Json]


@dataclass
class Plan:
    """How a contract is to come about; the defaults give one that verifies."""

    edits: Mapping[str, Edit] = field(default_factory=dict)
    forged: Mapping[str, Edit] = field(default_factory=dict)
    offer: Json = field(default_factory=lambda: copy.deepcopy(OFFER))
    foreign_offer: str | None = None
    agreement_id: str = "urn:uuid:11111111-1111-4111-8111-111111111111"
    authority: bool = True
    exception: SignerException | None = None
    deliveries: int = 1
    confirmed: bool = True
    withdrawn: bool = True
    more: Sequence["Further"] = ()
    """Notices after the deliveries, before the withdrawal."""
    annexes: Sequence[Json] = ()
    """Lists of people and consents that lie in the file."""
    attached: Sequence[bytes] = ()
    taken_up: TakenUp | None = None
    """The exporter had forgotten the contract."""
    shown: Sequence[str] | None = None
    """The clauses as text in the file; those that P and C name unless said."""
    exporter: str = "consumer"
    status_lists: tuple[str, ...] | None = None
    """The lists in the file, the last one named by P and C; one of the authority that takes nothing back unless said."""
    max_age: timedelta = timedelta(days=1)
    log_goes_on: str = ""
    """The exporter's log has grown since the proof: "shown" with a consistency proof, "unshown" without."""


@dataclass
class Contract:
    """A contract that was built: its documents and what goes into its evidence."""

    members: Members
    plan: Plan
    agreement: Json
    signatures: Signatures
    provider_notices: list[Json]
    consumer_notices: list[Json]
    provider_proof: LogProof | None
    consumer_proof: LogProof | None
    dataset: Json
    messages: list[Message]
    checkpoints: dict[str, str]
    conflicting: list[Json] = field(default_factory=list)
    status_lists: tuple[str, ...] = ()
    witnessed: dict[str, list[str]] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)

    def exporter(self) -> Participant:
        return self.members.provider if self.plan.exporter == "provider" else self.members.consumer

    def parts(self) -> EvidenceContract:
        provider, consumer, exporter = self.members.provider, self.members.consumer, self.exporter()
        return EvidenceContract(
            agreement=self.agreement,
            signatures=self.signatures,
            provider=PartyEvidence(
                provider.did_document(),
                provider.membership,
                self.provider_notices,
                self.provider_proof,
                self.witnessed.get("provider", ()),
                self.policies.get("provider"),
            ),
            consumer=PartyEvidence(
                consumer.did_document(),
                consumer.membership,
                self.consumer_notices,
                self.consumer_proof,
                self.witnessed.get("consumer", ()),
                self.policies.get("consumer"),
            ),
            dataset=self.dataset,
            exporter=Exporter(
                self.plan.exporter,
                exporter.contract,
                self.checkpoints[exporter.did] or None,
                NOW + timedelta(days=2),
                taken_up=self.plan.taken_up,
            ),
            messages=self.messages,
            conflicting=self.conflicting,
            status_lists=self.status_lists,
            annexes=self.plan.annexes,
            attached=self.plan.attached,
            shown=self.plan.shown if self.plan.shown is not None else tuple(terms_texts(self.agreement).values()),
        )

    def evidence(self) -> bytes:
        return build_evidence(self.parts())

    def files(self) -> dict[str, bytes]:
        return read_archive(self.evidence())

    def repack(
        self, files: Mapping[str, bytes], *, repair: bool = True, sign: bool = True, redraw: bool = False
    ) -> bytes:
        """A ZIP of changed files: with a manifest that fits them, and a statement that the exporter signs anew.

        With `redraw` the document that people read is made anew from the changed files, too.
        """
        changed = dict(files)
        if redraw:
            changed[layout.DOCUMENT] = canonical_bytes(make_rendering(changed))
        if repair:
            content = {path: data for path, data in changed.items() if path not in (layout.MANIFEST, layout.STATEMENT)}
            changed[layout.MANIFEST] = canonical_bytes(make_manifest(content))
        if sign and layout.STATEMENT in changed:
            statement = parse_json(changed[layout.STATEMENT])
            statement["credentialSubject"]["manifest"] = digest_bytes(changed[layout.MANIFEST])
            changed[layout.STATEMENT] = canonical_bytes(resign(statement, self.exporter().contract))
        return write_archive(changed)


def resign(document: Json, key: SigningKey) -> Json:
    """The same document, its proof made anew."""
    created = datetime.fromisoformat(document["validFrom"])
    return sign_document({name: value for name, value in document.items() if name != "proof"}, key, created=created)


def build_contract(members: Members | None = None, **plan: Any) -> Contract:
    """Build a contract; `plan` are the fields of `Plan`."""
    return _Building(members or make_members(), Plan(**plan)).build()


class _Building:
    def __init__(self, members: Members, plan: Plan) -> None:
        self.members, self.plan, self.now = members, plan, NOW
        self.messages: list[Message] = []
        self.signed: dict[str, Json] = {}
        lists = self.plan.status_lists
        self.status_lists = (members.status_list(),) if lists is None else lists

    def build(self) -> Contract:
        provider, consumer = self.members.provider, self.members.consumer
        dataset, agreement, p = self._agree()
        c = self._finish("C", consumer, signing.make_countersignature(
            p, key=consumer.contract, finalize_before=NOW + timedelta(hours=2), now=self._tick(),
            status=self._status(provider),
        ))  # fmt: skip
        r = self._finish("R", provider, signing.make_receipt(
            c, key=provider.contract, log_origin=provider.log.origin, now=self._tick()
        ))  # fmt: skip
        for party in (provider, consumer):
            party.log.add(EntryKind.ACT, digest(party.did), self.now)
        proofs = [self._log(party, r) for party in (provider, consumer)]
        signatures = Signatures(p, c, r)
        self._message("ContractNegotiationEventMessage", Signatures(p, c, r, log_proof=proofs[0]))
        notices = self._notices(agreement["@id"], c, r)
        return Contract(
            self.members,
            self.plan,
            agreement,
            signatures,
            *notices,
            proofs[0],
            proofs[1],
            dataset,
            self.messages,
            {party.did: party.log.note for party in (provider, consumer)},
            status_lists=self.status_lists,
        )

    def _agree(self) -> tuple[Json, Json, Json]:
        provider, consumer = self.members.provider, self.members.consumer
        target = "urn:uuid:22222222-2222-4222-8222-222222222222"
        dataset: Json = {
            "@id": target,
            "@type": "Dataset",
            "dct:title": [{"@language": "ko", "@value": "건조 공정"}],
            CONTENT_DIGEST: CONTENT,
        }
        name = self.plan.foreign_offer or offer_id(terms_of(self.plan.offer), target, dataset)
        agreement = make_agreement(
            self.plan.offer,
            agreement_id=self.plan.agreement_id,
            target=target,
            assigner=provider.did,
            assignee=consumer.did,
            timestamp=self._tick(),
        )
        p = signing.make_agreement_credential(
            agreement,
            key=provider.contract,
            provider_pid="urn:uuid:33333333-3333-4333-8333-333333333333",
            consumer_pid="urn:uuid:44444444-4444-4444-8444-444444444444",
            dataset=DatasetReference(target, "fixed", CONTENT, 1024),
            offer_id=name,
            authority=self._authority(),
            countersign_before=NOW + timedelta(hours=1),
            laboratory=True,
            now=self._tick(),
            exception=self.plan.exception,
            status=self._status(consumer),
        )
        p = self._finish("P", provider, p)
        self._message("ContractAgreementMessage", Signatures(p))
        return dataset, agreement, p

    def _status(self, about: Participant) -> StatusUse | None:
        if about.membership is None or not self.status_lists:
            return None
        named = NamedList(self.members.list_url, digest_bytes(self.status_lists[-1].encode()))
        return StatusUse(self.plan.max_age, (named,))

    def _authority(self) -> Authority | None:
        if not self.plan.authority:
            return None
        named = [party.membership for party in (self.members.provider, self.members.consumer)]
        return Authority(self.members.authority, *(digest_bytes(jwt.encode()) if jwt else None for jwt in named))

    def _log(self, party: Participant, receipt: Json) -> LogProof:
        documents = {"provider": self.members.provider, "consumer": self.members.consumer}
        logged = {"didDocuments": {role: digest(member.did_document()) for role, member in documents.items()}}
        entry, appended = party.log.add(EntryKind.CONTRACT, digest(receipt), self.now, logged)
        party.log.add(EntryKind.ACT, digest("later"), self.now)
        proof = prove(appended.index, party.log.read, party.log.note)
        consistency = None
        if self.plan.log_goes_on:
            old, new = party.log.size, party.log.add(EntryKind.ACT, digest("still later"), self.now)[1].size
            if self.plan.log_goes_on == "shown":
                consistency = make_consistency(old, new, consistency_proof(old, new, party.log.read))
        return LogProof(entry, proof, consistency)

    def _notices(self, agreement_id: str, c: Json, r: Json) -> tuple[list[Json], list[Json]]:
        provider, consumer = self.members.provider, self.members.consumer
        self.chains = {party.did: Chain(agreement_id, party.did, digest(c)) for party in (provider, consumer)}
        self.written: dict[str, list[Json]] = {provider.did: [], consumer.did: []}
        if self.plan.confirmed:
            self._notice("H", consumer, provider, HOLDS_RECEIPT, holds_receipt(digest(r)))
        for number in range(self.plan.deliveries):
            content = self._delivery(number)
            self._notice("sent", provider, consumer, DELIVERY_SENT, content)
            self._notice("received", consumer, provider, DELIVERY_RECEIVED, content)
        for further in self.plan.more:
            by, other = (provider, consumer) if further.role == "provider" else (consumer, provider)
            self._notice(further.name, by, other, further.kind, further.content(self.signed))
        if self.plan.withdrawn:
            self._notice("withdrawal", provider, consumer, WITHDRAWAL, withdrawal("recall", self.now))
        return self.written[provider.did], self.written[consumer.did]

    def _delivery(self, number: int) -> Json:
        return delivery(
            delivery=f"urn:uuid:55555555-5555-4555-8555-{number:012d}",
            transfer="urn:uuid:66666666-6666-4666-8666-666666666666",
            transferred=1024,
            ranges=[(0, 1023)],
            digest=CONTENT,
            purpose=PURPOSE,
            person=None,
            started_at=self.now,
            finished_at=self.now,
            result="complete",
        )

    def _notice(self, name: str, author: Participant, other: Participant, kind: str, content: Json) -> None:
        chain = self.chains[author.did]
        notice = chain.next(kind, content, other=self.chains[other.did])
        signed = signing.make_notice(notice, key=author.contract, now=self._tick())
        signed = self._finish(name, author, signed)
        self.written[author.did].append(signed)
        self.signed[name] = signed
        self.chains[author.did] = replace(chain, digests=(*chain.digests, digest(signed)))

    def _finish(self, name: str, author: Participant, document: Json) -> Json:
        if name in self.plan.edits:
            document = copy.deepcopy(document)
            self.plan.edits[name](document)
            document = resign(document, author.contract)
        if name in self.plan.forged:
            document = copy.deepcopy(document)
            self.plan.forged[name](document)
        return document

    def _message(self, kind: str, signatures: Signatures) -> None:
        body = {"@type": kind, SIGNATURES: write_signatures(signatures)}
        self.messages.append(Message("received", self.now, kind, canonical_bytes(body)))

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now
