"""Signing and checking contracts for our side: P, C, R and T within the transaction that needs them (decisions 5, 6-11)."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from connector.audit.checkpoint import Checkpoint, peek_checkpoint
from connector.audit.entries import entry_bytes
from connector.audit.errors import AuditError
from connector.audit.merkle import leaf_hash
from connector.audit.proof import read_tlog_proof, verify_tlog_proof
from connector.canonical import JsonObject, digest
from connector.clock import parse_time
from connector.contracts import checking
from connector.contracts.agreement import make_agreement
from connector.contracts.documents import (
    AgreementCredential,
    Authority,
    Countersignature,
    DatasetReference,
    Receipt,
    SignerException,
    read_agreement_credential,
    read_countersignature,
)
from connector.contracts.errors import ContractError
from connector.contracts.membership_status import StatusUse, check_status_use
from connector.contracts.rules import Signer
from connector.contracts.signatures import LogProof, Signatures, signatures_of, write_signatures
from connector.contracts.signing import (
    make_agreement_credential,
    make_countersignature,
    make_receipt,
    make_termination,
)
from connector.contracts.vocabulary import FIXED, SIGNATURES
from connector.ids import new_iri
from connector.ports.records import ContractRecord, PeerRecord
from connector.ports.store import UnitOfWork
from connector.protocol.messages import Message
from connector.protocol.negotiation import ContractNegotiation
from connector.services import named_lists
from connector.services.errors import Busy
from connector.services.holding import own_membership
from connector.services.identity import Identity
from connector.services.lost_keys import check_not_lost
from connector.services.shown_texts import keep_texts
from connector.trust.credentials import Membership, read_membership
from connector.trust.did import DidDocument
from connector.trust.keys import PublicKey, SigningKey
from policies import MMD

COUNTERSIGN_WITHIN: Final = timedelta(hours=24)
FINALIZE_WITHIN: Final = timedelta(hours=24)
STATUS_MAX_AGE: Final = timedelta(hours=24)
ASKED_AFRESH: Final = 3
"""How often we ask for a membership that the provider names and does not show, before its agreement is refused."""
_ASKED_AFRESH_KEPT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Party:
    """The other side of a contract: its document and membership as they are now."""

    did: str
    document: DidDocument
    membership: Membership | None

    @property
    def signer(self) -> Signer | None:
        """Whose signature we expect; None when nobody has bound a contract key to this party."""
        return Signer(self.did, self.membership.contract_key) if self.membership else None


class Contracting:
    """Makes our signatures and judges theirs. No I/O of its own: the unit of work and the time are handed in."""

    def __init__(
        self,
        identity: Identity,
        *,
        countersign_within: timedelta = COUNTERSIGN_WITHIN,
        finalize_within: timedelta = FINALIZE_WITHIN,
        status_max_age: timedelta = STATUS_MAX_AGE,
        forget: Callable[[str], None],
    ) -> None:
        """Take what it needs.

        Args:
            identity: who we are.
            countersign_within: how long the consumer has for C.
            finalize_within: how long the provider has for R.
            status_max_age: how old a status list may be by which something is signed.
            forget: drops what is remembered of a participant, so that its next message has it asked afresh.
        """
        self._me = identity
        self._forget = forget
        self._asked_afresh: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._countersign_within = countersign_within
        self._finalize_within = finalize_within
        self._status_max_age = status_max_age

    def own_membership(self, unit: UnitOfWork) -> Membership | None:
        """The membership that we show, and sign under."""
        return own_membership(unit)

    def excepted(self, unit: UnitOfWork, party: Party) -> SignerException | None:
        """The operator's exception for a peer that cannot sign. Never for one whose membership binds a contract key."""
        peer: PeerRecord | None = unit.peers.get(party.did)
        if peer is None or not peer.may_not_sign or not checking.may_except(party.membership):
            return None
        if unit.memberships.find(did=party.did, limit=1):
            # Not shown with this message, but we have seen it: this peer can sign.
            return None
        return SignerException(party.did, peer.reason or "", tuple(peer.lapses))

    def agree(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party, *, offer: JsonObject, now: datetime
    ) -> tuple[JsonObject, JsonObject]:
        """The provider's part: the agreement on these terms, and P over it.

        Raises:
            ContractError: the consumer's membership was taken back.
            Busy: whether it was cannot be found out.
            SigningSuspended: nothing is signed until log and database have been reconciled.
        """
        unit.log.check_may_sign()
        own = self.own_membership(unit)
        agreement = make_agreement(
            offer,
            agreement_id=new_iri(),
            target=negotiation.dataset,
            assigner=self._me.did,
            assignee=party.did,
            timestamp=now,
        )
        credential = make_agreement_credential(
            agreement,
            key=self._me.contract_signer(own.contract_key if own else None),
            provider_pid=negotiation.id,
            consumer_pid=negotiation.their_pid or "",
            dataset=reference_of(negotiation.described or {}),
            offer_id=str(offer["@id"]),
            authority=self._authority(provider=own, consumer=party.membership),
            countersign_before=now + self._countersign_within,
            laboratory=self._me.laboratory,
            now=now,
            exception=self.excepted(unit, party),
            status=self._look_into(unit, party.membership, now),
        )
        keep_texts(unit, agreement)
        return agreement, credential

    def check_agreement(
        self, unit: UnitOfWork, negotiation: ContractNegotiation, party: Party, message: Message, *, now: datetime
    ) -> AgreementCredential | None:
        """The consumer's part: P as it came with the agreement; None under an exception of the operator.

        Raises:
            ContractError: P is missing, or one of its rules is broken.
        """
        agreement = getattr(message, "agreement")  # noqa: B009 - ContractAgreementMessage only
        signatures = signatures_of(message.extra)
        if signatures.credential is None or party.signer is None:
            if self.excepted(unit, party) is not None:
                return None
            raise ContractError("signature-missing", missing="P")
        credential = read_agreement_credential(signatures.credential)
        authority = self._known_authority(unit, negotiation.id, credential, party)
        return checking.check_agreement_credential(
            signatures.credential,
            agreement=agreement,
            provider=_signer_named(unit, authority, party) or party.signer,
            me=self._me.did,
            expected=checking.Expected(
                provider_pid=negotiation.their_pid or getattr(message, "provider_pid"),  # noqa: B009
                consumer_pid=negotiation.id,
                offer_id=str(negotiation.offer.get("@id")),
                authority=authority,
                dataset=reference_of(negotiation.described) if negotiation.described else None,
            ),
            now=now,
        )

    def check_shown(self, negotiation: str, party: Party, record: ContractRecord) -> None:
        """That the document that we keep of the provider shows the keys of its membership; else it is asked for again.

        Raises:
            Busy: it does not, for the keys are new and our copy is old.
            ContractError: it still does not.
        """
        membership = as_in(record, party).membership
        if membership is None:
            return
        for key in (membership.contract_key, membership.log_key):
            if not party.document.shows(key, "assertionMethod"):
                if self._ask_afresh(negotiation, membership.digest):
                    self._forget(party.did)
                    raise Busy("the agreement is signed with a key that we do not know yet; send it again")
                raise ContractError("did-key", role="provider", key=key.multikey())

    def check_status(
        self, unit: UnitOfWork, document: AgreementCredential | Countersignature, record: ContractRecord
    ) -> None:
        """What the other side says that it looked into before it signed: the lists in which our own membership stands.

        Raises:
            ContractError: not those that it names, not there, too old, or they speak against us.
        """
        jwt = record.parties[record.role]["membership"]
        check_status_use(
            document.status,
            read_membership(jwt) if jwt else None,
            document=document.name,
            signed_at=document.valid_from,
            find=lambda digest: named_lists.kept(unit, digest),
        )

    def countersign(self, unit: UnitOfWork, contract: ContractRecord, now: datetime) -> JsonObject:
        """C over a checked P.

        Raises:
            ContractError: the provider's membership was taken back.
            Busy: whether it was cannot be found out.
        """
        jwt = contract.parties["provider"]["membership"]
        keep_texts(unit, contract.agreement)
        return make_countersignature(
            contract.signatures["P"],
            key=self._key_for(contract),
            finalize_before=now + self._finalize_within,
            now=now,
            status=self._look_into(unit, read_membership(jwt) if jwt else None, now),
        )

    def check_countersignature(
        self, signatures: JsonObject, party: Party, message: Message, now: datetime
    ) -> Countersignature | None:
        """The provider's part: C as it came with the verification; None where P itself excepts the consumer.

        Raises:
            ContractError: C is missing, late, or one of its rules is broken.
        """
        credential = read_agreement_credential(signatures["P"])
        found = signatures_of(message.extra)
        if found.countersignature is None or party.signer is None:
            if credential.exception is not None:
                return None
            raise ContractError("signature-missing", missing="C")
        return checking.check_countersignature(
            found.countersignature, credential=credential, consumer=party.signer, now=now
        )

    def receipt(self, contract: ContractRecord, now: datetime) -> JsonObject:
        """R over a checked C: from its commit on we are bound."""
        return make_receipt(
            contract.signatures["C"], key=self._key_for(contract), log_origin=self._me.log_origin, now=now
        )

    def binds_log_in_use(self, contract: ContractRecord) -> bool:
        """Whether our membership in a contract, if it names one, binds the log that we would name in R."""
        jwt = contract.parties[contract.role]["membership"]
        return jwt is None or read_membership(jwt).log_origin == self._me.log_origin

    def check_receipt(self, signatures: JsonObject, party: Party, found: Signatures, now: datetime) -> Receipt:
        """The consumer's part: R as it came with FINALIZED.

        Raises:
            ContractError: R is missing, late, or one of its rules is broken.
        """
        if found.receipt is None or party.signer is None or party.membership is None:
            raise ContractError("signature-missing", missing="R")
        return checking.check_receipt(
            found.receipt,
            credential=read_agreement_credential(signatures["P"]),
            countersignature=read_countersignature(signatures["C"]),
            provider=party.signer,
            log_origin=party.membership.log_origin,
            now=now,
        )

    def terminate(
        self, contract: ContractRecord, negotiation: ContractNegotiation, *, code: str, reason: str, now: datetime
    ) -> JsonObject | None:
        """T, when we have signed something: over the last signed document that we hold."""
        signatures = contract.signatures
        over = signatures.get("C") or signatures.get("P")
        if over is None or not self._signed(signatures):
            return None
        bound = contract_key_in(contract, contract.role)
        if bound is not None and self._me.signer("contract", bound) is None:
            return None  # the key was withdrawn: nobody would take a word that it signs now
        return make_termination(
            over,
            issuer=self._me.did,
            key=self._key_for(contract),
            provider_pid=negotiation.provider_pid or "",
            consumer_pid=negotiation.consumer_pid or "",
            code=code,
            reason=reason,
            now=now,
        )

    def check_termination(
        self, signatures: JsonObject, party: Party, message: Message, now: datetime
    ) -> JsonObject | None:
        """T as it came with a termination; None when there is none.

        Raises:
            ContractError: it is there, and one of its rules is broken.
        """
        found = signatures_of(message.extra).termination
        if found is None or party.signer is None or "P" not in signatures:
            return None
        countersignature = signatures.get("C")
        checking.check_termination(
            found,
            credential=read_agreement_credential(signatures["P"]),
            countersignature=read_countersignature(countersignature) if countersignature else None,
            signer=party.signer,
            now=now,
        )
        return found

    def _look_into(self, unit: UnitOfWork, membership: Membership | None, now: datetime) -> StatusUse | None:
        check_not_lost(unit, membership, "other side")
        return named_lists.look_into(unit, membership, max_age=self._status_max_age, now=now)

    def _key_for(self, contract: ContractRecord) -> SigningKey:
        """Our key for a contract: the one that the membership binds which it names, also when a newer one is in use."""
        return self._me.contract_signer(contract_key_in(contract, contract.role))

    def _signed(self, signatures: JsonObject) -> bool:
        return any(signatures.get(name, {}).get("issuer") == self._me.did for name in ("P", "C"))

    def _authority(self, *, provider: Membership | None, consumer: Membership | None) -> Authority | None:
        if provider is None or consumer is None or provider.issuer != consumer.issuer:
            return None
        return Authority(provider.issuer, provider.digest, consumer.digest)

    def _known_authority(
        self, unit: UnitOfWork, negotiation: str, credential: AgreementCredential, party: Party
    ) -> Authority | None:
        """The authority that P may name: memberships of ours, and of theirs that we have verified, old ones too.

        Raises:
            Busy: P names one of theirs that we have not seen, perhaps a renewed one: with the re-send it is asked for.
        """
        named = credential.authority
        own = self.own_membership(unit)
        if named is None or own is None or party.membership is None:
            return self._authority(provider=party.membership, consumer=own)
        ours, theirs = unit.memberships.get(named.consumer), unit.memberships.get(named.provider)
        if ours is not None and ours.own and ours.issuer == named.did:
            if theirs is not None and theirs.did == party.did and theirs.issuer == named.did:
                if theirs.revoked_at is not None:
                    raise ContractError("authority-differs", document="P")
                return named
            if theirs is None and self._ask_afresh(negotiation, str(named.provider)):
                self._forget(party.did)
                raise Busy("the agreement names a membership that we have not seen yet; send it again")
        return Authority(party.membership.issuer, party.membership.digest, own.digest)

    def _ask_afresh(self, negotiation: str, membership: str) -> bool:
        """Whether to ask again: a provider that goes on naming what it does not show is refused in the end."""
        key = (negotiation, membership)
        tries = self._asked_afresh[key] = self._asked_afresh.pop(key, 0) + 1
        if len(self._asked_afresh) > _ASKED_AFRESH_KEPT:
            self._asked_afresh.popitem(last=False)
        return tries <= ASKED_AFRESH


