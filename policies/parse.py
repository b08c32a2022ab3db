"""Compact JSON ⇄ model.

Reading is patient with spelling (bare, `odrl:` and full names; one value where a list is due; `{"@id": …}` and
`{"@value": …}` where a text is due: what JSON-LD peers send), strict with types, and bounded. It does not ask whether a
term is known: `policies.evaluate.check_terms` does, on the same value. A rule of several actions is read as several rules.
"""

import itertools
import json
import marshal
import math
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from policies.bounds import MAX_CONSTRAINTS, MAX_NODES, MAX_RULES, check_bounds, step
from policies.errors import PolicyError, shown
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
    Rule,
    Set,
)
from policies.values import (
    kind_of,
    read_action,
    read_operator,
    read_parties,
    read_right,
    read_term,
    read_text,
    read_texts,
    read_type,
)
from policies.vocabulary import LOGICAL_NAMES, datatype_name, local_name
from policies.write import write_policy

__all__ = ["parse_policy", "write_policy"]

_Fields: TypeAlias = dict[str, tuple[Any, str]]
_T = TypeVar("_T")

_POLICY_TYPES: Final = {"Set": Set, "Offer": Offer, "Agreement": Agreement}
_NAMED: Final = ("target", "assigner", "assignee")
_CONSTRAINT_TYPES: Final = frozenset({"Constraint", "AtomicConstraint", "LogicalConstraint"})
_MOST_KEPT: Final = 256
"""Policies that are remembered by their content: one negotiation reads the same terms eight times."""
_KEPT_UP_TO: Final = 8 * 1024
"""The largest policy that is remembered, in bytes."""
_KEPT: Final[dict[tuple[str, bytes], Policy]] = {}


def parse_policy(data: dict[str, Any], *, where: str = "$") -> Policy:
    """Read a Set, an Offer, an Agreement, or bare rules (no `@type`).

    Args:
        data: the compact JSON object, as DSP 2025-1 writes it.
        where: the JSON path of `data` in the document that it was taken from; errors point into that document.

    Raises:
        PolicyError: not a policy; too deep (`bounds.MAX_DEPTH`), too large (`bounds.MAX_CONSTRAINTS` constraints); a
            value of the wrong type; an Agreement without `@id`, or without `target`, `assigner` or `assignee` of its own
            and in each of its rules.
    """
    check_bounds(data, where)  # first: what goes round in a circle would be written as bytes for ever
    key = _key_of(data, where)
    if key is None:
        return _Reader().policy(data, where)
    found = _KEPT.get(key)
    if found is None:
        found = _Reader().policy(data, where)
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = found
    return found


def _key_of(data: dict[str, Any], where: str) -> tuple[str, bytes] | None:
    """The content of a small policy as bytes, in the order of its keys; None for what is large or no JSON."""
    try:
        # Version 0 has no references to equal texts: the same content always gives the same bytes.
        content = marshal.dumps(data, 0)
    except ValueError:
        return None
    return (where, content) if len(content) <= _KEPT_UP_TO else None


