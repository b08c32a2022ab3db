"""`mmd rules`: what is agreed to without asking, what waits for people, what is refused, what needs two of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

from typer import Argument, Option

from connector.cli.choices import purpose_iri
from connector.cli.counter import given_clauses
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json

OUTCOMES: Final = ("agree", "wait", "refuse", "two-people")
SIDES: Final = ("provider", "consumer", "either")
CHANGES: Final = ("none", "in-our-favour", "any")
_SHOWN: Final = (
    "side", "partners", "exceptPartners", "countries", "exceptCountries", "datasets", "purposes", "only", "having", "classes", "atMost", "atLeast",
    "changes", "reason",
)  # fmt: skip
Texts = list[str] | None


def list_all(session: Session) -> int | None:
    with session.client() as client:
        found = client.rules()
    session.screen.result({"rules": found})
    if not found:
        session.screen.note(session.say("rules.none"))
    for number, rule in enumerate(found, 1):
        session.screen.line(f"{number}  {rule.get('name')}: {_outcome(session, rule)}", "bold")
        for name in _SHOWN:
            if rule.get(name):
                session.screen.line(f"   {_fact(session, name)}: {_shown(rule[name])}")
    return None


def add(
    session: Session,
    *,
    name: Annotated[str, Argument(metavar="NAME", help="cli.rules.name")],
    outcome: Annotated[str, Option("--outcome", metavar="|".join(OUTCOMES), help="cli.rules.outcome")],
    side: Annotated[str, Option("--side", metavar="|".join(SIDES), help="cli.rules.side")] = "provider",
    partner: Annotated[Texts, Option("--partner", metavar="DID", help="cli.rules.partner")] = None,
    except_partner: Annotated[Texts, Option("--except-partner", metavar="DID", help="cli.rules.except_partner")] = None,
    country: Annotated[Texts, Option("--country", metavar="CODE", help="cli.rules.country")] = None,
    except_country: Annotated[
        Texts, Option("--except-country", metavar="CODE", help="cli.rules.except_country")
    ] = None,
    dataset: Annotated[Texts, Option("--dataset", metavar="DATASET", help="cli.rules.dataset")] = None,
    purpose: Annotated[Texts, Option("--purpose", metavar="PURPOSE", help="cli.rules.purpose")] = None,
    only: Annotated[Texts, Option("--only", metavar="CLAUSE", help="cli.rules.only")] = None,
    having: Annotated[Texts, Option("--having", metavar="CLAUSE", help="cli.rules.having")] = None,
    class_: Annotated[Texts, Option("--class", metavar="E|C|P", help="cli.rules.class")] = None,
    at_most: Annotated[Texts, Option("--at-most", metavar="WHAT=BOUND", help="cli.rules.at_most")] = None,
    at_least: Annotated[Texts, Option("--at-least", metavar="WHAT=BOUND", help="cli.rules.at_least")] = None,
    changes: Annotated[str, Option("--changes", metavar="|".join(CHANGES), help="cli.rules.changes")] = "any",
    reason: Annotated[str | None, Option("--reason", metavar="TEXT", help="cli.rules.reason")] = None,
    before: Annotated[str | None, Option("--before", metavar="NAME", help="cli.rules.before")] = None,
) -> int | None:
    rule: dict[str, Any] = {
        "outcome": _one_of(session, "--outcome", outcome, OUTCOMES),
        "side": _one_of(session, "--side", side, SIDES),
        "partners": partner,
        "exceptPartners": except_partner,
        "countries": country,
        "exceptCountries": except_country,
        "datasets": dataset,
        "purposes": [purpose_iri(item) for item in purpose] if purpose else None,
        "only": only,
        "having": having,
        "classes": class_,
        "atMost": _bounds(session, at_most),
        "atLeast": _bounds(session, at_least),
        "changes": _one_of(session, "--changes", changes, CHANGES),
        "reason": reason,
        "before": before,
    }
    with session.client() as client:
        kept = client.put_rule(name, {key: value for key, value in rule.items() if value})
    session.screen.result(kept)
    session.screen.line(session.say("rules.added", name=name, outcome=_outcome(session, kept)), "green")
    return None


def remove(session: Session, name: Annotated[str, Argument(metavar="NAME", help="cli.rules.name")]) -> int | None:
    with session.client() as client:
        client.remove_rule(name)
    session.screen.result({"name": name, "removed": True})
    session.screen.line(session.say("rules.removed", name=name), "green")
    return None


def try_out(
    session: Session,
    *,
    negotiation: Annotated[str | None, Argument(metavar="NEGOTIATION", help="cli.rules.negotiation")] = None,
    side: Annotated[str, Option("--side", metavar="provider|consumer", help="cli.rules.test_side")] = "provider",
    partner: Annotated[str | None, Option("--partner", metavar="DID", help="cli.rules.test_partner")] = None,
    dataset: Annotated[str | None, Option("--dataset", metavar="DATASET", help="cli.rules.test_dataset")] = None,
    set_: Annotated[Texts, Option("--set", metavar="CLAUSE=VALUE", help="cli.counter.set")] = None,
    add: Annotated[Texts, Option("--add", metavar="CLAUSE", help="cli.counter.add")] = None,
) -> int | None:
    from connector.cli.choose import negotiation_called

    if (negotiation is None) is (partner is None or dataset is None):
        raise session.usage("what_to_test")
    with session.client() as client:
        if negotiation is not None:
            trial: dict[str, Any] = {"negotiation": negotiation_called(session, client, negotiation)["id"]}
        else:
            clauses = given_clauses(session, set_=set_, add=add)
            trial = {"side": side, "partner": partner, "dataset": dataset, "clauses": clauses}
        said = client.try_rules(trial)
    session.screen.result(said)
    _show_trial(session, said)
    return None


def _show_trial(session: Session, said: "Json") -> None:
    decides = session.say("rules.decides", name=said.get("decides") or "-", outcome=_outcome(session, said))
    session.screen.line(decides, "bold")
    if said.get("secondPerson"):
        session.screen.line(session.say("talk.two_people", rules=", ".join(said["secondPerson"])), "yellow")
    for rule in said.get("rules", []):
        mark = "✓" if rule.get("fits") else "✗"
        session.screen.line(f"{mark} {rule.get('name')}: {_outcome(session, rule)}")
        for one in rule.get("conditions", []):
            name, _, quantity = str(one.get("condition")).partition(" ")
            holds = session.say(f"rules.holds_{str(one.get('holds')).lower()}")
            session.screen.line(f"    {_fact(session, name)}{' ' * bool(quantity)}{quantity}: {holds}")


def _outcome(session: Session, rule: "Json") -> str:
    word = str(rule.get("outcome")).replace("-", "_")
    return session.say(f"rules.outcome_{word}")


def _fact(session: Session, name: str) -> str:
    return session.say(f"rules.fact_{name}")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {bound}" for name, bound in value.items())
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _bounds(session: Session, texts: Sequence[str] | None) -> dict[str, str]:
    bounds = {}
    for text in texts or ():
        name, equals, bound = text.partition("=")
        if not equals or not name or not bound:
            raise session.usage("not_a_bound", text=text)
        bounds[name] = bound
    return bounds


def _one_of(session: Session, option: str, text: str, words: Sequence[str]) -> str:
    if text not in words:
        raise session.usage("not_a_word", option=option, text=text, words=", ".join(words))
    return text


VERBS = {"list": list_all, "add": add, "remove": remove, "test": try_out}
