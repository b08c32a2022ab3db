"""The filter of a CatalogRequestMessage. What is not understood is refused (400), never ignored.

Understood is a list of objects, all of which must hold:

    {"q": "drying 온도"}                        words, as in `search`
    {"keyword": "dryer"}                        a property has this value (one of its values, when it has several)
    {"dct:publisher": "did:web:example.com"}    prefixed names and whole IRIs name the same properties
    {"@type": "Criterion", "operandLeft": "dct:title", "operator": "like", "operandRight": "Dry%"}
    {"@type": "QuerySpec", "offset": 0, "limit": 50, "filterExpression": […]}      as Eclipse EDC asks

The last two are read with bare names, with `edc:`, and with whole IRIs.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from catalog.criteria import EQUAL, IN, Criterion, criterion, words
from catalog.errors import FilterError
from catalog.facts import INDEXED, MAX_INDEXED, PROPERTIES, WORDS, Facts
from catalog.reading import kind
from catalog.shapes import many, own_name

MAX_CONDITIONS: Final = 20
MAX_NUMBER: Final = 2**31 - 1
"""The largest `offset` and `limit`: the largest that EDC can write."""
_EDC: Final = ("edc:", "https://w3id.org/edc/v0.0.1/ns/")
_EDC_PROPERTIES: Final = {"name": "title", "contenttype": "mediaType", "createdAt": "issued"}
_QUERY: Final = frozenset({"offset", "limit", "sortField", "sortOrder", "filterExpression"})
_CRITERION: Final = frozenset({"operandLeft", "operator", "operandRight"})
_ABOUT: Final = frozenset({"@type", "@context"})
_ID: Final = "@id"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. Without conditions that is every Dataset, oldest first.

    Attributes:
        conditions: all of which must hold.
        offset: how many to leave out at the beginning.
        limit: how many at most; None where nothing was said.
        newest_first: in the order of publication, backwards.
    """

    conditions: tuple[Criterion, ...] = ()
    offset: int = 0
    limit: int | None = None
    newest_first: bool = False

    def holds(self, facts: Facts) -> bool:
        """Whether a Dataset with these facts is asked for."""
        return all(condition.holds(facts) for condition in self.conditions)

    @property
    def ids(self) -> tuple[str, ...] | None:
        """The only data sets that can be meant, when the filter names them."""
        named = (c.values for c in self.conditions if c.name == _ID and c.operator in (EQUAL, IN))
        return next(named, None)

    @property
    def indexed(self) -> Criterion | None:
        """A condition for which a store has an index: a property with a value that it must have."""
        for condition in self.conditions:
            exact = condition.operator == EQUAL and condition.name in INDEXED
            if exact and len(condition.values[0]) <= MAX_INDEXED:
                return condition
        return None

    @property
    def text(self) -> str:
        """Conditions and order as one text: equal for two that give the same data sets in the same order."""
        conditions = [[c.name, c.operator, *c.values] for c in self.conditions]
        return json.dumps([self.newest_first, conditions], ensure_ascii=False, separators=(",", ":"))


def parse_filter(filter_: Any) -> Query:
    """Read `CatalogRequestMessage.filter`.

    Raises:
        FilterError: it is no list of objects, or holds something that we do not understand; the path says where.
    """
    if filter_ is None:
        return Query()
    items = [filter_] if isinstance(filter_, dict) else filter_
    if not isinstance(items, list):
        raise FilterError("$.filter", f"a list is expected here, not {kind(filter_)}")
    query, specified = Query(), False
    for index, item in enumerate(items):
        where = f"$.filter[{index}]"
        if not isinstance(item, dict) or not item:
            raise FilterError(where, 'an object such as {"q": "word"} or {"keyword": "word"} is expected here')
        asked = _item(item, where)
        if isinstance(asked, Query):
            if specified:
                raise FilterError(where, "a second QuerySpec; only one can be kept to")
            query, specified = replace(asked, conditions=(*query.conditions, *asked.conditions)), True
        else:
            query = replace(query, conditions=(*query.conditions, *asked))
        if len(query.conditions) > MAX_CONDITIONS:
            raise FilterError("$.filter", f"more than {MAX_CONDITIONS} conditions; ask for less at once")
    return query


def _item(item: Mapping[str, Any], where: str) -> Query | list[Criterion]:
    named = {_edc_name(key): value for key, value in item.items()}
    kinds = {_edc_name(value) for value in many(item.get("@type")) if isinstance(value, str)}
    if "QuerySpec" in kinds or named.keys() & _QUERY:
        return _query(named, where)
    if "Criterion" in kinds or named.keys() & _CRITERION:
        return [_criterion(named, where)]
    return [_equality(key, value, where) for key, value in item.items()]


