"""What differs between two offers, clause by clause, in words: what was, what is asked, which side it favours."""

from collections.abc import Mapping

from connector.canonical import JsonObject
from connector.services.terms import clauses_of
from connector.texts import LANGUAGES, say
from policies.compare import Difference, differences
from policies.errors import PolicyError
from policies.explain import explain_difference, explain_side
from policies.parse import parse_policy
from policies.phrases import clause_name
from policies.vocabulary import Lang


def changes_between(before: JsonObject, after: JsonObject) -> list[JsonObject]:
    """Each clause that differs, as the management API shows it; one entry without a clause when they cannot be compared.

    `before` and `after` are policies in the form of the wire.
    """
    try:
        found = differences(parse_policy(before), parse_policy(after))
        was, asked = _by_clause(before), _by_clause(after)
    except PolicyError as error:
        told = {lang: say("desk.not_comparable", lang, problem=error) for lang in LANGUAGES}
        return [{"clause": None, "change": "unknown", "favours": "neither", "was": None, "asked": None, **told}]
    return [_change(difference, was, asked) for difference in found]


def _change(difference: Difference, was: Mapping[str, JsonObject], asked: Mapping[str, JsonObject]) -> JsonObject:
    clause = difference.clause_id
    old = None if difference.change == "added" else was.get(clause)
    new = None if difference.change == "removed" else asked.get(clause)
    return {
        "clause": clause,
        "change": difference.change,
        "favours": difference.favours,
        "was": old,
        "asked": new,
        "en": _sentence(difference, old, new, "en"),
        "ko": _sentence(difference, old, new, "ko"),
    }


def _sentence(difference: Difference, was: JsonObject | None, asked: JsonObject | None, lang: Lang) -> str:
    favours = explain_side(difference, lang)
    if (was is None and difference.change != "added") or (asked is None and difference.change != "removed"):
        return f"{explain_difference(difference, lang)}. {favours}"  # it is no clause: a rule, a profile, a property
    clause = clause_name(difference.clause_id, lang)
    return say(
        f"desk.{difference.change}",
        lang,
        clause=clause,
        was=was[lang] if was else "",
        asked=asked[lang] if asked else "",
        favours=favours,
    )


def _by_clause(policy: JsonObject) -> dict[str, JsonObject]:
    """The sentences of each clause; of what is no clause, those of all of it together."""
    found: dict[str, JsonObject] = {}
    for clause in clauses_of(policy):
        before = found.get(clause["id"])
        texts = {lang: " ".join([before[lang], clause[lang]]) if before else clause[lang] for lang in LANGUAGES}
        found[clause["id"]] = texts
    return found