def _signer_named(unit: UnitOfWork, authority: Authority | None, party: Party) -> Signer | None:
    """The provider with the key that the named membership of it binds, also when it shows a newer one today."""
    record = unit.memberships.get(authority.provider) if authority is not None else None
    if record is None or record.did != party.did:
        return None
    return Signer(party.did, read_membership(record.jwt).contract_key)


def reference_of(described: Mapping[str, object]) -> DatasetReference:
    """Which data a description names: its id, fixed or living, digest and size."""
    size = described.get("dcat:byteSize")
    return DatasetReference(
        id=str(described.get("@id")),
        kind=str(described.get(MMD + "kind", FIXED)),
        digest=str(described.get(MMD + "contentDigest")),
        byte_size=int(size) if isinstance(size, str) and size.isdigit() else None,
    )


def deadline_of(contract: ContractRecord) -> str | None:
    """Until when we wait for the other side's signature; None when we do not (decision 5, 6)."""
    if "R" in contract.signatures:
        return None
    awaited, name = ("P", "countersignBefore") if contract.role == "provider" else ("C", "finalizeBefore")
    until = contract.signatures.get(awaited, {}).get("credentialSubject", {}).get(name)
    return until if isinstance(until, str) else None


def past_deadline(contract: ContractRecord, now: datetime) -> bool:
    """Whether that moment has passed."""
    until = deadline_of(contract)
    return until is not None and parse_time(until) < now


