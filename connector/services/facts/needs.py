"""Which operands a policy speaks of: facts that nobody asks for are not looked up."""

from datetime import datetime
from typing import Final

from policies.evaluate import ready
from policies.model import Policy, constraints_of
from policies.vocabulary import MMD
from policies.windows import read_rate

FREQUENCY: Final = MMD + "frequency"
EXCLUSIVE: Final = MMD + "exclusive"
CONSENT: Final = MMD + "consent"
EXPORT_CONTROL: Final = MMD + "exportControl"
PSEUDONYM_LEVEL: Final = MMD + "pseudonymLevel"
NAMED: Final = MMD + "namedRecipients"
OF_THE_DATA: Final = frozenset({CONSENT, EXPORT_CONTROL, PSEUDONYM_LEVEL})


def operands_of(policy: Policy) -> frozenset[str]:
    """The names of the operands that a policy's constraints are about."""
    return ready(policy).operands


def values_of(policy: Policy, operand: str) -> frozenset[str]:
    """All values that a policy's constraints name for one operand."""
    found = (constraint.values for constraint in constraints_of(policy) if constraint.left_operand == operand)
    return frozenset(value for values in found for value in values)


def earliest_use(policy: Policy, now: datetime) -> datetime | None:
    """From when on uses count for the longest window of time that a policy names; None when it names none."""
    rates = [read_rate(value) for value in values_of(policy, FREQUENCY)]
    return min((rate.window.before(now) for rate in rates if rate is not None), default=None)
