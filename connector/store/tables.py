"""The tables. Column names are the attribute names of the records that they keep; `mapping` does the rest."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel


def _json(*, nullable: bool = False) -> Column[str]:
    return Column(Text, nullable=nullable)


_BY_KEY: Final = {"sqlite_with_rowid": False}
"""Small rows that are only looked up by their key: SQLite keeps them in the key's own tree, and in no second one."""


_SOLE: Final = text("sole_on IS NOT NULL")


class NegotiationTable(SQLModel, table=True):
    __tablename__ = "negotiation"
    # The same pid of the same sender begins the same process, never a second one (decision 5, 2).
    __table_args__ = (UniqueConstraint("counterparty", "role", "their_pid"),)

    id: str = Field(primary_key=True)
    role: str
    counterparty: str
    their_pid: str | None
    callback_address: str
    state: str | None = Field(index=True)
    dataset: str
    offer: str = Field(sa_column=_json())
    offered_by: str
    created_at: str = Field(index=True)
    updated_at: str
    pending: str = Field(sa_column=_json())
    agreement: str | None = Field(sa_column=_json(nullable=True))
    offer_before: str | None = Field(sa_column=_json(nullable=True))
    described: str | None = Field(sa_column=_json(nullable=True))
    problem: str | None = Field(sa_column=_json(nullable=True))
    version: str


class TransferTable(SQLModel, table=True):
    __tablename__ = "transfer"
    __table_args__ = (UniqueConstraint("counterparty", "role", "their_pid"),)

    id: str = Field(primary_key=True)
    role: str
    counterparty: str
    their_pid: str | None
    callback_address: str
    state: str | None = Field(index=True)
    agreement: str = Field(index=True)
    format: str
    created_at: str = Field(index=True)
    updated_at: str
    pending: str = Field(sa_column=_json())
    suspended_by: str | None
    data_address: str | None = Field(sa_column=_json(nullable=True))
    problem: str | None = Field(sa_column=_json(nullable=True))
    version: str


class AnsweredTable(SQLModel, table=True):
    __tablename__ = "answered"
    __table_args__ = _BY_KEY

    key: str = Field(primary_key=True)
    status: int
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: str


class TimerTable(SQLModel, table=True):
    __tablename__ = "timer"
    __table_args__ = _BY_KEY

    key: str = Field(primary_key=True)
    kind: str
    about: str


class LastAppliedTable(SQLModel, table=True):
    __tablename__ = "last_applied"
    __table_args__ = _BY_KEY

    process: str = Field(primary_key=True)
    digest: str
    token_issued: str


class OutboxTable(SQLModel, table=True):
    __tablename__ = "outbox"
    # No number twice, also after its row is gone: an answer that comes late must not meet another message under it.
    __table_args__ = {"sqlite_autoincrement": True}

    number: int | None = Field(default=None, primary_key=True)
    process: str = Field(index=True)
    kind: str
    peer: str
    url: str
    event: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    binding: bool
    created_at: str
    attempts: int
    problem: str | None
    urgent: bool
    claimed_by: str
    claimed_until: str


class MessageTable(SQLModel, table=True):
    __tablename__ = "message"

    number: int | None = Field(default=None, primary_key=True)
    process: str = Field(index=True)
    direction: str
    type: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: str
    erased: str | None = Field(sa_column=_json(nullable=True))


class ExchangeTable(SQLModel, table=True):
    __tablename__ = "exchange"

    # The small columns first: what is looked through for pruning does not lie behind a body.
    number: int | None = Field(default=None, primary_key=True)
    at: str
    weight: int
    volume: int = Field(sa_column=Column(BigInteger, nullable=False))
    process: str | None = Field(index=True)
    peer: str | None = Field(index=True)
    known: bool
    direction: str
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
    headers: str = Field(sa_column=_json())
    answer_headers: str = Field(sa_column=_json())
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answer: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ContractTable(SQLModel, table=True):
    __tablename__ = "contract"
    __table_args__ = (
        # With the id, so that pages run along them: what was agreed at one moment is sorted already.
        Index("ix_contract_created_at", "created_at", "id"),
        Index("ix_contract_counterparty", "counterparty", "created_at", "id"),
        Index("ix_contract_dataset", "dataset", "created_at"),
        # Of the few that are exclusive only: asked for in every negotiation, and costs nothing in all others.
        Index("ix_contract_sole_on", "sole_on", sqlite_where=_SOLE, postgresql_where=_SOLE),
    )

    id: str = Field(primary_key=True)
    role: str
    counterparty: str
    negotiation: str
    dataset: str
    agreement: str = Field(sa_column=_json())
    signatures: str = Field(sa_column=_json())
    countersignature_digest: str | None
    log: str = Field(sa_column=_json())
    parties: str = Field(sa_column=_json())
    description: str = Field(sa_column=_json())
    created_at: str
    signed_at: str | None
    confirmed_at: str | None
    one_sided: str | None
    withdrawn_at: str | None
    withdrawn_by: str | None
    withdrawn_reason: str | None
    terminated_at: str | None
    problem: str | None
    laboratory: bool
    paid_at: str | None
    ending: str | None = Field(sa_column=_json(nullable=True))
    ended_at: str | None
    suspensions: str = Field(sa_column=_json())
    people: str | None
    sole_on: str | None
    held: str | None = Field(sa_column=_json(nullable=True))
    restored: str | None = Field(sa_column=_json(nullable=True))


