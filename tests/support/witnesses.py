"""Witnesses of the logs of a built contract: who cosigned which log when, as proofs and as a policy."""

from datetime import datetime, timedelta
from typing import Final

from connector.audit.checkpoint import vkey
from connector.audit.cosignature import cosign, cosigner_vkey, with_cosignatures
from connector.audit.log import prove
from connector.audit.policy import Group, write_policy
from connector.audit.proof import read_tlog_proof
from connector.trust.keys import SigningKey
from tests.support.contracts import Contract
from tests.support.members import NOW, Participant

SEEN_AT: Final = NOW + timedelta(seconds=10)
"""When the witnesses of a built contract saw it, unless a test says otherwise."""


def owner(contract: Contract, role: str) -> Participant:
    """Whose log it is."""
    return contract.members.provider if role == "provider" else contract.members.consumer


def other(contract: Contract, role: str) -> Participant:
    """The other party: a witness by its membership."""
    return owner(contract, "consumer" if role == "provider" else "provider")


def proof(contract: Contract, role: str, name: str, key: SigningKey, at: datetime = SEEN_AT) -> str:
    """The proof of R's entry in a checkpoint that this witness cosigned."""
    log = owner(contract, role).log
    held = contract.provider_proof if role == "provider" else contract.consumer_proof
    assert held is not None
    line = cosign(log.note, name, key.key.sign, key.key.public.raw(), at)
    index = read_tlog_proof(held.tlog_proof).index
    return prove(index, log.read, with_cosignatures(log.note, [line]))


def by_other(contract: Contract, role: str = "provider", at: datetime = SEEN_AT) -> str:
    """Cosigned by the other party."""
    witness = other(contract, role)
    return proof(contract, role, witness.log.origin, witness.log_key, at)


def by_authority(contract: Contract, role: str = "provider", at: datetime = SEEN_AT) -> str:
    """Cosigned by the authority."""
    return proof(contract, role, contract.members.witness_name, contract.members.witness_key, at)


def policy(contract: Contract, role: str = "provider", *, both: bool = True) -> str:
    """The policy of the log's owner: the other party, or both it and the authority."""
    log, witness, members = owner(contract, role).log, other(contract, role), contract.members
    keys = {
        "other": cosigner_vkey(witness.log.origin, witness.log_key.key.public.raw()),
        "authority": cosigner_vkey(members.witness_name, members.witness_key.key.public.raw()),
    }
    group = Group(2 if both else 1, ("other", "authority") if both else ("other",))
    return write_policy([vkey(log.origin, log.key.key.public.raw())], keys, {"needed": group}, "needed")


def witnessed(contract: Contract, role: str = "provider", at: datetime = SEEN_AT) -> Contract:
    """The same contract, seen by both in this party's log."""
    contract.witnessed[role] = [by_other(contract, role, at), by_authority(contract, role, at)]
    contract.policies[role] = policy(contract, role)
    return contract