def contract_key_in(contract: ContractRecord, side: str) -> PublicKey | None:
    """The contract key that a contract's membership of this side binds; None without one."""
    jwt = contract.parties.get(side, {}).get("membership")
    return read_membership(jwt).contract_key if jwt else None


def documents_logged(contract: ContractRecord) -> JsonObject:
    """What the log keeps with a contract beside the receipt: did:web has no history, so the documents are named as they were."""
    return {
        "didDocuments": {
            side: digest(kept["document"]) for side, kept in sorted(contract.parties.items()) if kept.get("document")
        }
    }


def as_in(contract: ContractRecord, party: Party) -> Party:
    """The other side with the membership that the contract names, whichever it shows today.

    All that is signed for one contract is signed with one key of each side. A contract without memberships has no such
    key, and what the other side shows today speaks for it.
    """
    side = "consumer" if contract.role == "provider" else "provider"
    jwt = contract.parties.get(side, {}).get("membership")
    return replace(party, membership=read_membership(jwt)) if jwt else party


def carrying(signatures: Signatures) -> JsonObject:
    """The message property that carries signatures."""
    return {SIGNATURES: write_signatures(signatures)}


def check_log_proof(proof: LogProof, receipt_digest: str, membership: Membership) -> tuple[Checkpoint, str]:
    """That the other side's log holds R: the entry commits to it, and the proof leads to a checkpoint of that log.

    Returns:
        The checkpoint and its note.

    Raises:
        ContractError: one of these does not hold.
    """
    if proof.entry.get("commitsTo") != receipt_digest:
        raise ContractError("entry-of-other", found=proof.entry.get("commitsTo"), expected=receipt_digest)
    origin = membership.log_origin
    try:
        verify_tlog_proof(
            proof.tlog_proof,
            leaf_hash(entry_bytes(proof.entry)),
            origin=origin,
            verify=membership.log_key.verify,
            public_raw=membership.log_key.raw(),
        )
        note = read_tlog_proof(proof.tlog_proof).note
        return peek_checkpoint(note), note
    except AuditError as error:
        raise ContractError("log-proof", origin=origin, problem=error) from None


def digest_of_signed(document: JsonObject) -> str:
    """The digest under which later documents name this one, its proof included."""
    return digest(document)
