"""Terms against the data that they are about: what its card says, how it is handed out, what was promised to others."""

from collections.abc import Iterable, Iterator
from typing import Final

from policies.clauses.model import Filled
from policies.conflict import Conflict
from policies.data import CORE_TECHNOLOGY, PERSONAL, SUBCONTRACT, TRADE_SECRET, UNKNOWN, DataFacts

PSEUDONYMISED: Final = 2
"""The level from which personal data may be given away."""
HOME: Final = "KR"
_NDA: Final = (("named-people",), ("confidential",), ("purpose", "no-other-purpose"), ("delete", "return"))
"""What the non-disclosure agreement with a subcontractor has to say (Fair Subcontracting Decree, art. 7-4), by clauses."""


def find_against_data(clauses: Iterable[Filled], data: DataFacts) -> Iterator[Conflict]:
    """Where the terms and the data set do not go together."""
    found: dict[str, list[Filled]] = {}
    for item in clauses:
        found.setdefault(item.clause.id, []).append(item)
    yield from _personal(found, data)
    yield from _abroad(found, data)
    yield from _secrets(found, data)
    yield from _delivery(found, data)
    if data.promised:
        yield Conflict("promised-exclusively", ("use", "agreement"), ())
    elif data.taken and "exclusive" in found:
        yield Conflict("taken-already", ("exclusive", "agreement"), _where(found["exclusive"]))


def _personal(found: dict[str, list[Filled]], data: DataFacts) -> Iterator[Conflict]:
    facts = {"level": data.pseudonym_level}
    if PERSONAL in data.classification and data.pseudonym_level < PSEUDONYMISED:
        yield Conflict("personal-data", ("card", "anonymise"), (), facts)
    elif PERSONAL in data.classification and "no-reidentification" not in found:
        yield Conflict("reidentification-open", ("card", "no-reidentification"), (), facts)
    for item in found.get("pseudonymised", ()):
        (level,) = item.values["level"]
        if int(level) > data.pseudonym_level:
            yield Conflict("level-too-low", ("card", "pseudonymised"), (item.where,), {**facts, "wanted": level})


def _abroad(found: dict[str, list[Filled]], data: DataFacts) -> Iterator[Conflict]:
    export = data.export_control
    for item in found.get("export-control", ()):
        if export not in item.values["classes"]:
            facts = {"export": export, "classes": list(item.values["classes"])}
            yield Conflict("export-class-differs", ("card", "export-control"), (item.where,), facts)
    places = found.get("place", [])
    at_home = any(all(country.upper().startswith(HOME) for country in item.values["countries"]) for item in places)
    bound = export == UNKNOWN or (CORE_TECHNOLOGY in data.classification and export == "none")
    if bound and not at_home:
        code = "export-unknown" if export == UNKNOWN else "core-technology-abroad"
        countries = sorted({country for item in places for country in item.values["countries"]} - {HOME})
        yield Conflict(code, ("card", "place"), _where(places), {"countries": countries})


def _secrets(found: dict[str, list[Filled]], data: DataFacts) -> Iterator[Conflict]:
    if SUBCONTRACT in data.classification:
        missing = [either[0] for either in _NDA if not found.keys() & set(either)]
        if missing:
            yield Conflict("subcontract-incomplete", ("card", *missing), ())
    elif TRADE_SECRET in data.classification and "confidential" not in found:
        yield Conflict("secret-not-kept", ("card", "confidential"), ())


def _delivery(found: dict[str, list[Filled]], data: DataFacts) -> Iterator[Conflict]:
    for item in found.get("environment", ()):
        if data.delivery not in item.values["mode"]:
            facts = {"mode": item.values["mode"][0], "delivery": data.delivery}
            yield Conflict("other-delivery", ("environment", "delivery"), (item.where,), facts)


def _where(items: Iterable[Filled]) -> tuple[str, ...]:
    return tuple(item.where for item in items)
