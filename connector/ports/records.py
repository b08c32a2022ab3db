"""What is kept: one frozen record per kind of thing. Times are texts (xsd:dateTime, UTC): they sort as they read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from connector.canonical import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A message that was received, and what it was answered: the same again gets the same (decision 5, 2).

    The key begins with the process, so that all of a process are found, and dropped, together.
    """

    key: str
    status: int
    body: bytes
    at: str


class TimerKind(StrEnum):
    """What a time is about: until when a contract's signature, or an answer of our people, is awaited; when a process ended.

    And for contracts that stand: when one ends, and when its duties are to be looked at. For transfers that run: when the
    token has to be renewed.
    """

    DEADLINE = "deadline"
    INBOX = "inbox"
    CONTRACT_ENDS = "contract-ends"
    DUTIES = "duties"
    NEGOTIATION_ENDED = "negotiation-ended"
    TRANSFER_ENDED = "transfer-ended"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something to be looked at later. The key is kind, time and about: those of a kind are kept in their order of time."""

    key: str
    kind: TimerKind
    about: str

    @classmethod
    def at(cls, time: str, kind: TimerKind, about: str) -> "Timer":
        """A timer of this time (xsd:dateTime, UTC)."""
        return cls(key=f"{kind} {time} {about}", kind=kind, about=about)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastApplied:
    """The last applied message of a process without `@id`: digest of its bytes, and when its token was issued."""

    process: str
    digest: str
    token_issued: str


class OutboxKind(StrEnum):
    """What kind of process an outbox row belongs to."""

    NEGOTIATION = "negotiation"
    TRANSFER = "transfer"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """A message that is due: written in the transaction that decided it, removed in the one that records its answer.

    Attributes:
        number: the order of writing; rows of one process go out in this order.
        process: our pid, or the agreement's id for notices.
        event: the event for the state table; for a notice its kind.
        binding: whether a refusal ends the try (False) or only slows the resend because we have signed (True).
        urgent: it waits for no other message to this peer, not even for those of its own process.
        claimed_by, claimed_until: which worker sends it, and until when nobody else may; see `services.due`.
    """

    process: str
    kind: OutboxKind
    peer: str
    url: str
    event: str
    body: bytes
    binding: bool
    created_at: str
    number: int | None = None
    attempts: int = 0
    problem: str | None = None
    urgent: bool = False
    claimed_by: str = ""
    claimed_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """One protocol message as exact bytes, in or out.

    `erased`: when and why a person was erased from it; then `body` is no longer exact, and `bytes` and `digest` are those of
    the file that it was in evidence.
    """

    process: str
    direction: str
    type: str
    body: bytes
    at: str
    number: int | None = None
    erased: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request of the protocol and what it was answered, for people who ask what happened; no evidence.

    Attributes:
        direction: "in" (they asked us) or "out" (we asked them).
        peer: the participant on the other side; when not `known`, whom the caller claims to be, or None.
        process: our pid, or the agreement's id for notices; None for what belongs to no process.
        type: the message's `@type`, `Notice`, or `GET` and what is asked for.
        address: the path that was asked here, or the URL that we asked.
        status: what was answered; None when nothing was, and `problem` says why.
        milliseconds: until the answer was there, or was given up.
        digest: SHA-256 of the body as it went over the line, in hexadecimal digits.
        size: of that body, in bytes; `body` holds less when it was cut, and other bytes when it was `masked`.
        weight: what this record takes of the volume that is kept, in bytes.
        volume: the weights of all records up to this one; the store counts it.
    """

    direction: str
    peer: str | None
    known: bool
    process: str | None
    type: str
    method: str
    address: str
    status: int | None
    milliseconds: int
    trace: str
    problem: str | None
    digest: str
    size: int
    masked: bool
    answer_size: int
    headers: JsonObject
    answer_headers: JsonObject
    body: bytes
    answer: bytes
    at: str
    weight: int
    volume: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRecord:
    """A contract: what both sides signed, and what has become of it.

    Attributes:
        id: the agreement's `@id`.
        role: which side we are, "consumer" or "provider".
        signatures: P, C, R and T as far as we hold them, by letter.
        countersignature_digest: digest of C, which receipts and notices name.
        log: what the log gave: entry, index, tlog-proof, of both sides as far as known (`own`, `other`).
        parties: DID documents and memberships as they were when signing, by "provider" and "consumer".
        confirmed_at: when H was there; no data before.
        one_sided: a reason, when the operator excepted the peer from signing.
        paid_at: when our people marked the payment in advance as received, as provider; None while it is not.
        ending: a withdrawal that was given and takes effect later: `at`, `by`, `reason`, `given`; None without one.
        ended_at: when it ended regularly, by its own terms.
        suspensions: who has suspended it, by DID: `at`, `reason`, `notice` (the digest). Only the suspender lifts it.
        people: the digest of the list of named people that counts now; None where nothing has changed the agreed one.
        sole_on: the data set, where its terms promise that no other agreement on that lives beside it; None without.
        held: why nothing is delivered, or said, under it since we came back from a backup: `why` (`unasked`: its other side
            has not been asked what we have forgotten; `keys`: the key that we signed it with is lost) and `since`.
        restored: out of whose evidence it was put back, after we had forgotten it: `by`, `at`, `evidence` (a digest).
    """

    id: str
    role: str
    counterparty: str
    negotiation: str
    dataset: str
    agreement: JsonObject
    signatures: JsonObject
    countersignature_digest: str | None
    log: JsonObject
    parties: JsonObject
    description: JsonObject
    created_at: str
    signed_at: str | None = None
    confirmed_at: str | None = None
    one_sided: str | None = None
    withdrawn_at: str | None = None
    withdrawn_by: str | None = None
    withdrawn_reason: str | None = None
    terminated_at: str | None = None
    problem: str | None = None
    laboratory: bool = False
    paid_at: str | None = None
    ending: JsonObject | None = None
    ended_at: str | None = None
    suspensions: JsonObject = field(default_factory=dict)
    people: str | None = None
    sole_on: str | None = None
    held: JsonObject | None = None
    restored: JsonObject | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended for good: withdrawn, terminated, or run out."""
        return any((self.withdrawn_at, self.terminated_at, self.ended_at))

    @property
    def live(self) -> bool:
        """Whether data may flow under it: concluded, confirmed, not over, suspended by nobody."""
        return self.confirmed_at is not None and not self.over and not self.suspensions and not self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRecord:
    """A signed notice of either side."""

    key: str
    contract: str
    author: str
    position: int
    digest: str
    kind: str
    document: JsonObject
    at: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What was used under a contract so far, all deliveries together; it never falls.

    Attributes:
        uses: deliveries: at the provider those reserved, at the consumer those that are whole.
        rows, bytes: how many these hold, each delivery counted once, however often parts of it were sent again.
    """

    uses: int = 0
    rows: int = 0
    bytes: int = 0

    def and_one(self, rows: int, bytes: int) -> "Tally":  # noqa: A002 - the field's own name
        """With one more delivery of this size."""
        return Tally(self.uses + 1, self.rows + rows, self.bytes + bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRecord:
    """A duty of a contract, or one turn of one that comes round.

    Attributes:
        key: contract and duty: `urn:uuid:…#obligation-2.1`.
        duty: its id in the agreement (`policies.duties`).
        place: the JSON path of the obligation in the agreement.
        clause: the clause that it is; "" where it is none.
        owed_by: "provider", "consumer" or "both".
        due: until when; None when it has no date, or gets it with the end of the contract.
        facts: its other values, by their names.
        state: "open", "standing" (it has no date) or "fulfilled".
        notice: the digest of the notice that says that it is done.
    """

    key: str
    contract: str
    duty: str
    place: str
    action: str
    clause: str
    owed_by: str
    due: str | None
    facts: JsonObject
    state: str
    fulfilled_at: str | None = None
    statement: str | None = None
    notice: str | None = None

    @property
    def id(self) -> str:
        """As acts name it."""
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleRecord:
    """A list of named people: personal data, kept beside contracts and notices, which hold its digest alone."""

    digest: str
    document: JsonObject
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One use: reserved before the first byte, finished once (decision 5, 15).

    Attributes:
        role: which side we are.
        way: "pull" or "push".
        bytes: how many are there, from the first one on without a gap.
        deleted_at: when the receiver deleted its file, by its certificate.
        bytes_total: how many went over the wire, repeated ones counted again.
        rows: how many the whole holds: the provider as published, the consumer as it has counted; None: not known yet.
    """

    id: str
    role: str
    contract: str
    transfer: str
    purpose: str
    person: str | None
    digest: str
    byte_size: int
    bytes: int
    bytes_total: int
    state: str
    started_at: str
    way: str = "pull"
    file: str | None = None
    finished_at: str | None = None
    problem: JsonObject | None = None
    own_receipt: bool = False
    other_receipt: bool = False
    deleted_at: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRecord:
    """A published data set: its description, its frozen copy, its terms."""

    id: str
    title: str
    description: JsonObject
    card: JsonObject
    terms: JsonObject
    digest: str
    byte_size: int
    file: str
    file_state: str
    visible_to: list[str] | None
    published_at: str
    withdrawn_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRecord:
    """An offer that was shown to somebody: its id is a digest and stays readable (decision 5, 18)."""

    id: str
    dataset: str
    policy: JsonObject
    live: bool
    created_at: str


EVERYBODY: Final = ""
"""The audience of data sets that every participant may see; others are listed for each DID that may."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the order of the catalog: by publication, then by id. It stays what it is, whatever comes and goes."""

    issued: str
    dataset: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A data set at its place in the catalog, with what filters may ask of it (empty when that was not asked for)."""

    position: Position
    facts: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offered:
    """What a catalog shows of a data set: its description, its open offers by id, and the size of all that in bytes."""

    description: JsonObject
    offers: tuple[tuple[str, JsonObject], ...]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRecord:
    """A file that was uploaded and looked at, and is not published yet."""

    id: str
    file: str
    found: JsonObject
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """A producer's consent that data of his is used: a receipt that he signed, or a document of which we know the digest.

    Attributes:
        digest: of the receipt or document; agreements that stand on it name it.
        producer: who consents: a DID, or a name.
        purposes: for what; empty: for any.
        until: when it ends; None: when it is withdrawn.
        receipt: the signed receipt; None when the consent is a document that is kept elsewhere.
        signed: whether the receipt's signature was verified with a key of the producer's.
        withdrawn_at, withdrawn_reason: when and why the producer took it back.
    """

    digest: str
    producer: str
    dataset: str
    purposes: list[str]
    until: str | None
    receipt: JsonObject | None
    signed: bool
    at: str
    withdrawn_at: str | None = None
    withdrawn_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """Something that was refused by terms: by which rule, with which facts. Logged once; repeats are only counted.

    Attributes:
        key: digest of what makes two refusals the same: who, what, by which reasons, on which day.
        scope: `negotiation` or `transfer`, as the policy was asked; `running` for bytes that were cut.
        about: what it was refused to: a negotiation, transfer or delivery of ours, the latest of the repeats.
        policy: the terms by which it was judged.
        facts: what was known, as JSON; a person and a list of people only as salted digests.
        reasons: why, as `policies.decision.Reason` writes them; the first is the one that was told.
        digest: of all that, which the log commits to.
        times, last_at: how often the same was refused, and when last.
    """

    key: str
    at: str
    scope: str
    party: str
    dataset: str
    contract: str | None
    about: str
    outcome: str
    policy: JsonObject
    facts: JsonObject
    reasons: list[JsonObject]
    digest: str
    times: int
    last_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRecord:
    """A participant that the operator named, with its exceptions.

    Attributes:
        did: who.
        may_not_sign: whether contracts with it may carry our signature only.
        reason: why something is put up with.
        added_at: when.
        listed: whether it is searched and shown.
        lapses: what else is put up with in it (`connector.trust.lapses`).
    """

    did: str
    may_not_sign: bool
    reason: str | None
    added_at: str
    listed: bool = True
    lapses: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCheckpoint:
    """A checkpoint of somebody's log that we were given; `verified` once its consistency with the others is proven."""

    key: str
    origin: str
    peer: str
    size: int
    root: str
    note: str
    verified: bool
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessedLog:
    """As a witness: the largest checkpoint of somebody's log that we cosigned.

    Attributes:
        origin: the log.
        did: whose it is.
        note: the checkpoint, with the log's lines and our cosignature.
        at: when we cosigned it.
    """

    origin: str
    did: str
    size: int
    root: str
    note: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignedCheckpoint:
    """A checkpoint of our own log that a witness cosigned; kept, for the first one behind an entry bounds its time.

    Attributes:
        key: the witness, our log and the size, so that the order of keys is that of sizes.
        witness: the witness's DID.
        vkeys: by which of its keys, as verifier keys (C2SP `signed-note`).
        note: the checkpoint, with our lines and its cosignatures.
        cosigned_at: when, as the witness says.
    """

    key: str
    witness: str
    vkeys: list[str]
    size: int
    note: str
    cosigned_at: str

    @staticmethod
    def key_of(witness: str, origin: str, size: int) -> str:
        """Where it stands among those of its witness; `origin` is the name of our log."""
        return f"{witness} {origin} {size:020d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipRecord:
    """A membership credential that was shown to us, or our own."""

    digest: str
    did: str
    issuer: str
    jwt: str
    valid_until: str
    own: bool
    at: str
    profile: str = "vc11-sl2021/jwt"
    revoked_at: str | None = None
    log_origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostKeyRecord:
    """A key of a member that others may have got hold of: at its authority, and at those who have its list of anchors.

    Attributes:
        key: authority and public key.
        authority: by whose word.
        did: whose it was.
        public_key: the key (multibase).
        since: from when on nothing that it signed is believed.
        at: when we were told.
    """

    key: str
    authority: str
    did: str
    public_key: str
    since: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedRecord:
    """A credential of another type that a participant has shown beside its membership, and that held then.

    Attributes:
        types: its types, the general one included.
        valid_until: None where it has no end.
        revoked_at: when we saw that its issuer has taken it back.
    """

    digest: str
    did: str
    issuer: str
    types: tuple[str, ...]
    jwt: str
    valid_until: str | None
    at: str
    revoked_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """At an authority: a member and its latest credential.

    Attributes:
        reason: why it was revoked, or is suspended.
        suspended_at: since when its memberships do not count, until that is lifted.
    """

    did: str
    name: str
    credential: str
    issued_at: str
    revoked_at: str | None = None
    reason: str | None = None
    suspended_at: str | None = None
    log_origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedRecord:
    """At an authority: an issued membership, in each profile that it was written in.

    Attributes:
        status_index: its place in our status lists.
        credentials: the credential as JWT, by profile.
        revoked_at: when it was taken back.
        logged: by profile the entry of our log and the proof that it is there.
    """

    status_index: int
    did: str
    credentials: JsonObject
    issued_at: str
    valid_until: str
    revoked_at: str | None = None
    reason: str | None = None
    suspended_at: str | None = None
    logged: JsonObject = field(default_factory=dict)


class AskedStatus(StrEnum):
    """Where a request of ours for credentials stands: as its issuer says, or before it has said anything."""

    OFFERED = "OFFERED"
    """An issuer offered; we have not asked."""
    ASKED = "ASKED"
    RECEIVED = "RECEIVED"
    ISSUED = "ISSUED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRecord:
    """A request of ours for credentials, or an offer that we have not taken up.

    Attributes:
        id: our id of it, `holderPid`.
        objects: the ids of what was asked for, or offered.
        status_url: where the issuer says how it stands.
        reason: why it was rejected.
        ended_at: when the credentials came, or the rejection.
    """

    id: str
    issuer: str
    status: AskedStatus
    objects: tuple[str, ...]
    created_at: str
    status_url: str | None = None
    reason: str | None = None
    ended_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCredential:
    """A credential about us that came from an issuer whom we had asked, of whatever type."""

    digest: str
    types: tuple[str, ...]
    id: str | None
    issuer: str
    profile: str
    jwt: str
    valid_until: str | None
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRequestRecord:
    """At an issuer: what a holder asked for, and what came of it.

    Attributes:
        id: our id of it, `issuerPid`.
        did: the holder.
        holder_pid: the holder's id of it.
        objects: the ids of the CredentialObjects.
        status: RECEIVED, ISSUED or REJECTED.
        name: what the holder calls itself.
        proof: its membership request, with which it shows that it holds its keys.
        access_token: what opens the holder's Credential Service, if it gave anything.
        message: the CredentialMessage, once decided.
        delivered_at: when the holder took the message.
    """

    id: str
    did: str
    holder_pid: str
    objects: tuple[str, ...]
    status: str
    created_at: str
    name: str | None = None
    proof: JsonObject | None = None
    access_token: str | None = None
    decided_at: str | None = None
    reason: str | None = None
    message: JsonObject | None = None
    delivered_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListRecord:
    """The newest status list at an address: of an issuer whom we believe, or our own.

    Attributes:
        key: issuer and address.
        document: the list as it was found (JWT).
        valid_from: when it was made; none that is older is taken any more.
        checked_at: when the issuer last said that it is the newest.
        etag: by which to ask whether there is a newer one.
    """

    key: str
    issuer: str
    url: str
    document: str
    valid_from: str
    checked_at: str
    own: bool
    etag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorListRecord:
    """The newest list of trust anchors of an authority: of others the one that we hold, our own as we publish it.

    Attributes:
        key: the authority's DID; for our own with "own" before it.
        version: only grows; none that is older is taken any more.
        document: the list as it was found (JWT).
        checked_at: when the authority last said that it is the newest.
    """

    key: str
    authority: str
    version: int
    document: str
    checked_at: str
    own: bool
    etag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedListRecord:
    """A status list that a contract names: kept as it was, for as long as there are contracts.

    Attributes:
        digest: of the document; by it contracts name the list.
        document: the list as it was found (JWT), verified then.
    """

    digest: str
    issuer: str
    url: str
    document: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedRecord:
    """A file of the parties that a contract names by its digest (a quality report, a consent on paper): attached by our people."""

    key: str
    contract: str
    digest: str
    data: bytes
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTextRecord:
    """The clauses of contracts as text, which our signatures name: kept, since the sentences change with releases."""

    digest: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something a named person or program did through the management API, or the connector by itself.

    `name` is that of the token; `person` who it was given to. `logged` is the entry of the log that commits to it (LOG/INDEX),
    `erased` when and why a person was erased from it: then the entry commits to what stood here before.
    """

    at: str
    name: str
    role: str
    act: str
    object: str
    detail: JsonValue = None
    person: str | None = None
    number: int | None = None
    logged: str | None = None
    erased: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeSpace:
    """How many bytes were free on a disk of ours: one figure a day, by which its growth is told.

    Attributes:
        key: the disk, by what lies on it, and the day.
    """

    key: str
    free: int
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEpochRecord:
    """What came of our being restored: a log that was begun because the one before could not go on, or that goes on itself.

    Attributes:
        origin: the name of the log.
        epoch: which of our logs it is.
        statement: what we signed about a new one (`connector.contracts.epochs`); None for one that goes on.
        entry: its first entry, which commits to the statement.
        proof: the proof that it is the first.
        untold: who is still to be told of the statement.
        unlearned: who is still to be asked what we have forgotten, or what he told is still to be taken up.
    """

    origin: str
    epoch: int
    statement: JsonObject | None
    entry: JsonObject | None
    proof: str | None
    at: str
    untold: list[str]
    unlearned: list[str]


@dataclass(frozen=True, slots=True)
class LogHead:
    """The state of our log: its size, the root, the signed checkpoint."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """What one appended leaf got: where it stands and the proof of it."""

    index: int
    entry: JsonObject
    proof: str
    checkpoint: str
    size: int
    root: str = ""
    extra: JsonObject = field(default_factory=dict)
