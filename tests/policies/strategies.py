"""Policies for properties: as values, in many spellings, and broken."""

import json
import random
from typing import Any

from hypothesis import strategies as st

from policies.model import (
    Agreement,
    AnyConstraint,
    Constraint,
    Duty,
    Extra,
    LogicalConstraint,
    Offer,
    Permission,
    Policy,
    Prohibition,
    Set,
)
from policies.vocabulary import MMD, ODRL, PURPOSE

FOREIGN = st.sampled_from(
    ["https://example.org/ns/limit", MMD + "maxRows", "odrl:nonsense", "partner", "cx-policy:Membership"]
)
TEXTS = st.text(min_size=1, max_size=8)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
EXTRAS: st.SearchStrategy[Extra] = st.dictionaries(
    st.sampled_from(["https://example.org/note", "odrl:oddity", "refinement", "comment"]), JSON_VALUES, max_size=2
).map(lambda found: tuple(sorted((name, json.dumps(value, sort_keys=True)) for name, value in found.items())))
IDS = st.none() | st.just("urn:uuid:5b1f0ff4-62d1-43c2-9b4a-54f4cfe4a2a1")


def atomic_constraints() -> st.SearchStrategy[Constraint]:
    """Any atomic constraint that a document may hold, sensible or not."""
    return st.builds(
        Constraint,
        left_operand=st.sampled_from(["purpose", "count", "dateTime", "recipient", "spatial"]) | FOREIGN,
        operator=st.sampled_from(["eq", "lteq", "isAnyOf", "isA", "hasPart"]) | FOREIGN,
        right_operand=TEXTS | st.lists(TEXTS, max_size=3).map(tuple),
        right_operand_reference=st.none() | TEXTS,
        data_type=st.none() | st.sampled_from(["xsd:integer", "https://example.org/type"]),
        unit=st.none() | TEXTS,
        status=st.none() | TEXTS,
        id=IDS,
        extra=EXTRAS,
    )


def constraints() -> st.SearchStrategy[AnyConstraint]:
    """Atomic and logical constraints."""
    return st.recursive(
        atomic_constraints(),
        lambda inner: st.builds(
            LogicalConstraint,
            operator=st.sampled_from(["and", "or", "xone", "andSequence"]),
            constraints=st.lists(inner, min_size=1, max_size=3).map(tuple),
            id=IDS,
            extra=EXTRAS,
        ),
        max_leaves=4,
    )


def _rules(kind: type[Any], **fields: Any) -> st.SearchStrategy[Any]:
    return st.builds(
        kind,
        action=st.sampled_from(["use", "distribute", "sell"]) | FOREIGN,
        constraint=st.lists(constraints(), max_size=3).map(tuple),
        id=IDS,
        extra=EXTRAS,
        **fields,
    )


DUTIES = _rules(Duty, consequence=st.lists(_rules(Duty), max_size=1).map(tuple))


def policies() -> st.SearchStrategy[Policy]:
    """Any policy that a document may hold."""
    common: dict[str, Any] = {
        "profile": st.lists(TEXTS, max_size=2).map(tuple),
        "timestamp": st.none() | TEXTS,
        "conflict": st.none() | st.sampled_from(["perm", "prohibit", "invalid", "https://example.org/strategy"]),
        "permission": st.lists(_rules(Permission, duty=st.lists(DUTIES, max_size=1).map(tuple)), max_size=2).map(tuple),
        "prohibition": st.lists(_rules(Prohibition, remedy=st.lists(DUTIES, max_size=1).map(tuple)), max_size=2).map(
            tuple
        ),
        "obligation": st.lists(DUTIES, max_size=1).map(tuple),
        "extra": EXTRAS,
    }
    free = {name: st.none() | TEXTS for name in ("id", "target", "assigner", "assignee")}
    needed = dict.fromkeys(("id", "target", "assigner", "assignee"), TEXTS)
    return st.one_of(
        st.builds(Policy, **common, **free),
        st.builds(Set, **common, **free),
        st.builds(Offer, **common, **free),
        st.builds(Agreement, **common, **needed),
    )


