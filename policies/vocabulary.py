"""The words of ODRL 2.2 and of our own vocabulary, as data.

Inside the model a term of ODRL is its local name (`purpose`); a term of anybody else is its IRI. On the wire a term that
the Dataspace Protocol's context defines is bare (`use`), another ODRL term is prefixed (`odrl:purpose`): a bare word that
the context does not define loses its meaning, silently, at a peer that reads JSON-LD.
"""

# ruff: noqa: SIM905 - word lists are easier to compare with the standard when they read like its own
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Lang: TypeAlias = Literal["ko", "en"]

ODRL: Final = "http://www.w3.org/ns/odrl/2/"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
MMD: Final = "https://w3id.org/my-manufacturing-data/v1/"
RDF_VALUE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value"
PURPOSE: Final = MMD + "purpose/"

OPERATOR_NAMES: Final = frozenset(
    {"eq", "neq", "gt", "gteq", "lt", "lteq", "isA", "hasPart", "isPartOf", "isAllOf", "isAnyOf", "isNoneOf"}
)
LOGICAL_NAMES: Final = ("and", "andSequence", "or", "xone")
LEFT_OPERAND_NAMES: Final = frozenset(
    """absolutePosition absoluteSize absoluteSpatialPosition absoluteTemporalPosition count dateTime delayPeriod
    deliveryChannel device elapsedTime event fileFormat industry language media meteredTime payAmount percentage product
    purpose recipient relativePosition relativeSize relativeSpatialPosition relativeTemporalPosition resolution spatial
    spatialCoordinates system systemDevice timeInterval unitOfCount version virtualLocation""".split()
)
INCLUDED_IN: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            """acceptTracking aggregate annotate anonymize archive attribute compensate concurrentUse delete derive
            digitize distribute ensureExclusivity execute grantUse include index inform install modify move nextPolicy
            obtainConsent play present print read reproduce reviewPolicy stream synchronize textToSpeech transform
            translate uninstall watermark""".split(),
            "use",
        ),
        "display": "play",
        "extract": "reproduce",
        "give": "transfer",
        "sell": "transfer",
        **dict.fromkeys(
            (
                MMD + name
                for name in """answerFor applySecurityMeasures endOnlyFor giveConsideration giveNotice keepConfidential
                keepModelTerms licenseBack observeContract quoteExportNumber reidentify renegotiateVersion reportRevenue
                respectDerivedOwner returnData reverseEngineer settleDisputes shareBenefit trainModel useBeyondPurpose
                warrant""".split()
            ),
            "use",
        ),
    }
)
"""Action → the action that it is a kind of (ODRL Vocabulary 2.2, `includedIn`). `use` and `transfer` are at the top."""
DEPRECATED: Final[Mapping[str, str]] = MappingProxyType(
    dict.fromkeys(("odrl:append", "odrl:appendTo", "odrl:copy", "odrl:preview", "odrl:write", "odrl:writeTo"), "use")
)
"""Actions that ODRL 2.2 no longer recommends: judged as kinds of `use`, never written."""

IMPLIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {MMD + "reidentify": ("read",), MMD + "trainModel": ("read",)}
)
"""Action → the actions without which it cannot be done: whoever forbids one of these forbids it. ODRL's own have none."""

ACTION_NAMES: Final = frozenset({"use", "transfer", *(name for name in INCLUDED_IN if ":" not in name)})
STRUCTURE_NAMES: Final = frozenset(
    """Policy Set Offer Agreement Assertion Request Ticket Privacy Rule Permission Prohibition Duty Constraint
    LogicalConstraint Action Asset Party permission prohibition obligation duty remedy consequence failure constraint
    refinement action target assigner assignee function leftOperand operator rightOperand rightOperandReference unit
    dataType status operand profile conflict perm prohibit invalid inheritFrom inheritAllowed inheritRelation uid
    hasPolicy source partOf implies includedIn""".split()
)
ODRL_TERMS: Final = OPERATOR_NAMES | LEFT_OPERAND_NAMES | ACTION_NAMES | STRUCTURE_NAMES | set(LOGICAL_NAMES)
DSP_TERMS: Final = frozenset(
    """Policy Rule profile prohibit Agreement Assertion Offer Set Asset hasPolicy target assignee assigner Action action
    Permission permission Prohibition prohibition obligation use Duty duty Constraint constraint Operator operator
    RightOperand rightOperand LeftOperand leftOperand eq gt gteq lt lteq neq isA hasPart isPartOf isAllOf isAnyOf
    isNoneOf or xone and andSequence""".split()
)
"""What the context of DSP 2025-1 defines, and what is therefore written without a prefix."""

