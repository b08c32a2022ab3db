"""A second evaluator: as plain as possible, over wire form, sharing no code with the first.

Written from the text of the ODRL Information Model 2.2 and from the list of our operands. What cannot be judged is tried both
ways, in every combination. If the answer is always the same, that is the answer; if not, it is undetermined. This is what
three-valued logic stands for, without using any. It is slow: 2^n for n things that are not known.
"""

import itertools
from collections.abc import Iterator
from typing import Any

from policies.context import TransferContext
from tests.policies.plain_facts import Maybe, holds

WIDER = {"distribute": "use", "print": "use", "use": None, "sell": "transfer", "transfer": None}
Guesses = Iterator[bool]


def outcome(policy: dict[str, Any], context: TransferContext, action: str) -> str:
    strategy = policy.get("odrl:conflict", "odrl:invalid").removeprefix("odrl:")
    if strategy not in {"perm", "prohibit", "invalid"}:
        return "undetermined"
    answers = set()
    for guesses in itertools.product([False, True], repeat=unknown_things(policy, context)):
        answers.add(permitted(policy, context, action, strategy, iter(guesses)))
    if len(answers) == 2:
        return "undetermined"
    return "permitted" if answers.pop() else "denied"


def unknown_things(policy: dict[str, Any], context: TransferContext) -> int:
    asked = Counting()
    permitted(policy, context, "use", "invalid", asked)
    return asked.count


class Counting:
    """Counts how often a guess is needed. Every part is looked at, whatever came out before it."""

    def __init__(self) -> None:
        self.count = 0

    def __iter__(self) -> "Counting":
        return self

    def __next__(self) -> bool:
        self.count += 1
        return False


def permitted(policy: dict[str, Any], context: TransferContext, action: str, strategy: str, guesses: Guesses) -> bool:
    allowing = [
        name(rule)
        for index, rule in enumerate(policy["permission"])
        if applies(rule, context, f"$.permission[{index}]", guesses) and covers(rule, action)
    ]
    forbidding = [
        name(rule)
        for index, rule in enumerate(policy["prohibition"])
        if applies(rule, context, f"$.prohibition[{index}]", guesses) and covers(rule, action)
    ]
    if "assignee" in policy and not is_meant(policy["assignee"], context.party, guesses):
        return False
    for forbidden in forbidding:
        saved = strategy == "perm" and any(forbidden == allowed or WIDER[allowed] == forbidden for allowed in allowing)
        if not saved:
            return False
    return bool(allowing)


def applies(rule: dict[str, Any], context: TransferContext, where: str, guesses: Guesses) -> bool:
    """Whether the rule counts: about this data and party, all constraints and refinements, all duties that come before."""
    found = [constraint(part, context, guesses) for part in rule.get("constraint", [])]
    found += [constraint(part, context, guesses) for part in refinements(rule)]
    if "target" in rule:
        found.append(is_meant(rule["target"], context.asset, guesses))
    if "assignee" in rule:
        found.append(is_meant(rule["assignee"], context.party, guesses))
    duties = rule.get("duty", [])
    found += [settled(duty, context, f"{where}.duty[{index}]", guesses) for index, duty in enumerate(duties)]
    return all(found)


def settled(duty: dict[str, Any], context: TransferContext, where: str, guesses: Guesses) -> bool:
    """A duty is out of the way when it is not in force, or done; done late, when what follows from that is done too."""
    in_force = all([constraint(part, context, guesses) for part in duty.get("constraint", [])])  # noqa: C419 - each guess is used
    following = [
        settled(part, context, f"{where}.consequence[{index}]", guesses)
        for index, part in enumerate(duty.get("consequence", []))
    ]
    state = context.duties.get(duty.get("@id", where))
    done = {
        None: next(guesses) if state is None else False,
        "open": False,
        "overdue": False,
        "fulfilled": True,
        "late": all(following),
    }[state]
    return not in_force or done


def is_meant(iri: str, who: Any, guesses: Guesses) -> bool:
    if who.id == iri:
        return True
    if who.collections is None or who.id is None:
        return next(guesses)
    return iri in who.collections


def constraint(part: dict[str, Any], context: TransferContext, guesses: Guesses) -> bool:
    if "leftOperand" not in part:
        ((operator, inner),) = part.items()
        values = [constraint(item, context, guesses) for item in inner]
        if operator == "and":
            return all(values)
        if operator == "or":
            return any(values)
        if operator == "xone":
            return values.count(True) == 1
        in_order = next(guesses)
        return in_order and all(values)
    answer: Maybe = holds(part["leftOperand"], part["operator"], part["rightOperand"], context)
    return next(guesses) if answer is None else answer


def refinements(rule: dict[str, Any]) -> list[dict[str, Any]]:
    action = rule["action"]
    return list(action["refinement"]) if isinstance(action, dict) else []


def name(rule: dict[str, Any]) -> str:
    action = rule["action"]
    written = action["rdf:value"]["@id"] if isinstance(action, dict) else action
    return str(written).removeprefix("odrl:")


def covers(rule: dict[str, Any], action: str) -> bool:
    return name(rule) in {action, WIDER[action]}