class _Reader:
    """One reading of one document; it counts the rules, the constraints and the values that these compare with."""

    def __init__(self) -> None:
        self.constraints = 0
        self.rules = 0
        self.values = 0

    def policy(self, data: Any, where: str) -> Policy:
        fields = _fields(data, where)
        type_ = _take(fields, "@type", read_type)
        # A type we do not know stays in `extra`: kept, and refused by check_terms with its name.
        kind: type[Policy] = Policy if type_ is None else _POLICY_TYPES.get(type_, Policy)
        unknown_type: Extra = () if type_ is None or type_ in _POLICY_TYPES else (("@type", json.dumps(type_)),)
        permission = self._rules(fields, "permission", self.permission)
        prohibition = self._rules(fields, "prohibition", self.prohibition)
        obligation = self._rules(fields, "obligation", self.duty)
        rules = (*permission, *prohibition, *obligation)
        named = {name: _take(fields, name, read_text) for name in _NAMED}
        if kind is Agreement:
            named = {name: value or _of_all(name, rules) for name, value in named.items()}
            if "@id" not in fields:
                raise PolicyError(where, "an Agreement needs '@id'")
            for name in _NAMED:
                if named[name] is None and not _each_says(name, rules):
                    raise PolicyError(where, f"an Agreement needs {name!r}")
        return kind(
            id=_take(fields, "@id", read_text),
            profile=_take(fields, "profile", read_texts) or (),
            timestamp=_take(fields, "timestamp", read_text),
            conflict=_take(fields, "conflict", read_term),
            permission=permission,
            prohibition=prohibition,
            obligation=obligation,
            **named,
            extra=tuple(sorted(unknown_type + _extra(fields))),
        )

    def permission(self, data: Any, where: str) -> tuple[Permission, ...]:
        fields = _fields(data, where, {"Permission", "Rule"})
        before = self._counted()
        duty = self._rules(fields, "duty", self.duty)
        return tuple(Permission(duty=duty, **rule) for rule in self._rule(fields, where, before))

    def prohibition(self, data: Any, where: str) -> tuple[Prohibition, ...]:
        fields = _fields(data, where, {"Prohibition", "Rule"})
        before = self._counted()
        remedy = self._rules(fields, "remedy", self.duty)
        return tuple(Prohibition(remedy=remedy, **rule) for rule in self._rule(fields, where, before))

    def duty(self, data: Any, where: str) -> tuple[Duty, ...]:
        fields = _fields(data, where, {"Duty", "Rule"})
        before = self._counted()
        consequence = self._rules(fields, "consequence", self.duty)
        return tuple(Duty(consequence=consequence, **rule) for rule in self._rule(fields, where, before))

    def _counted(self) -> tuple[int, int, int]:
        return self.rules, self.constraints, self.values

    def _rule(self, fields: _Fields, where: str, before: tuple[int, int, int]) -> list[dict[str, Any]]:
        """What rules have in common; several actions, targets or parties in one are as many rules (ODRL 2.7.1).

        Each of them has the duties, constraints and values that were read since `before`, so they count as often.
        """
        if "action" not in fields:
            raise PolicyError(where, "a rule needs an 'action'")
        actions = self._actions(*fields.pop("action"))
        named = {name: _parties(fields, name) for name in _NAMED}
        common = {
            "constraint": self._each(fields, "constraint", self.constraint),
            "id": _take(fields, "@id", read_text),
            "extra": _extra(fields),
        }
        count = len(actions) * math.prod(map(len, named.values()))
        self.rules += count + (count - 1) * (self.rules - before[0])
        self.constraints += (count - 1) * (self.constraints - before[1])
        self.values += (count - 1) * (self.values - before[2])
        # Before they are made: a few thousand names can be more rules than any memory holds.
        if self.rules > MAX_RULES:
            raise PolicyError(where, f"more than {MAX_RULES:,} rules in one policy; write a smaller one")
        if self.constraints > MAX_CONSTRAINTS:
            raise PolicyError(where, f"more than {MAX_CONSTRAINTS:,} constraints in one policy; write a smaller one")
        if self.values > MAX_NODES:
            raise PolicyError(where, f"more than {MAX_NODES:,} values in one policy; write a smaller one")
        return [
            {"action": action[0], "refinement": action[1], **dict(zip(named, parties, strict=True)), **common}
            for action, parties in itertools.product(actions, itertools.product(*named.values()))
        ]

    def _actions(self, value: Any, where: str) -> list[tuple[str, tuple[AnyConstraint, ...]]]:
        several = isinstance(value, list)
        found = []
        for index, item in enumerate(value if several else [value]):
            place = where + step(index) if several else where
            action, refinement = read_action(item, place)
            parts = {} if refinement is None else {"refinement": (refinement, f"{place}.refinement")}
            found.append((action, self._each(parts, "refinement", self.constraint)))
        if not found:
            raise PolicyError(where, "a rule needs an 'action'")
        return found

    def _rules(self, fields: _Fields, name: str, read: Callable[[Any, str], tuple[_T, ...]]) -> tuple[_T, ...]:
        return tuple(itertools.chain.from_iterable(self._each(fields, name, read)))

    def constraint(self, data: Any, where: str) -> AnyConstraint:
        self.constraints += 1
        if self.constraints > MAX_CONSTRAINTS:
            raise PolicyError(where, f"more than {MAX_CONSTRAINTS:,} constraints in one policy; write a smaller one")
        fields = _fields(data, where, _CONSTRAINT_TYPES)
        logical = [name for name in LOGICAL_NAMES if name in fields]
        if not logical:
            found = _atomic(fields, where)
            self.values += len(found.values)
            return found
        if len(logical) > 1 or "leftOperand" in fields:
            raise PolicyError(
                where, "a constraint is either one comparison or one of 'and', 'or', 'xone', 'andSequence'"
            )
        name = logical[0]
        parts = self._each(fields, name, self.constraint)
        if not parts:
            # An empty `and` would hold always: nobody means that.
            raise PolicyError(where, f"{name!r} joins no constraints")
        return LogicalConstraint(
            operator=name, constraints=parts, id=_take(fields, "@id", read_text), extra=_extra(fields)
        )

    def _each(self, fields: _Fields, name: str, read: Callable[[Any, str], _T]) -> tuple[_T, ...]:
        if name not in fields:
            return ()
        value, where = fields.pop(name)
        if isinstance(value, list):
            return tuple(read(item, where + step(index)) for index, item in enumerate(value))
        return (read(value, where),)