def respell(value: Any, dice: random.Random) -> Any:
    """The same policy in wire form, otherwise spelt: orders, lists of one, prefixes, `{"@id": …}`."""
    if isinstance(value, list):
        items = [respell(item, dice) for item in value]
        dice.shuffle(items)
        return items[0] if len(items) == 1 and dice.random() < 0.5 else items
    if not isinstance(value, dict):
        return value
    keys = list(value)
    dice.shuffle(keys)
    return {_respell_key(key, dice): _respell_value(key, value[key], dice) for key in keys}


def _respell_key(key: str, dice: random.Random) -> str:
    if key in {"permission", "prohibition", "constraint", "and", "or", "rightOperand", "leftOperand", "action"}:
        return dice.choice([key, "odrl:" + key, ODRL + key])
    return key


def _respell_value(key: str, value: Any, dice: random.Random) -> Any:
    if key in {"leftOperand", "operator", "action"} and ":" not in value.removeprefix("odrl:"):
        name = value.removeprefix("odrl:")
        return dice.choice([name, "odrl:" + name, {"@id": ODRL + name}])
    if key == "rightOperand" and isinstance(value, str):
        return dice.choice([value, [value], {"@value": value}])
    return respell(value, dice)


# --- policies that can be judged ---------------------------------------------------------------------------------------

TIMES = ["2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", "2026-11-22T09:00:00+09:00", "2026-11-23T00:00:00.000Z"]
PARTIES = ["did:web:a.example", "did:web:b.example"]
PURPOSES = [PURPOSE + "research", PURPOSE + "safety"]


def wire(left: str, operators: list[str], right: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Constraints in wire form about one operand."""
    return st.fixed_dictionaries(
        {"leftOperand": st.just(left), "operator": st.sampled_from(operators), "rightOperand": right}
    )


KNOWN_ATOMS = st.one_of(
    wire("odrl:count", ["lteq", "lt"], st.sampled_from(["1", "2", "3"])),
    wire("odrl:dateTime", ["lteq", "lt", "gt", "gteq"], st.sampled_from(TIMES)),
    wire("odrl:purpose", ["isAnyOf"], st.lists(st.sampled_from(PURPOSES), min_size=1, max_size=2)),
    wire("odrl:purpose", ["eq"], st.sampled_from(PURPOSES)),
    wire("odrl:recipient", ["isAnyOf"], st.lists(st.sampled_from(PARTIES), max_size=2)),
)
UNKNOWN_ATOMS = st.one_of(
    wire("odrl:industry", ["eq"], st.just("KR")),
    wire("odrl:count", ["isA"], st.just("2")),
    wire("odrl:count", ["lteq"], st.sampled_from(["two", "-1", "1.5"])),
    wire("odrl:dateTime", ["lteq"], st.just("2026-11-22")),
)


def wire_constraints(atoms: st.SearchStrategy[Any], operators: list[str]) -> st.SearchStrategy[Any]:
    """Constraints in wire form over these atoms."""
    return st.recursive(
        atoms,
        lambda inner: st.sampled_from(operators).flatmap(
            lambda name: st.fixed_dictionaries({name: st.lists(inner, min_size=1, max_size=3)})
        ),
        max_leaves=3,
    )


def wire_policies() -> st.SearchStrategy[dict[str, Any]]:
    """Small policies in wire form with every kind of rule, for comparison with a second evaluator."""
    constraint = wire_constraints(KNOWN_ATOMS | UNKNOWN_ATOMS, ["and", "or", "xone", "andSequence"])
    rule = st.fixed_dictionaries(
        {"action": st.sampled_from(["use", "use", "odrl:distribute", "odrl:print"])},
        optional={"constraint": st.lists(constraint, max_size=2)},
    )
    permission = st.builds(
        lambda rule, duty: {**rule, **({"duty": [{"action": "odrl:attribute"}]} if duty else {})},
        rule,
        st.sampled_from([False, False, False, True]),
    )
    return st.fixed_dictionaries(
        {"permission": st.lists(permission, max_size=2), "prohibition": st.lists(rule, max_size=2)},
        optional={"odrl:conflict": st.sampled_from(["odrl:perm", "odrl:prohibit", "odrl:invalid", "odrl:whatever"])},
    )
