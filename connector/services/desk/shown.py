"""A decision holds for what its person was shown, and for nothing that was put on the table since."""

from connector.ports.store import UnitOfWork
from connector.protocol.negotiation import ContractNegotiation
from connector.services.desk.changes import changes_between
from connector.services.errors import Conflict
from connector.services.said import conversation, on_the_table


def check_shown(unit: UnitOfWork, negotiation: ContractNegotiation, shown: str) -> None:
    """That `shown` is the digest of what lies on the table.

    Raises:
        Conflict: it is not. `terms` is the digest of what lies there now, `changes` what is different from what was shown;
            without `changes`, that was never on this table.
    """
    now = on_the_table(negotiation)
    if shown == now:
        return
    refusal = Conflict.told("terms_changed")
    refusal.more["terms"] = now
    before = [one.offer for one in conversation(unit, negotiation) if one.terms == shown]
    if before:
        refusal.more["changes"] = changes_between(before[-1], negotiation.offer)
    raise refusal
