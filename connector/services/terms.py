"""Terms as our people give them: clauses of the catalogue with values, a bundle, or rules as they stand; and back in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from connector.canonical import JsonObject
from connector.clock import parse_time
from connector.services.errors import Unprocessable
from policies.clauses import Blank, Clause, build_terms, filled
from policies.clauses.bundles import completed, still_open
from policies.conflicts import DataFacts, find_conflicts
from policies.errors import PolicyError
from policies.evaluate import check_terms
from policies.explain import explain_conflict, explain_policy
from policies.literals import read_time
from policies.model import Policy
from policies.parse import parse_policy
from policies.texts import TABLES

_KNOWN: Final = frozenset(
    {"purposes", "notBefore", "until", "count", "recipients", "prohibitions", "bundle", "clauses", "policy"}
)

_NAMED: Final = {
    "purpose": "purposes",
    "not-before": "notBefore",
    "until": "until",
    "count": "count",
    "recipient": "recipients",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """Terms that can be looked at before they are offered.

    Attributes:
        rules: permission, prohibition, obligation as DSP writes them.
        conflicts: what cannot stand together or does not fit the data, each in both languages.
    """

    rules: JsonObject
    conflicts: list[JsonObject]


def terms_of(terms: Mapping[str, Any], now: datetime, data: DataFacts | None = None) -> JsonObject:
    """The rules of an offer from what a person chose; unknown terms are refused by name.

    Args:
        terms: clauses by their ids (`clauses`), over a bundle or not; the most frequent ones under names of their own; or
            rules (`policy`).
        now: the last day of use must lie after it.
        data: what is known of the data set, if one is meant.

    Raises:
        Unprocessable: a term that is unknown (`term`) or impossible, blanks that are still open (`blanks`), clauses that
            contradict each other or the data (`conflicts`).
    """
    draft = draft_of(terms, now, data)
    if draft.conflicts:
        raise Unprocessable(str(draft.conflicts[0]["en"]), conflicts=draft.conflicts)
    return draft.rules


def draft_of(terms: Mapping[str, Any], now: datetime, data: DataFacts | None = None) -> Draft:
    """The same, the conflicts told and not raised.

    Raises:
        Unprocessable: a term that is unknown or impossible, blanks that are still open.
    """
    unknown = sorted(set(terms) - _KNOWN)
    if unknown:
        raise Unprocessable(
            f"the term {unknown[0]!r} is not registered; known are {', '.join(sorted(_KNOWN))}", term=unknown[0]
        )
    try:
        rules: JsonObject = dict(terms["policy"]) if "policy" in terms else _built(terms)
        policy = parse_policy({"@type": "Offer", "@id": "urn:offer", **rules})
        check_terms(policy)
    except PolicyError as error:
        raise Unprocessable(str(error), term=getattr(error, "term", None)) from None
    except (TypeError, ValueError) as error:
        raise Unprocessable(f"the terms cannot be read: {error}") from None
    if "policy" not in terms:
        _check_end(policy, now)
    return Draft(rules, conflicts_in(policy, data))


def conflicts_in(policy: Policy, data: DataFacts | None) -> list[JsonObject]:
    """What cannot stand together, as sentences in both languages, with the clauses that are in it."""
    return [
        {
            "code": c.code,
            "clauses": list(c.clause_ids),
            "en": explain_conflict(c, "en"),
            "ko": explain_conflict(c, "ko"),
        }
        for c in find_conflicts(policy, data)
    ]


def clauses_of(policy: Mapping[str, Any]) -> list[JsonObject]:
    """A policy's clauses in both languages, each with who keeps it."""
    parsed = parse_policy(dict(policy))
    korean = explain_policy(parsed, "ko")
    return [
        {
            "id": english.clause_id,
            "en": english.text,
            "ko": other.text,
            "enforcer": english.enforcer,
            "enforcerText": {"en": english.enforcer_text, "ko": other.enforcer_text},
        }
        for english, other in zip(explain_policy(parsed, "en"), korean, strict=True)
    ]


def blank_view(clause: Clause, blank: Blank) -> JsonObject:
    """A blank as a form needs it: its label, how to fill it, what can be chosen."""

    def said(key: str, other: str = "") -> JsonObject:
        return {lang: TABLES[lang].get(key) or TABLES[lang][other] for lang in ("en", "ko")}

    return {
        "name": blank.name,
        "kind": blank.kind.value,
        "many": blank.many,
        "optional": blank.optional,
        "label": said(f"blank.{clause.id}.{blank.name}", f"blank.{blank.name}"),
        "hint": said(f"kind.{blank.kind.value}"),
        "choices": [{"word": word, **said(f"choice.{clause.id}.{word}")} for word in blank.choices],
    }


def _built(terms: Mapping[str, Any]) -> JsonObject:
    choices = _choices(terms)
    open_ = still_open(choices)
    if open_:
        blanks = [{"clause": clause.id, **blank_view(clause, blank)} for clause, blank in open_]
        names = ", ".join(f"{clause.id}.{blank.name}" for clause, blank in open_)
        raise Unprocessable(f"some blanks have to be filled in: {names}", blanks=blanks)
    return build_terms(
        purposes=terms.get("purposes") or (),
        not_before=_time(terms, "notBefore"),
        until=_time(terms, "until"),
        count=terms.get("count"),
        recipients=terms.get("recipients") or (),
        prohibitions=terms.get("prohibitions") or (),
        clauses=choices,
    )


def _choices(terms: Mapping[str, Any]) -> dict[str, Any]:
    clauses = terms.get("clauses") or {}
    if not isinstance(clauses, Mapping):
        raise PolicyError("$.clauses", "an object is needed here: clause id → its blanks")
    if not terms.get("bundle"):
        return dict(clauses)
    # What is given by a name of its own stands over the bundle.
    named = {clause_id for clause_id, name in _NAMED.items() if terms.get(name)} | set(terms.get("prohibitions") or ())
    if "until" in named:
        named.add("duration")
    whole = completed(str(terms["bundle"]), clauses)
    return {clause_id: given for clause_id, given in whole.items() if clause_id in clauses or clause_id not in named}


def _check_end(policy: Policy, now: datetime) -> None:
    for clause_id in ("until", "provision-end"):
        for item in filled(policy, clause_id):
            end = read_time(item.values["time"][0])
            if end is not None and end <= now:
                raise Unprocessable("the last day of use has passed already; choose a later date")


def _time(terms: Mapping[str, Any], name: str) -> datetime | None:
    value = terms.get(name)
    if value is None:
        return None
    try:
        return parse_time(value)
    except (ValueError, TypeError):
        raise Unprocessable(f"{name} is not a date and time with a zone: {str(value)[:60]!r}", term=name) from None