class NoticeTable(SQLModel, table=True):
    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_contract", "contract", "author", "position"),)

    key: str = Field(primary_key=True)
    contract: str
    author: str
    position: int
    digest: str
    kind: str
    document: str = Field(sa_column=_json())
    at: str


class TallyTable(SQLModel, table=True):
    __tablename__ = "tally"
    __table_args__ = _BY_KEY

    contract: str = Field(primary_key=True)
    uses: int = Field(sa_column=Column(BigInteger, nullable=False))
    rows: int = Field(sa_column=Column(BigInteger, nullable=False))
    bytes: int = Field(sa_column=Column(BigInteger, nullable=False))


class DutyTable(SQLModel, table=True):
    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_contract", "contract", "state"), Index("ix_duty_state", "state", "due"))

    key: str = Field(primary_key=True)
    contract: str
    duty: str
    place: str
    action: str
    clause: str
    owed_by: str
    due: str | None
    facts: str = Field(sa_column=_json())
    state: str
    fulfilled_at: str | None
    statement: str | None
    notice: str | None


class PeopleTable(SQLModel, table=True):
    __tablename__ = "people_list"
    __table_args__ = _BY_KEY

    digest: str = Field(primary_key=True)
    document: str = Field(sa_column=_json())
    at: str


class DeliveryTable(SQLModel, table=True):
    __tablename__ = "delivery"
    # How often a contract was used within a window of time is asked before each use of some.
    __table_args__ = (Index("ix_delivery_contract", "contract", "started_at"),)

    id: str = Field(primary_key=True)
    role: str
    contract: str
    transfer: str
    purpose: str
    person: str | None
    digest: str
    byte_size: int = Field(sa_column=Column(BigInteger, nullable=False))
    bytes: int = Field(sa_column=Column(BigInteger, nullable=False))
    bytes_total: int = Field(sa_column=Column(BigInteger, nullable=False))
    state: str = Field(index=True)
    started_at: str
    way: str
    file: str | None
    finished_at: str | None
    problem: str | None = Field(sa_column=_json(nullable=True))
    own_receipt: bool
    other_receipt: bool
    deleted_at: str | None
    rows: int | None = Field(sa_column=Column(BigInteger, nullable=True))


class DatasetTable(SQLModel, table=True):
    __tablename__ = "dataset"
    __table_args__ = (Index("ix_dataset_published", "withdrawn_at", "published_at", "id"),)

    id: str = Field(primary_key=True)
    title: str
    description: str = Field(sa_column=_json())
    card: str = Field(sa_column=_json())
    terms: str = Field(sa_column=_json())
    digest: str
    byte_size: int = Field(sa_column=Column(BigInteger, nullable=False))
    file: str
    file_state: str
    visible_to: str | None = Field(sa_column=_json(nullable=True))
    published_at: str
    withdrawn_at: str | None


class ListingTable(SQLModel, table=True):
    """A data set in the catalog of an audience, in the order in which its pages are read."""

    __tablename__ = "listing"

    audience: str = Field(primary_key=True)
    issued: str = Field(primary_key=True)
    dataset: str = Field(primary_key=True, index=True)
    facts: str = Field(sa_column=_json())


class ListingValueTable(SQLModel, table=True):
    """The same by the values of those properties that are asked for most."""

    __tablename__ = "listing_value"
    __table_args__ = _BY_KEY

    audience: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    issued: str = Field(primary_key=True)
    dataset: str = Field(primary_key=True, index=True)


