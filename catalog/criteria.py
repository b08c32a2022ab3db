"""One condition on one property, in the words of EDC's Criterion: left operand, operator, right operand.

A property may have several values. `!=` is the contrary of `=`; every other condition holds when it does for one value.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any, Final, TypeAlias

from catalog.errors import FilterError
from catalog.facts import PROPERTIES, WORDS, Facts, Sort
from catalog.likeness import like
from catalog.search import find_words
from policies.literals import read_time

Test: TypeAlias = Callable[[Sequence[str]], bool]
Value: TypeAlias = int | datetime | str | None

EQUAL: Final = "="
IN: Final = "in"
_ORDER: Final[Mapping[str, Callable[[Any, Any], bool]]] = {"<": lt, ">": gt, "<=": le, ">=": ge}
OPERATORS: Final = (EQUAL, "!=", IN, "like", "ilike", "contains", *_ORDER)
MAX_TEXT: Final = 500
MAX_MEMBERS: Final = 200
"""So many values may stand behind `in`."""
_EXPECTED: Final = {Sort.NUMBER: "a whole number", Sort.TIME: "a date and time with a zone"}


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition that was understood.

    Attributes:
        name: a property of `facts`, or `WORDS`.
        operator: one of `OPERATORS`; for words `=`.
        values: the right operand; one, except behind `in`.
        test: whether it holds for the values that a Dataset has.
    """

    name: str
    operator: str
    values: tuple[str, ...]
    test: Test = field(compare=False, repr=False)

    def holds(self, facts: Facts) -> bool:
        """Whether it holds for a Dataset with these facts."""
        return self.test(facts.get(self.name, ()))


def words(text: str, where: str) -> Criterion:
    """Each of these words is found somewhere, as `search` finds them.

    Raises:
        FilterError: too long.
    """
    _bounded(text, where)
    return Criterion(WORDS, EQUAL, (text,), lambda texts: find_words(texts, text))


def criterion(name: str, operator: str, values: tuple[str, ...], where: str) -> Criterion:
    """A condition on a property.

    Raises:
        FilterError: the operator is unknown, or the operand makes no sense with it or with the property.
    """
    if operator not in OPERATORS:
        known = ", ".join(OPERATORS)
        raise FilterError(f"{where}.operator", f"{operator[:40]!r} is not understood; known are {known}")
    at = f"{where}.operandRight"
    if len(values) > MAX_MEMBERS:
        raise FilterError(at, f"more than {MAX_MEMBERS} values; ask for less at once")
    if len(values) != 1 and operator != IN:
        raise FilterError(at, f"one value is expected behind {operator}, not {len(values)}")
    for value in values:
        _bounded(value, at)
    return Criterion(name, operator, values, _test(PROPERTIES[name][0], operator, values, at))


def _bounded(text: str, where: str) -> None:
    if len(text) > MAX_TEXT:
        raise FilterError(where, f"longer than {MAX_TEXT} characters; ask for less at once")


def _test(sort: Sort, operator: str, values: tuple[str, ...], where: str) -> Test:
    if operator in ("like", "ilike"):
        return _like(values[0], where, ignore_case=operator == "ilike")
    if operator == "contains" and sort is not Sort.MEMBER:
        part = values[0]
        return lambda texts: any(part in text for text in texts)
    wanted = [_read(sort, value) for value in values]
    if None in wanted:
        wrong = values[wanted.index(None)]
        raise FilterError(where, f"{_EXPECTED[sort]} is expected here, not {wrong[:80]!r}")
    if operator in _ORDER:
        return _compare(sort, _ORDER[operator], wanted[0])
    members = frozenset(wanted)
    if operator == "!=":
        return lambda texts: not any(_read(sort, text) in members for text in texts)
    return lambda texts: any(_read(sort, text) in members for text in texts)


def _like(pattern: str, where: str, *, ignore_case: bool) -> Test:
    try:
        matches = like(pattern, ignore_case=ignore_case)
    except ValueError as error:
        raise FilterError(where, f"{error}; ask in fewer") from None
    return lambda texts: any(matches(text) for text in texts)


def _compare(sort: Sort, holds: Callable[[Any, Any], bool], wanted: Value) -> Test:
    def test(texts: Sequence[str]) -> bool:
        found = (_read(sort, text) for text in texts)
        return any(value is not None and holds(value, wanted) for value in found)

    return test


def _read(sort: Sort, text: str) -> Value:
    if sort is Sort.TIME:
        return read_time(text)
    if sort is Sort.NUMBER:
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004
    return text