def _atomic(fields: _Fields, where: str) -> Constraint:
    for name in ("leftOperand", "operator"):
        if name not in fields:
            raise PolicyError(where, f"a constraint needs a {name!r}")
    right = _take(fields, "rightOperand", read_right)
    reference = _take(fields, "rightOperandReference", read_text)
    if right is None and reference is None:
        raise PolicyError(where, "a constraint needs a 'rightOperand'")
    value, typed = right or (None, None)
    data_type = _take(fields, "dataType", read_text)
    data_type = datatype_name(data_type) if data_type else typed
    if typed and typed != data_type:
        raise PolicyError(where, f"the value has the type {shown(typed)}, the constraint says {shown(data_type)}")
    return Constraint(
        left_operand=_take(fields, "leftOperand", read_term) or "",
        operator=_take(fields, "operator", read_operator) or "",
        right_operand=value,
        right_operand_reference=reference,
        data_type=data_type,
        unit=_take(fields, "unit", read_text),
        status=_take(fields, "status", read_text),
        id=_take(fields, "@id", read_text),
        extra=_extra(fields),
    )


def _fields(data: Any, where: str, types: frozenset[str] | set[str] | None = None) -> _Fields:
    """The properties under their normal names, each with its path; a `@type` out of `types` says nothing new."""
    if not isinstance(data, dict):
        raise PolicyError(where, f"an object is needed here, not {kind_of(data)}")
    fields: _Fields = {}
    for key, value in data.items():
        name = local_name(key)
        name = "@id" if name == "uid" else name
        if name in fields:
            raise PolicyError(where + step(key), f"{shown(name)} is given twice, under two spellings")
        fields[name] = (value, where + step(key))
    if types and "@type" in fields and read_type(*fields["@type"]) in types:
        del fields["@type"]
    return fields


def _of_all(name: str, rules: Sequence[Rule]) -> str | None:
    """The one target or party that every rule names by itself: it is that of the policy as well (ODRL 2.7.2)."""
    found = {getattr(rule, name) for rule in rules}
    return found.pop() if len(found) == 1 else None


def _each_says(name: str, rules: Sequence[Rule]) -> bool:
    """Whether every rule says something about it, named or described."""
    return bool(rules) and all(getattr(rule, name) is not None or name in dict(rule.extra) for rule in rules)


def _parties(fields: _Fields, name: str) -> tuple[str | None, ...]:
    """The IRIs of a rule's own target or parties; what is described instead of named stays where it is."""
    if name not in fields:
        return (None,)
    found = read_parties(*fields[name])
    if not found or None in found:
        return (None,)
    del fields[name]
    return found


def _take(fields: _Fields, name: str, read: Callable[[Any, str], _T]) -> _T | None:
    return read(*fields.pop(name)) if name in fields else None


def _extra(fields: _Fields) -> Extra:
    # ASCII escapes keep even a lone surrogate, which no UTF-8 could.
    return tuple(sorted((name, json.dumps(value, sort_keys=True)) for name, (value, _) in fields.items()))