CONFLICT_STRATEGIES: Final = frozenset({"perm", "prohibit", "invalid"})
PROFILES: Final = frozenset({ODRL + "core"})
"""The profiles we know. A policy under another profile may mean something else by the same words."""

ANNOTATIONS: Final = frozenset({"@context", MMD + "signatures"})
"""Properties beside the rules that change nothing about what is allowed."""

PURPOSE_NAMES: Final[Mapping[str, Mapping[Lang, str]]] = MappingProxyType(
    {
        PURPOSE + slug: MappingProxyType[Lang, str]({"en": english, "ko": korean})
        for slug, english, korean in (
            ("quality-prediction", "quality prediction", "품질예측"),
            ("predictive-maintenance", "predictive maintenance", "예지보전"),
            ("process-optimisation", "process optimisation", "공정최적화"),
            ("supply-chain", "supply chain", "공급망"),
            ("energy-carbon", "energy and carbon", "에너지/탄소"),
            ("safety", "safety", "안전"),
            ("research", "research", "연구"),
            ("regulatory-report", "regulatory reporting", "규제보고"),
        )
    }
)
"""The closed list of purposes: IRI → its name for people."""


@lru_cache(maxsize=1024)
def local_name(text: str) -> str:
    """The term as the model keeps it: the local name of an ODRL term, however it was spelt; anything else unchanged.

    An ODRL name that ODRL does not have stays prefixed, so that it cannot be taken for something else.
    """
    if text.startswith("odrl:"):
        name = text[len("odrl:") :]
    elif text.startswith(ODRL):
        name = text[len(ODRL) :]
    else:
        return text
    return name if name in ODRL_TERMS else f"odrl:{name}"


def wire_name(name: str) -> str:
    """The term as DSP messages write it; `local_name` reads it back."""
    return f"odrl:{name}" if name in ODRL_TERMS and name not in DSP_TERMS else name


def datatype_name(text: str) -> str:
    """An XML Schema datatype by its prefixed name (`xsd:integer`), anything else unchanged."""
    return f"xsd:{text[len(XSD) :]}" if text.startswith(XSD) else text


@lru_cache(maxsize=1024)
def action_and_wider(action: str) -> tuple[str, ...]:
    """The action, then every action that includes it, narrowest first: `extract` gives extract, reproduce, use."""
    chain = [action]
    while (wider := INCLUDED_IN.get(chain[-1]) or DEPRECATED.get(chain[-1])) is not None:
        chain.append(wider)
    return tuple(chain)


@lru_cache(maxsize=1024)
def implied_by(action: str) -> tuple[str, ...]:
    """The actions that this one cannot do without, however many steps away (ODRL Vocabulary 2.2, `implies`)."""
    found: list[str] = []
    waiting = [action]
    while waiting:
        for name in IMPLIES.get(waiting.pop(), ()):
            if name not in found and name != action:
                found.append(name)
                waiting.append(name)
    return tuple(found)


@lru_cache(maxsize=1024)
def purpose_iri(text: str) -> str:
    """The IRI of a purpose given as IRI or as the last part of one (`research`); anything unknown unchanged."""
    return PURPOSE + text if PURPOSE + text in PURPOSE_NAMES else text


def purpose_name(iri: str, lang: Lang) -> str:
    """A purpose in words; an unknown one as it stands."""
    names = PURPOSE_NAMES.get(purpose_iri(iri))
    return names[lang] if names else iri
