"""Which of our memberships we show: the same one to everybody, and in every contract."""

from connector.ports.store import UnitOfWork
from connector.trust.credentials import Membership, read_membership
from connector.trust.vc11 import VC11


def own_membership(unit: UnitOfWork) -> Membership | None:
    """Our newest membership; one of the data model 1.1 if we hold any.

    Some peers read no other, and refuse an answer in which one of the newer model stands beside it.
    """
    held = unit.memberships.find(own=True, revoked_at=None, profile=VC11, newest_first=True, limit=1)
    held = held or unit.memberships.find(own=True, revoked_at=None, newest_first=True, limit=1)
    return read_membership(held[0].jwt) if held else None
