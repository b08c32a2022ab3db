"""`mmd explain`: why was this refused, and what would be decided?"""

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from connector.cli.choices import purpose_iri
from connector.cli.choose import matches, one_of, spellings
from connector.cli.moments import moment
from connector.cli.named import named_values
from connector.cli.negotiate import problem_text
from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json, ManagementClient

_STEPS = ("catalog", "negotiation", "use")


def command(
    session: Session,
    *,
    what: Annotated[str | None, Argument(metavar="ID", help="cli.explain.what")] = None,
    dataset: Annotated[str | None, Option("--dataset", metavar="ID", help="cli.explain.dataset")] = None,
    partner: Annotated[str | None, Option("--for", metavar="DID", help="cli.explain.partner")] = None,
    purpose: Annotated[str | None, Option("--purpose", metavar="PURPOSE", help="cli.explain.purpose")] = None,
    at: Annotated[str | None, Option("--at", metavar="TIME", help="cli.explain.at")] = None,
    person: Annotated[str | None, Option("--person", metavar="NAME", help="cli.explain.person")] = None,
    country: Annotated[str | None, Option("--country", metavar="CODE", help="cli.explain.country")] = None,
    affiliate_of: Annotated[
        list[str] | None, Option("--affiliate-of", metavar="DID", help="cli.explain.affiliate")
    ] = None,
    credential: Annotated[
        list[str] | None, Option("--credential", metavar="TYPE", help="cli.explain.credential")
    ] = None,
    claim: Annotated[list[str] | None, Option("--claim", metavar="NAME=VALUE", help="cli.explain.claim")] = None,
    prepaid: Annotated[bool, Option("--prepaid", help="cli.explain.prepaid")] = False,
) -> int | None:
    with session.client() as client:
        if what is not None and dataset is None and partner is None:
            return _why(session, client, what)
        if what is not None or dataset is None or partner is None:
            raise session.usage("explain_what")
        question = {
            "for": partner,
            "dataset": _dataset(session, client, dataset),
            "purpose": None if purpose is None else purpose_iri(purpose),
            "at": moment(session, "--at", at, end_of_day=False),
            "person": person,
            "country": None if country is None else country.upper(),
            "affiliateOf": affiliate_of or None,
            "credentialTypes": credential or None,
            "claims": named_values(session, claim or ()),
            "prepaid": True if prepaid else None,
        }
        found = client.what_if({name: value for name, value in question.items() if value})
    session.screen.result(found)
    _show_answer(session, found)
    return None


def _why(session: Session, client: "ManagementClient", what: str) -> int | None:
    found: list[Json] = []
    for text in spellings(what):
        found = found or client.decisions(text)
    if not found:  # a unique beginning of a contract, as everywhere else
        for contract in (one for text in spellings(what) for one in client.contracts(beginning=text, limit=2)):
            found += client.decisions(str(contract["id"]))
    told = [] if found else _told(client, what)
    session.screen.result({"decisions": found, "told": told})
    for item in told:
        session.screen.line(session.say("explain.told", id=item["id"]), "bold")
        session.screen.line(session.say("explain.why", why=problem_text(item["problem"], session.lang)))
    if not found and not told:
        session.screen.note(session.say("explain.nothing"))
    for decision in found:
        times = session.say("explain.times", times=decision["times"], last=decision["lastAt"])
        heading = session.say(f"explain.scope_{decision['scope']}", party=decision["party"], at=decision["at"])
        session.screen.line(heading + (f" {times}" if decision["times"] > 1 else ""), "bold")
        _show_reasons(session, decision["reasons"])
        session.screen.facts([(name, _text(value)) for name, value in decision["facts"].items()])
    return None


def _told(client: "ManagementClient", what: str) -> list["Json"]:
    """What the other side said when it refused us: its facts are not here, its sentence is."""
    found: list[Json] = []
    for text in spellings(what):
        for contract in client.contracts(beginning=text, limit=2):
            found += [item for item in client.contract(str(contract["id"]))["deliveries"] if item.get("problem")]
        found += [item for item in client.negotiations(beginning=text, limit=2) if item.get("problem")]
    return [{"id": item["id"], "problem": item["problem"]} for item in found]


def _show_answer(session: Session, found: "Json") -> None:
    verdict = "explain.yes" if found["permitted"] else "explain.no"
    session.screen.line(
        session.say(verdict, partner=found["for"], at=found["at"]), "green" if found["permitted"] else "red"
    )
    if not found["visible"]:
        session.screen.line(session.say("explain.invisible"))
    if found["taken"]:
        session.screen.line(session.say("explain.taken"))
    for way in [*found["offers"], *found["contracts"]]:
        name = "explain.offer" if "offer" in way else "explain.contract"
        session.screen.line(session.say(name, id=way.get("offer") or way.get("contract")), "bold")
        for step in _STEPS:
            if step in way:
                name = session.say(f"explain.step_{step}")
                session.screen.line(f"  {name}: {_outcome(session, way[step])}")
                _show_reasons(session, way[step]["reasons"])


def _outcome(session: Session, judged: "Json") -> str:
    return session.say(f"explain.outcome_{judged['outcome']}")


def _show_reasons(session: Session, reasons: list["Json"]) -> None:
    """The rule as it stands in the contract, then why it does not hold and what would have to change."""
    for reason in reasons:
        rule = reason.get("rule")
        if rule:
            session.screen.line(session.say("explain.rule", rule=rule[session.lang]))
        session.screen.line(session.say("explain.why", why=reason["why"][session.lang]))


def _dataset(session: Session, client: "ManagementClient", wanted: str) -> str:
    found = [item for item in client.datasets() if matches(str(item.get("id", "")), wanted)]
    return str(one_of(session, found, wanted, key="id", kind="dataset")["id"])


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={_text(inner)}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