class OfferTable(SQLModel, table=True):
    __tablename__ = "offer"

    id: str = Field(primary_key=True)
    dataset: str = Field(index=True)
    policy: str = Field(sa_column=_json())
    live: bool
    created_at: str


class UploadTable(SQLModel, table=True):
    __tablename__ = "upload"

    id: str = Field(primary_key=True)
    file: str
    found: str = Field(sa_column=_json())
    at: str


class ConsentTable(SQLModel, table=True):
    __tablename__ = "consent"

    digest: str = Field(primary_key=True)
    producer: str
    dataset: str = Field(index=True)
    purposes: str = Field(sa_column=_json())
    until: str | None
    receipt: str | None = Field(sa_column=_json(nullable=True))
    signed: bool
    at: str
    withdrawn_at: str | None
    withdrawn_reason: str | None


class DecisionTable(SQLModel, table=True):
    __tablename__ = "decision"

    key: str = Field(primary_key=True)
    at: str = Field(index=True)
    scope: str
    party: str = Field(index=True)
    dataset: str = Field(index=True)
    contract: str | None = Field(index=True)
    about: str = Field(index=True)
    outcome: str
    policy: str = Field(sa_column=_json())
    facts: str = Field(sa_column=_json())
    reasons: str = Field(sa_column=_json())
    digest: str = Field(index=True)
    times: int
    last_at: str


class PeerTable(SQLModel, table=True):
    __tablename__ = "peer"

    did: str = Field(primary_key=True)
    may_not_sign: bool
    reason: str | None
    added_at: str
    listed: bool
    lapses: str = Field(sa_column=_json())


class SeenCheckpointTable(SQLModel, table=True):
    __tablename__ = "seen_checkpoint"
    __table_args__ = (Index("ix_seen_checkpoint_peer", "peer", "verified", "size"), _BY_KEY)

    key: str = Field(primary_key=True)
    origin: str
    peer: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: str
    note: str
    verified: bool
    at: str


class MembershipTable(SQLModel, table=True):
    __tablename__ = "membership"

    digest: str = Field(primary_key=True)
    did: str = Field(index=True)
    issuer: str
    jwt: str
    valid_until: str
    own: bool = Field(index=True)
    at: str
    profile: str
    revoked_at: str | None
    log_origin: str = Field(index=True)


class WitnessedLogTable(SQLModel, table=True):
    __tablename__ = "witnessed_log"

    origin: str = Field(primary_key=True)
    did: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: str
    note: str
    at: str


class CosignedCheckpointTable(SQLModel, table=True):
    __tablename__ = "cosigned_checkpoint"
    __table_args__ = _BY_KEY

    key: str = Field(primary_key=True)
    witness: str
    vkeys: str = Field(sa_column=_json())
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    note: str
    cosigned_at: str


class PresentedTable(SQLModel, table=True):
    __tablename__ = "presented"

    digest: str = Field(primary_key=True)
    did: str = Field(index=True)
    issuer: str = Field(index=True)
    types: str = Field(sa_column=_json())
    jwt: str
    valid_until: str | None
    at: str
    revoked_at: str | None


class MemberTable(SQLModel, table=True):
    __tablename__ = "member"

    did: str = Field(primary_key=True)
    name: str
    credential: str
    issued_at: str
    revoked_at: str | None
    reason: str | None
    suspended_at: str | None
    log_origin: str = Field(index=True)


class IssuedTable(SQLModel, table=True):
    __tablename__ = "issued"

    status_index: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    did: str = Field(index=True)
    credentials: str = Field(sa_column=_json())
    issued_at: str
    valid_until: str
    revoked_at: str | None
    reason: str | None
    suspended_at: str | None
    logged: str = Field(sa_column=_json())


class AskedTable(SQLModel, table=True):
    __tablename__ = "asked"

    id: str = Field(primary_key=True)
    issuer: str = Field(index=True)
    status: str
    objects: str = Field(sa_column=_json())
    created_at: str
    status_url: str | None
    reason: str | None
    ended_at: str | None


class CredentialTable(SQLModel, table=True):
    __tablename__ = "credential"

    digest: str = Field(primary_key=True)
    types: str = Field(sa_column=_json())
    id: str | None
    issuer: str
    profile: str
    jwt: str
    valid_until: str | None
    at: str


