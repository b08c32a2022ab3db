"""From what a person chose to the rules of an Offer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from policies.clauses.registry import CLAUSES
from policies.errors import PolicyError, UnknownTerm, shown
from policies.literals import MAX_COUNT, write_time
from policies.vocabulary import PURPOSE, PURPOSE_NAMES, purpose_iri, wire_name


def build_terms(
    *,
    purposes: Sequence[str] = (),
    not_before: datetime | None = None,
    until: datetime | None = None,
    count: int | None = None,
    recipients: Sequence[str] = (),
    prohibitions: Sequence[str] = (),
) -> dict[str, Any]:
    """The rules of an Offer in DSP form: one permission `use` with its constraints, and the prohibitions.

    Args:
        purposes: IRIs of `vocabulary.PURPOSE_NAMES` or their last parts; none means any purpose.
        not_before: the first moment at which data may be fetched, aware.
        until: the last one, aware; written in milliseconds, the rest is cut off.
        count: how many deliveries in all, from 1 to `literals.MAX_COUNT`.
        recipients: DIDs; none means whoever gets a contract.
        prohibitions: ids of prohibition clauses, for example `no-passing-on`.

    Returns:
        An object with `permission` and, if there are any, `prohibition`; no `@id`, no `target`.

    Raises:
        UnknownTerm: a purpose or prohibition that is in no list; it is named.
        PolicyError: a value that cannot stand there. Paths point into the arguments: `$.purposes[0]`.
    """
    constraints = [
        *_one_of("purpose", _purposes(purposes)),
        *_window(not_before, until),
        *_count(count),
        *_one_of("recipient", _recipients(recipients)),
    ]
    permission: dict[str, Any] = {"action": "use"}
    if constraints:
        permission["constraint"] = constraints
    terms: dict[str, Any] = {"permission": [permission]}
    if prohibitions:
        terms["prohibition"] = [{"action": wire_name(action)} for action in _prohibited(prohibitions)]
    return terms


def _constraint(clause_id: str, right: str | list[str]) -> dict[str, Any]:
    clause = CLAUSES[clause_id]
    return {
        "leftOperand": wire_name(clause.left_operand or ""),
        "operator": clause.operators[0],
        "rightOperand": right,
    }


def _one_of(clause_id: str, values: list[str]) -> list[dict[str, Any]]:
    return [_constraint(clause_id, values)] if values else []


def _listed(values: Any, where: str) -> list[str]:
    # A text is a sequence of texts too, and would become a list of letters.
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, str) and value for value in values):
        raise PolicyError(where, "a list of texts is needed here")
    return list(dict.fromkeys(values))


def _purposes(purposes: Sequence[str]) -> list[str]:
    found = []
    for index, purpose in enumerate(_listed(purposes, "$.purposes")):
        iri = purpose_iri(purpose)
        if iri not in PURPOSE_NAMES:
            known = ", ".join(name.removeprefix(PURPOSE) for name in PURPOSE_NAMES)
            raise UnknownTerm(
                f"$.purposes[{index}]", purpose, f"{shown(purpose)} is no registered purpose; choose from: {known}"
            )
        found.append(iri)
    return list(dict.fromkeys(found))


def _recipients(recipients: Sequence[str]) -> list[str]:
    found = _listed(recipients, "$.recipients")
    for index, recipient in enumerate(found):
        if not recipient.startswith("did:"):
            raise PolicyError(f"$.recipients[{index}]", f"{shown(recipient)} is no DID; give the company's did:…")
    return found


def _window(not_before: Any, until: Any) -> list[dict[str, Any]]:
    found = []
    for clause_id, name, moment in (("not-before", "notBefore", not_before), ("until", "until", until)):
        if moment is None:
            continue
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise PolicyError(f"$.{name}", "a date and time with a time zone is needed here")
        found.append(_constraint(clause_id, write_time(moment)))
    if not_before is not None and until is not None and not_before >= until:
        raise PolicyError("$.until", "it must lie after notBefore; choose a later end or an earlier start")
    return found


def _count(count: Any) -> list[dict[str, Any]]:
    if count is None:
        return []
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_COUNT:
        raise PolicyError("$.count", f"a whole number from 1 to {MAX_COUNT:,} is needed here")
    return [_constraint("count", str(count))]


def _prohibited(prohibitions: Sequence[str]) -> list[str]:
    chosen = _listed(prohibitions, "$.prohibitions")
    known = [clause.id for clause in CLAUSES.values() if clause.action]
    for index, clause_id in enumerate(chosen):
        if clause_id not in known:
            raise UnknownTerm(
                f"$.prohibitions[{index}]",
                clause_id,
                f"{shown(clause_id)} is no registered prohibition; choose from: {', '.join(known)}",
            )
    return [clause.action for clause in CLAUSES.values() if clause.action and clause.id in chosen]
