"""From what a person chose to the rules of an Offer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from policies.clauses.choice import Choices, Chosen, read_choices
from policies.clauses.model import Slot, Values
from policies.clauses.registry import CLAUSES
from policies.errors import PolicyError, UnknownTerm, shown
from policies.literals import MAX_COUNT, write_time
from policies.vocabulary import PURPOSE, PURPOSE_NAMES, purpose_iri, wire_name


def build_clauses(choices: Choices, where: str = "$.clauses") -> dict[str, Any]:
    """The rules of an Offer in DSP form, from clauses by their ids with their blanks.

    Args:
        choices: see `policies.clauses.choice.Choices`.
        where: the path of the choices; errors point there.

    Returns:
        An object with `permission` and, if there are any, `prohibition` and `obligation`; no `@id`, no `target`.

    Raises:
        UnknownTerm: an id or a blank that the catalogue does not have.
        PolicyError: a blank that is empty or holds a value that it cannot hold.
    """
    return _terms(read_choices(choices, where))


def build_terms(
    *,
    purposes: Sequence[str] = (),
    not_before: datetime | None = None,
    until: datetime | None = None,
    count: int | None = None,
    recipients: Sequence[str] = (),
    prohibitions: Sequence[str] = (),
    clauses: Choices | None = None,
) -> dict[str, Any]:
    """The same, the most frequent clauses given by names of their own.

    Args:
        purposes: IRIs of `vocabulary.PURPOSE_NAMES` or their last parts; none means any purpose.
        not_before: the first moment at which data may be fetched, aware.
        until: the last one, aware; written in milliseconds, the rest is cut off.
        count: how many deliveries in all, from 1 to `literals.MAX_COUNT`.
        recipients: DIDs; none means whoever gets a contract.
        prohibitions: ids of prohibition clauses, for example `no-passing-on`.
        clauses: any clauses by their ids.

    Raises:
        UnknownTerm: a purpose, prohibition, id or blank that is in no list; it is named.
        PolicyError: a value that cannot stand there, or a clause given in both ways. Paths point into the arguments:
            `$.purposes[0]`.
    """
    named: dict[str, Any] = {
        "purpose": {"purposes": _purposes(purposes)} if purposes else None,
        "not-before": _moment(not_before, "$.notBefore"),
        "until": _moment(until, "$.until"),
        "count": {"times": _count(count)} if count is not None else None,
        "recipient": {"recipients": _recipients(recipients)} if recipients else None,
        **{key: {} for key in _prohibited(prohibitions)},
    }
    if not_before is not None and until is not None and not_before >= until:
        raise PolicyError("$.until", "it must lie after notBefore; choose a later end or an earlier start")
    given = {clause_id: values for clause_id, values in named.items() if values is not None}
    twice = sorted(given.keys() & (clauses or {}).keys())
    if twice:
        raise PolicyError(f"$.clauses.{twice[0]}", "this clause is given in two ways; keep one")
    return build_clauses({**(clauses or {}), **given})


def _terms(chosen: Iterable[Chosen]) -> dict[str, Any]:
    constraints: list[dict[str, Any]] = []
    rules: dict[str, list[dict[str, Any]]] = {"permission": [], "prohibition": [], "obligation": []}
    for item in chosen:
        parts = [part for slot in item.clause.slots if (part := _comparison(slot, item.values)) is not None]
        if item.clause.place == "constraint":
            constraints.extend(parts)
            continue
        rule: dict[str, Any] = {"action": wire_name(item.clause.action)}
        rules[item.clause.place].append({**rule, "constraint": parts} if parts else rule)
    use: dict[str, Any] = {"action": "use", **({"constraint": constraints} if constraints else {})}
    rules["permission"].insert(0, use)
    return {place: found for place, found in rules.items() if found}


def _comparison(slot: Slot, values: Values) -> dict[str, Any] | None:
    """One comparison in wire form; None when its blank was left empty."""
    texts = values.get(slot.blank, ()) if slot.blank else (slot.fixed,)
    if not texts:
        return None
    operator = slot.operators[0]
    operand = slot.operand + values[slot.named][0] if slot.named else slot.operand
    # A list where the operator speaks of several, even of one: a JSON-LD reader makes it one anyway.
    right: str | list[str] = list(texts) if operator in {"isAnyOf", "isAllOf"} else texts[0]
    return {"leftOperand": wire_name(operand), "operator": operator, "rightOperand": right}


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


def _moment(moment: Any, where: str) -> dict[str, str] | None:
    if moment is None:
        return None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise PolicyError(where, "a date and time with a time zone is needed here")
    return {"time": write_time(moment)}


def _count(count: Any) -> str:
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_COUNT:
        raise PolicyError("$.count", f"a whole number from 1 to {MAX_COUNT:,} is needed here")
    return str(count)


def _prohibited(prohibitions: Sequence[str]) -> list[str]:
    chosen = _listed(prohibitions, "$.prohibitions")
    known = [clause.id for clause in CLAUSES.values() if clause.place == "prohibition"]
    for index, clause_id in enumerate(chosen):
        if clause_id not in known:
            raise UnknownTerm(
                f"$.prohibitions[{index}]",
                clause_id,
                f"{shown(clause_id)} is no registered prohibition; choose from: {', '.join(known)}",
            )
    return chosen
