"""Keys of members that others may have got hold of: nothing new is taken under them, whatever time it claims."""

from connector.contracts.errors import ContractError
from connector.ports.store import UnitOfWork
from connector.trust.credentials import Membership


def check_not_lost(unit: UnitOfWork, membership: Membership | None, role: str) -> None:
    """Refuse what is signed under a membership that binds a lost key, by the word of the authority that issued it.

    Args:
        unit: where lost keys are noted (`anchor_lists.note_lost_keys`, `renewals`).
        membership: under which it is signed; None where nobody has bound a key.
        role: whose it is, `provider` or `consumer`.

    Raises:
        ContractError: `key-lost`.
    """
    if membership is None:
        return
    bound = {key.multikey() for key in (membership.contract_key, membership.log_key)}
    for lost in unit.lost_keys.find(did=membership.did, authority=membership.issuer):
        if lost.public_key in bound:
            raise ContractError("key-lost", role=role, since=lost.since, authority=lost.authority)