class CredentialRequestTable(SQLModel, table=True):
    __tablename__ = "credential_request"
    __table_args__ = (Index("ix_credential_request_holder", "did", "holder_pid"),)

    id: str = Field(primary_key=True)
    did: str
    holder_pid: str
    objects: str = Field(sa_column=_json())
    status: str = Field(index=True)
    created_at: str
    name: str | None
    proof: str | None = Field(sa_column=_json(nullable=True))
    access_token: str | None
    decided_at: str | None
    reason: str | None
    message: str | None = Field(sa_column=_json(nullable=True))
    delivered_at: str | None


class StatusListTable(SQLModel, table=True):
    __tablename__ = "status_list"

    key: str = Field(primary_key=True)
    issuer: str
    url: str
    document: str
    valid_from: str
    checked_at: str
    own: bool
    etag: str | None


class AnchorListTable(SQLModel, table=True):
    __tablename__ = "anchor_list"

    key: str = Field(primary_key=True)
    authority: str
    version: int = Field(sa_column=Column(BigInteger, nullable=False))
    document: str
    checked_at: str
    own: bool
    etag: str | None


class NamedListTable(SQLModel, table=True):
    __tablename__ = "named_list"

    digest: str = Field(primary_key=True)
    issuer: str
    url: str
    document: str
    at: str


class AttachedTable(SQLModel, table=True):
    __tablename__ = "attached"

    key: str = Field(primary_key=True)
    contract: str = Field(index=True)
    digest: str
    at: str
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ShownTextTable(SQLModel, table=True):
    __tablename__ = "shown_text"

    digest: str = Field(primary_key=True)
    text: str


class LostKeyTable(SQLModel, table=True):
    __tablename__ = "lost_key"
    __table_args__ = _BY_KEY

    key: str = Field(primary_key=True)
    authority: str
    did: str = Field(index=True)
    public_key: str
    since: str
    at: str


class WaitingTable(SQLModel, table=True):
    __tablename__ = "waiting"

    negotiation: str = Field(primary_key=True)
    role: str
    counterparty: str
    dataset: str
    duty: str
    terms: str
    created_at: str = Field(index=True)
    expires_at: str
    rule: str | None
    persons: int
    because: str | None = Field(sa_column=_json(nullable=True))


class ApprovalTable(SQLModel, table=True):
    __tablename__ = "approval"

    key: str = Field(primary_key=True)
    negotiation: str = Field(index=True)
    terms: str
    person: str
    name: str
    role: str
    act: str
    at: str


class RuleTable(SQLModel, table=True):
    __tablename__ = "rule"

    id: str = Field(primary_key=True)
    position: int
    rule: str = Field(sa_column=_json())
    created_at: str
    added_by: str


class ActTable(SQLModel, table=True):
    __tablename__ = "act"

    number: int | None = Field(default=None, primary_key=True)
    at: str
    name: str
    role: str
    act: str
    object: str = Field(index=True)
    detail: str | None = Field(sa_column=_json(nullable=True))
    person: str | None
    logged: str | None
    erased: str | None = Field(sa_column=_json(nullable=True))


class FreeSpaceTable(SQLModel, table=True):
    __tablename__ = "free_space"
    __table_args__ = _BY_KEY

    key: str = Field(primary_key=True)
    free: int = Field(sa_column=Column(BigInteger, nullable=False))
    at: str


class TokenTable(SQLModel, table=True):
    __tablename__ = "token_used"
    __table_args__ = _BY_KEY

    key: str = Field(primary_key=True)
    expires_at: str


class LogEpochTable(SQLModel, table=True):
    __tablename__ = "log_epoch"

    origin: str = Field(primary_key=True)
    epoch: int
    statement: str | None = Field(sa_column=_json(nullable=True))
    entry: str | None = Field(sa_column=_json(nullable=True))
    proof: str | None
    at: str
    untold: str = Field(sa_column=_json())
    unlearned: str = Field(sa_column=_json())


class LogLeafTable(SQLModel, table=True):
    __tablename__ = "log_leaf"
    __table_args__ = _BY_KEY

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    entry: str


class LogNodeTable(SQLModel, table=True):
    __tablename__ = "log_node"
    __table_args__ = _BY_KEY

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    level: int = Field(primary_key=True)
    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LogHeadTable(SQLModel, table=True):
    __tablename__ = "log_head"

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    note: str
