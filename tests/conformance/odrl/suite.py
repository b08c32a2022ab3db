"""The ODRL test suite of SolidLab (MIT): 68 cases over 21 policies, each with the activation of its rules that is expected."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from rdflib import Graph, URIRef

from policies.activation import activations
from policies.parse import parse_policy
from tests.conformance.odrl.graphs import EX, context_of, expected_of, load, policy_of, request_of

CASES: Final = 68

DISAGREEMENTS: Final[dict[str, str]] = {
    "059": "the duty is open: a duty comes before its permission (Information Model 2.6.5, and the Formal Semantics); the suite "
    "takes a permission for active until the duty is violated",
    "065": "the state of the world tells of another policy's duty, so that this one's is not known to be fulfilled",
}
"""Case → why we say otherwise."""


@dataclass(frozen=True)
class Case:
    """One case."""

    number: str
    title: str
    policy: Path
    request: Path
    world: Path
    report: Path


@dataclass(frozen=True)
class Verdict:
    """What came out for one rule."""

    rule: str
    expected: str
    found: str

    @property
    def agrees(self) -> bool:
        """Whether we say what the suite expects."""
        return self.expected == self.found


def cases(folder: Path) -> Iterator[Case]:
    """All cases below this folder, in their order."""
    where = {path.name: path for path in folder.glob("*/*.ttl")}
    index = Graph().parse(folder / "index.ttl", format="turtle")
    title = URIRef("http://purl.org/dc/terms/title")
    found = []
    for subject, name in index.subject_objects(title):
        files = [
            where[str(index.value(subject, EX[kind])).rpartition("/")[2]]
            for kind in ("policySource", "requestSource", "sotwSource", "expectedReportSource")
        ]
        found.append(Case(files[3].name[9:12], str(name), *files))
    yield from sorted(found, key=lambda case: case.number)


_graph = lru_cache(maxsize=64)(load)


def judge(case: Case) -> list[Verdict]:
    """Every rule of the case: what is expected, and what this engine says."""
    request = request_of(_graph(case.request))
    policy = parse_policy(policy_of(_graph(case.policy)))
    context = context_of(_graph(case.world), request)
    active = {found.rule.id for found in activations(policy, context, request.action) if found.state == "active"}
    return [
        Verdict(rule, expected, "Active" if rule in active else "Inactive")
        for rule, expected in expected_of(_graph(case.report))
    ]
