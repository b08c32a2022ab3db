"""What notices say of the agreement itself: its end, its duties, its notice period. Judged by the signed terms alone."""

from datetime import datetime

from connector.canonical import JsonObject
from connector.clock import format_time, parse_time
from connector.contracts.errors import ContractError
from connector.contracts.notices import NoticeDocument
from connector.contracts.rules import CLOCK_TOLERANCE
from connector.contracts.terms import policy_of
from connector.protocol.notices import DUTY_FULFILLED, END, WITHDRAWAL
from policies.duties import duty_named
from policies.ends import end_of, notice_period
from policies.errors import PolicyError
from policies.model import Policy


def policy_in(agreement: JsonObject) -> Policy | None:
    """The terms of an agreement; None when they cannot be read, and nothing can be said by them."""
    try:
        return policy_of(agreement)
    except PolicyError:
        return None


def check_by_terms(found: NoticeDocument, role: str, policy: Policy | None) -> None:
    """Whether what a notice says of the agreement stands in the agreement.

    Args:
        found: the notice.
        role: the side of its author.
        policy: the terms; None when they cannot be read.

    Raises:
        ContractError: it names an end that the terms do not have, or a duty that is not its author's.
    """
    notice = found.notice
    if policy is None:
        return
    if notice.kind == END:
        at, expected = parse_time(notice.content["at"]), _end(policy)
        if expected is None or format_time(at) != format_time(expected):
            shown = format_time(expected) if expected is not None else "-"
            raise ContractError("end-differs", document=found.name, found=format_time(at), expected=shown)
    elif notice.kind == DUTY_FULFILLED:
        duty = duty_named(policy, notice.content["duty"])
        if duty is None or duty.owed_by not in (role, "both"):
            raise ContractError("duty-unknown", document=found.name, duty=notice.content["duty"], role=role)


def check_notice_period(found: NoticeDocument, policy: Policy | None) -> None:
    """Whether a withdrawal takes effect no sooner than the agreement allows.

    Raises:
        ContractError: it takes effect sooner.
    """
    period = notice_period(policy) if policy is not None else None
    if found.notice.kind != WITHDRAWAL or period is None:
        return
    effective = parse_time(found.notice.content["effective"])
    try:
        earliest = period.after(found.valid_from)
    except OverflowError:
        return
    if effective < earliest - CLOCK_TOLERANCE:
        raise ContractError(
            "withdrawal-early", party=found.issuer, found=format_time(effective), earliest=format_time(earliest)
        )


def _end(policy: Policy) -> datetime | None:
    try:
        return end_of(policy, parse_time(policy.timestamp)) if policy.timestamp is not None else None
    except ValueError:
        return None