def _query(named: Mapping[str, Any], where: str) -> Query:
    _only(named, _QUERY, where)
    expression = list(_listed(named.get("filterExpression"), f"{where}.filterExpression"))
    if len(expression) > MAX_CONDITIONS:
        raise FilterError("$.filter", f"more than {MAX_CONDITIONS} conditions; ask for less at once")
    limit = _number(named.get("limit"), f"{where}.limit", least=1)
    newest = _newest_first(_plain(named.get("sortField")), _plain(named.get("sortOrder")), where)
    return Query(
        conditions=tuple(_criterion(entry, at) for entry, at in expression),
        offset=_number(named.get("offset"), f"{where}.offset", least=0) or 0,
        limit=limit,
        newest_first=newest,
    )


def _listed(value: Any, where: str) -> Iterator[tuple[dict[str, Any], str]]:
    for index, item in enumerate(many(value)):
        at = f"{where}[{index}]"
        if not isinstance(item, dict):
            raise FilterError(at, f"a Criterion is expected here, not {kind(item)}")
        yield {_edc_name(key): inner for key, inner in item.items()}, at


def _criterion(named: Mapping[str, Any], where: str) -> Criterion:
    _only(named, _CRITERION, where)
    for name in ("operandLeft", "operator", "operandRight"):
        if named.get(name) is None:
            raise FilterError(f"{where}.{name}", "this is missing; a Criterion has two operands and an operator")
    left, operator = _plain(named["operandLeft"]), _plain(named["operator"])
    if not isinstance(left, str) or not isinstance(operator, str):
        name = "operator" if isinstance(left, str) else "operandLeft"
        raise FilterError(f"{where}.{name}", f"a text is expected here, not {kind(named[name])}")
    property_ = _property(_unquoted(left), f"{where}.operandLeft")
    operator = "in" if operator.lower() == "in" else operator
    values = tuple(_text(property_, value, f"{where}.operandRight") for value in many(named["operandRight"]))
    return criterion(property_, operator, values, where)


def _equality(key: str, value: Any, where: str) -> Criterion:
    at = f"{where}.{key[:80]}"
    if key == WORDS:
        plain = _plain(value)
        if not isinstance(plain, str):
            raise FilterError(at, f"a text is expected here, not {kind(plain)}")
        return words(plain, at)
    name = _property(key, at)
    return criterion(name, EQUAL, (_text(name, value, at),), at)


def _property(key: str, where: str) -> str:
    bare = _edc_name(key)
    name = own_name(_EDC_PROPERTIES.get(bare, bare))
    if name not in PROPERTIES:
        known = ", ".join((WORDS, *PROPERTIES))
        raise FilterError(where, f"this property cannot be filtered by; known are {known}")
    return name


def _edc_name(key: str) -> str:
    for prefix in _EDC:
        if key.startswith(prefix):
            return key[len(prefix) :]
    return key


def _unquoted(left: str) -> str:
    """EDC's paths put names into quotes: `'http://purl.org/dc/terms/title'`, `'…'.'@id'`."""
    if len(left) < 3 or left[0] != "'" or left[-1] != "'":  # noqa: PLR2004
        return left
    name, _, inner = left[1:-1].partition("'.'")
    return name if inner in ("", "@id", "@value") else left


def _plain(value: Any) -> Any:
    """The value itself, out of the list of one and the `@value` or `@id` that JSON-LD may wrap it in."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value.get("@value", value.get("@id")) if isinstance(value, dict) else value


def _text(name: str, value: Any, where: str) -> str:
    plain = _plain(value)
    if name == "byteSize" and isinstance(plain, int) and not isinstance(plain, bool):
        return str(plain)
    if not isinstance(plain, str):
        raise FilterError(where, f"a text is expected here, not {kind(plain)}")
    return plain


def _number(value: Any, where: str, *, least: int) -> int | None:
    plain = _plain(value)
    if plain is None:
        return None
    if isinstance(plain, str) and plain.isascii() and plain.isdigit() and len(plain) <= 10:  # noqa: PLR2004
        plain = int(plain)
    if isinstance(plain, float) and plain.is_integer():
        plain = int(plain)
    if isinstance(plain, bool) or not isinstance(plain, int) or not least <= plain <= MAX_NUMBER:
        raise FilterError(where, f"a whole number from {least} to {MAX_NUMBER:,} is expected here")
    return plain


def _newest_first(field: Any, order: Any, where: str) -> bool:
    if order is not None and (not isinstance(order, str) or order.upper() not in ("ASC", "DESC")):
        raise FilterError(f"{where}.sortOrder", "ASC or DESC is expected here")
    if field is None:
        return False
    if not isinstance(field, str) or _property(_unquoted(field), f"{where}.sortField") != "issued":
        raise FilterError(f"{where}.sortField", "data sets are sorted by issued (their publication) and nothing else")
    return order is not None and order.upper() == "DESC"


def _only(named: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for key in named.keys() - known - _ABOUT:
        names = ", ".join(sorted(known))
        raise FilterError(f"{where}.{key[:80]}", f"this is not understood here; known are {names}")
