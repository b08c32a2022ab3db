"""An authority and its members in memory: real keys, real memberships, logs that live in dictionaries."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connector.audit.entries import EntryKind, entry_bytes, make_entry
from connector.audit.log import Appended, append
from connector.canonical import digest
from connector.trust.anchors import Authority as TrustedAuthority
from connector.trust.anchors import AuthorityKey, LostKey, TrustFile, WitnessKey
from connector.trust.credentials import issue_membership
from connector.trust.did import build_did_document
from connector.trust.keys import SigningKey, generate_ed25519, generate_p256
from connector.trust.status import BITS, make_bits, write_status_list
from connector.trust.status_entries import StatusEntry
from connector.trust.vc11 import VC11
from connector.trust.vc_jwt import sign_credential

Json = dict[str, Any]

NOW: Final = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""When the provider agrees; memberships began a month before."""


class MemoryLog:
    """A log that lives in a dictionary."""

    def __init__(self, origin: str, key: SigningKey) -> None:
        self.origin = origin
        self.key = key
        self.size = 0
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.note = ""

    def read(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def add(self, kind: EntryKind, commits_to: str, now: datetime, extra: Json | None = None) -> tuple[Json, Appended]:
        entry = make_entry(kind, commits_to, salt=bytes(range(16)), time=now, extra=extra)
        raw = self.key.key
        appended = append(
            entry_bytes(entry), self.size, self.read, origin=self.origin, sign=raw.sign, public_raw=raw.public.raw()
        )
        self.nodes |= {(level, index): value for level, index, value in appended.nodes}
        self.size, self.note = appended.size, appended.checkpoint_note
        return entry, appended


@dataclass
class Participant:
    """A company: its DID, its keys, its log, its membership."""

    did: str
    name: str
    token: SigningKey
    contract: SigningKey
    log_key: SigningKey
    log: MemoryLog
    membership: str | None = None

    def did_document(self) -> Json:
        keys = {"token_key": self.token, "contract_key": self.contract, "log_key": self.log_key}
        return build_did_document(self.did, **{use: key.key.public for use, key in keys.items()}, services=[])


@dataclass
class Members:
    """An authority and two members."""

    authority: str
    authority_key: SigningKey
    provider: Participant
    consumer: Participant
    witness_key: SigningKey = field(default_factory=lambda: SigningKey(generate_ed25519(), "log-1"))
    """With which the authority cosigns logs."""

    @property
    def witness_name(self) -> str:
        return self.authority.removeprefix("did:web:") + "/log"

    @property
    def list_url(self) -> str:
        """Where the authority says who is a member no more."""
        return f"https://{self.authority.removeprefix('did:web:')}/status-lists/statuslist2021"

    def entry(self, party: Participant) -> StatusEntry:
        return StatusEntry("revocation", int(digest(party.did)[-4:], 16) % BITS, self.list_url)

    def status_list(self, *revoked: Participant, **replaced: Any) -> str:
        """The authority's list, made an hour before the provider agrees."""
        key = replaced.pop("signed_by", self.authority_key)
        made: Json = {
            "url": self.list_url,
            "issuer": self.authority,
            "bits": make_bits(self.entry(party).index for party in revoked),
            "valid_from": NOW - timedelta(hours=1),
            "valid_until": NOW + timedelta(hours=47),
        }
        return sign_credential(write_status_list(VC11, **{**made, **replaced}), key, VC11)

    def trust(
        self,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
        lost: tuple[LostKey, ...] = (),
        *,
        witness_until: datetime | None = None,
    ) -> TrustFile:
        key = AuthorityKey(self.authority_key.kid, self.authority_key.key.public, valid_from, valid_until)
        witness = WitnessKey(self.witness_name, self.witness_key.key.public, witness_until)
        return TrustFile((TrustedAuthority(self.authority, (key,), lost, (witness,)),))


def make_participant(did: str, name: str) -> Participant:
    log_key = SigningKey(generate_ed25519(), f"{did}#log-1")
    origin = did.removeprefix("did:web:") + "/log"
    return Participant(
        did,
        name,
        SigningKey(generate_p256(), f"{did}#token-1"),
        SigningKey(generate_ed25519(), f"{did}#contract-1"),
        log_key,
        MemoryLog(origin, log_key),
    )


def make_members(prefix: str = "", authority: str = "did:web:authority.example", **membership: Any) -> Members:
    """An authority with two members; `membership` replaces arguments of `issue_membership` for both."""
    members = Members(
        authority,
        SigningKey(generate_p256(), f"{authority}#token-1"),
        make_participant(f"did:web:{prefix}provider.example", "Drying Works"),
        make_participant(f"did:web:{prefix}consumer.example", "Chemical Buyers"),
    )
    for party in (members.provider, members.consumer):
        party.membership = issue(members, party, **membership)
    return members


def issue(members: Members, party: Participant, **replaced: Any) -> str:
    """The authority's membership credential for a party."""
    arguments: Json = {
        "issuer_key": members.authority_key,
        "issuer": members.authority,
        "subject": party.did,
        "name": party.name,
        "contract_key": party.contract.key.public,
        "log_key": party.log_key.key.public,
        "log_origin": party.log.origin,
        "valid_from": NOW - timedelta(days=30),
        "valid_until": NOW + timedelta(days=365),
        "credential_id": f"urn:uuid:00000000-0000-4000-8000-{digest(party.did)[-12:]}",
        "status": members.entry(party),
    }
    return issue_membership(**{**arguments, **replaced})
