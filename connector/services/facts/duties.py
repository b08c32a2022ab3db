"""How far the duties of a contract are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from connector.clock import parse_time
from connector.ports.records import ContractRecord, DutyRecord
from connector.ports.store import UnitOfWork
from policies.context import DutyState

OPEN, STANDING, FULFILLED = "open", "standing", "fulfilled"
"""A duty with a date, or one that gets it at the end; one that never has a date; one that is done."""
_FROM_BEST_TO_WORST: Final = (DutyState.FULFILLED, DutyState.LATE, DutyState.OPEN, DutyState.OVERDUE)


def is_overdue(duty: DutyRecord, now: datetime) -> bool:
    """Whether its day has passed and it is not done."""
    return duty.state == OPEN and duty.due is not None and parse_time(duty.due) < now


def duty_states(unit: UnitOfWork, contract: ContractRecord, now: datetime) -> Mapping[str, DutyState]:
    """How far the obligations of an agreement are, by their JSON path in the policy; of several turns the worst counts."""
    found: dict[str, DutyState] = {}
    for duty in unit.duties.find(contract=contract.id):
        state = _state_of(duty, now)
        found[duty.place] = max(found.get(duty.place, state), state, key=_FROM_BEST_TO_WORST.index)
    return found


def _state_of(duty: DutyRecord, now: datetime) -> DutyState:
    if duty.state == FULFILLED:
        late = duty.due is not None and duty.fulfilled_at is not None and duty.fulfilled_at > duty.due
        return DutyState.LATE if late else DutyState.FULFILLED
    return DutyState.OVERDUE if is_overdue(duty, now) else DutyState.OPEN
