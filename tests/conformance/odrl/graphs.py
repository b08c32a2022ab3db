"""Policies, requests and states of the world in Turtle, as the suite of SolidLab writes them, as values of ours.

The engine reads JSON; this adapter walks the graph and writes it. Two things are the adapter's own: a rule without an action,
which ODRL does not allow (Information Model 2.6: a rule has one) and which the suite means as "any", is written with ODRL's two
topmost actions; and a duty whose state the world does not tell is left unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from policies import Asset, DutyState, Party, TransferContext
from policies.literals import read_time

ODRL: Final = Namespace("http://www.w3.org/ns/odrl/2/")
EX: Final = Namespace("http://example.org/")
REPORT: Final = Namespace("https://w3id.org/force/compliance-report#")
ISSUED: Final = URIRef("http://purl.org/dc/terms/issued")
NOW: Final = URIRef("http://example.com/request/currentTime")

_LOGICAL: Final = ("and", "or", "xone", "andSequence")
_STATES: Final = {"Fulfilled": DutyState.FULFILLED, "NonSet": DutyState.OPEN, "Violated": DutyState.OVERDUE}
_NAMELESS: Final = ["use", "odrl:transfer"]


def load(path: Path) -> Graph:
    """One file of the suite; nothing is fetched."""
    return Graph().parse(path, format="turtle")


def policy_of(graph: Graph) -> dict[str, Any]:
    """The one policy of a file, as compact JSON."""
    (subject,) = graph.subjects(predicate=None, object=ODRL.Set)
    written: dict[str, Any] = {"@id": str(subject), "@type": "Set"}
    for name in ("permission", "prohibition", "obligation"):
        rules = [_rule(graph, rule) for rule in graph.objects(subject, ODRL[name])]
        if rules:
            written[name] = rules
    return written


def _rule(graph: Graph, subject: Node) -> dict[str, Any]:
    written: dict[str, Any] = {"@id": str(subject)}
    actions = [_named(node) for node in graph.objects(subject, ODRL.action)]
    written["action"] = actions or _NAMELESS
    for name in ("target", "assigner", "assignee"):
        found = [str(node) for node in graph.objects(subject, ODRL[name])]
        if found:
            written[name] = found
    for name in ("duty", "remedy", "consequence"):
        duties = [_rule(graph, node) for node in graph.objects(subject, ODRL[name])]
        if duties:
            written[f"odrl:{name}"] = duties
    constraints = [_constraint(graph, node) for node in graph.objects(subject, ODRL.constraint)]
    return {**written, "constraint": constraints} if constraints else written


def _constraint(graph: Graph, subject: Node) -> dict[str, Any]:
    for operator in _LOGICAL:
        parts = [_constraint(graph, node) for node in graph.objects(subject, ODRL[operator])]
        if parts:
            return {operator: parts}
    left, operator_, right = (graph.value(subject, ODRL[name]) for name in ("leftOperand", "operator", "rightOperand"))
    assert left is not None
    assert operator_ is not None
    assert right is not None
    value = {"@value": str(right), "@type": str(right.datatype)} if isinstance(right, Literal) else str(right)
    return {"leftOperand": _named(left), "operator": _named(operator_), "rightOperand": value}


def _named(node: Node) -> str:
    return str(node)


@dataclass(frozen=True)
class Request:
    """Who wants to do what with which asset."""

    party: str
    action: str
    target: str


def request_of(graph: Graph) -> Request:
    """The one request of a file."""
    (subject,) = graph.subjects(predicate=None, object=ODRL.Permission)
    party, action, target = (graph.value(subject, ODRL[name]) for name in ("assignee", "action", "target"))
    return Request(str(party), str(action), str(target))


def context_of(world: Graph, request: Request) -> TransferContext:
    """What the state of the world says, for this request."""
    now = _moment(world)
    duties = {
        str(world.value(report, REPORT.rule)): _STATES[str(world.value(report, REPORT.deonticState)).rpartition("#")[2]]
        for report in world.subjects(predicate=None, object=REPORT.DutyReport)
    }
    return TransferContext(
        party=Party(request.party, collections=_collections(world, request.party)),
        now=now,
        agreed_at=now,
        uses=0,
        purpose=None,
        asset=Asset(request.target, collections=_collections(world, request.target)),
        duties=duties,
    )


def _moment(world: Graph) -> datetime:
    found = read_time(str(world.value(NOW, ISSUED)))
    assert found is not None
    return found


def _collections(world: Graph, iri: str) -> frozenset[str]:
    return frozenset(str(node) for node in world.objects(URIRef(iri), ODRL.partOf))


def expected_of(graph: Graph) -> Iterator[tuple[str, str]]:
    """Each rule of the expected report: its IRI, `Active` or `Inactive`."""
    for report, state in graph.subject_objects(REPORT.activationState):
        yield str(graph.value(report, REPORT.rule)), str(state).rpartition("#")[2]
