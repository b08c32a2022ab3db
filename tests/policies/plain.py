"""A second evaluator: as plain as possible, over wire form, sharing no code with the first.

What cannot be judged is tried both ways, in every combination. If the answer is always the same, that is the answer; if not,
it is undetermined. This is what three-valued logic stands for, without using any.
"""

import itertools
from datetime import datetime
from typing import Any

from policies.context import TransferContext

WIDER = {"distribute": "use", "print": "use", "use": None}


def outcome(policy: dict[str, Any], context: TransferContext, action: str) -> str:
    strategy = policy.get("odrl:conflict", "odrl:invalid").removeprefix("odrl:")
    if strategy not in {"perm", "prohibit", "invalid"}:
        return "undetermined"
    unknown = count_unknown(policy)
    answers = set()
    for guesses in itertools.product([False, True], repeat=unknown):
        answers.add(permitted(policy, context, action, strategy, iter(guesses)))
    if len(answers) == 2:
        return "undetermined"
    return "permitted" if answers.pop() else "denied"


def permitted(policy: dict[str, Any], context: TransferContext, action: str, strategy: str, guesses: Any) -> bool:
    allowing = []
    for rule in policy["permission"]:
        holds = all([constraint(part, context, guesses) for part in rule.get("constraint", [])])  # noqa: C419 - every guess is used up
        if "duty" in rule:
            holds = next(guesses) and holds
        if holds and covers(rule, action):
            allowing.append(name(rule))
    forbidding = []
    for rule in policy["prohibition"]:
        holds = all([constraint(part, context, guesses) for part in rule.get("constraint", [])])  # noqa: C419 - every guess is used up
        if holds and covers(rule, action):
            forbidding.append(name(rule))
    for forbidden in forbidding:
        saved = strategy == "perm" and any(forbidden == allowed or WIDER[allowed] == forbidden for allowed in allowing)
        if not saved:
            return False
    return bool(allowing)


def constraint(part: dict[str, Any], context: TransferContext, guesses: Any) -> bool:
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
    if is_unknown(part):
        return bool(next(guesses))
    left, operator, right = part["leftOperand"], part["operator"], part["rightOperand"]
    if left == "odrl:count":
        return context.uses < int(right) if operator == "lteq" else context.uses + 1 < int(right)
    if left == "odrl:dateTime":
        limit = datetime.fromisoformat(right)
        return {
            "lteq": context.now <= limit,
            "lt": context.now < limit,
            "gteq": context.now >= limit,
            "gt": context.now > limit,
        }[operator]
    value = context.purpose if left == "odrl:purpose" else context.party.id
    return value == right or (isinstance(right, list) and value in right)


def is_unknown(part: dict[str, Any]) -> bool:
    left, right = part["leftOperand"], part["rightOperand"]
    return (
        left == "odrl:industry"
        or part["operator"] == "isA"
        or (left == "odrl:count" and not right.isdigit())
        or (left == "odrl:dateTime" and "T" not in right)
    )


def count_unknown(value: Any) -> int:
    if isinstance(value, list):
        return sum(count_unknown(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = ("leftOperand" in value and is_unknown(value)) + ("andSequence" in value) + ("duty" in value)
    inner = 0 if "leftOperand" in value else sum(count_unknown(item) for key, item in value.items() if key != "duty")
    return own + inner


def name(rule: dict[str, Any]) -> str:
    return str(rule["action"]).removeprefix("odrl:")


def covers(rule: dict[str, Any], action: str) -> bool:
    return name(rule) in {action, WIDER[action]}
