"""Policies over every operand, and contexts in which now this and now that is not known: for comparison with `plain`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from policies.context import Asset, DutyState, Party, TransferContext
from policies.vocabulary import MMD
from tests.policies.strategies import KNOWN_ATOMS, PARTIES, PURPOSES, UNKNOWN_ATOMS, wire, wire_constraints

DIGESTS = ["sha-256:" + letter * 43 for letter in "ab"]
GROUPS = ["urn:group:a", "urn:group:b"]
DATA = ["urn:data:a", "urn:data:b"]
START = datetime(2027, 1, 31, 5, tzinfo=UTC)
MOMENTS = st.integers(0, 24 * 40).map(lambda hours: START + timedelta(hours=hours))


def some_of(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2)


OPERAND_ATOMS = st.one_of(
    wire("odrl:elapsedTime", ["lt", "lteq", "gt", "gteq"], st.sampled_from(["P1M", "P28D", "P1MT5H", "PT0H"])),
    wire(MMD + "timeOfDay", ["eq"], st.sampled_from(["08:00/18:00 Asia/Seoul", "22:00/06:00 UTC"])),
    wire(MMD + "timeOfDay", ["isAnyOf"], some_of(["00:00/05:00 UTC", "13:00/14:00 Asia/Seoul", "20:00/04:00 UTC"])),
    wire(MMD + "frequency", ["lteq"], st.sampled_from(["1/PT5H", "2/PT24H"])),
    wire(MMD + "maxRows", ["lteq"], st.sampled_from(["10", "20"])),
    wire(MMD + "maxBytes", ["lteq"], st.sampled_from(["10", "20", "many"])),
    wire(MMD + "provisionEnd", ["lteq"], MOMENTS.map(lambda moment: moment.isoformat().replace("+00:00", "Z"))),
    wire("odrl:recipient", ["neq", "eq"], st.sampled_from(PARTIES)),
    wire("odrl:recipient", ["isNoneOf"], some_of(PARTIES)),
    wire("odrl:recipient", ["isPartOf"], st.sampled_from(GROUPS)),
    wire("odrl:spatial", ["eq", "neq", "isPartOf"], st.sampled_from(["KR", "KR-26", "JP"])),
    wire("odrl:spatial", ["isAnyOf", "isNoneOf"], some_of(["KR", "KR-26", "JP"])),
    wire(MMD + "affiliateOf", ["eq"], st.sampled_from(PARTIES)),
    wire(MMD + "affiliateOf", ["isAnyOf"], some_of(PARTIES)),
    wire(MMD + "namedRecipients", ["eq"], st.sampled_from(DIGESTS)),
    wire(MMD + "credentialType", ["eq"], st.sampled_from(["A", "B"])),
    wire(MMD + "credentialType", ["isAnyOf", "isAllOf"], some_of(["A", "B"])),
    wire(MMD + "claim/level", ["eq", "neq"], st.sampled_from(["1", "2"])),
    wire(MMD + "claim/roles", ["isAnyOf", "isAllOf", "isNoneOf"], some_of(["lab", "office"])),
    wire(MMD + "exportControl", ["eq"], st.sampled_from(["none", "reported"])),
    wire(MMD + "pseudonymLevel", ["gteq"], st.sampled_from(["1", "2"])),
    wire(MMD + "consent", ["eq"], st.sampled_from(DIGESTS)),
    wire(MMD + "environment", ["eq"], st.sampled_from(["fileDelivery", "cleanRoom"])),
    wire(MMD + "exclusive", ["eq"], st.just("true")),
    wire(MMD + "prepaid", ["eq"], st.just("true")),
)
ATOMS = OPERAND_ATOMS | OPERAND_ATOMS | KNOWN_ATOMS | UNKNOWN_ATOMS


def _some(values: list[str]) -> st.SearchStrategy[frozenset[str] | None]:
    return st.none() | st.frozensets(st.sampled_from(values))


CONTEXTS: st.SearchStrategy[TransferContext] = st.builds(
    TransferContext,
    party=st.builds(
        Party,
        id=st.sampled_from(PARTIES),
        claims=st.fixed_dictionaries(
            {},
            optional={"level": st.sampled_from(["1", "2", 1]), "roles": st.sampled_from([("lab",), ("lab", "office")])},
        ),
        credential_types=_some(["A", "B"]),
        country=st.none() | st.sampled_from(["KR", "KR-26", "JP"]),
        affiliate_of=_some(PARTIES),
        collections=_some(GROUPS),
    ),
    now=MOMENTS,
    agreed_at=st.just(START),
    uses=st.integers(0, 3),
    purpose=st.none() | st.sampled_from(PURPOSES),
    person=st.none() | st.sampled_from(["kim", "lee"]),
    asset=st.builds(
        Asset,
        id=st.none() | st.sampled_from(DATA),
        collections=_some(GROUPS),
        export_control=st.none() | st.sampled_from(["none", "reported"]),
        pseudonym_level=st.none() | st.integers(0, 3),
        consents=_some(DIGESTS),
    ),
    used_at=st.none() | st.lists(MOMENTS, max_size=3).map(tuple),
    rows=st.none() | st.sampled_from([10, 11, 20]),
    size=st.none() | st.sampled_from([10, 11, 20]),
    named=st.none() | st.dictionaries(st.sampled_from(DIGESTS), st.frozensets(st.sampled_from(["kim", "lee"]))),
    environment=st.none() | st.sampled_from(["fileDelivery", "cleanRoom"]),
    exclusive=st.none() | st.booleans(),
    prepaid=st.none() | st.booleans(),
    duties=st.dictionaries(
        st.sampled_from(["$.permission[0].duty[0]", "$.permission[0].duty[0].consequence[0]", "urn:duty:1"]),
        st.sampled_from(list(DutyState)),
    ),
)
CONSTRAINTS = wire_constraints(ATOMS, ["and", "or", "xone", "andSequence"])


def _duties(inner: bool) -> st.SearchStrategy[dict[str, Any]]:
    optional: dict[str, st.SearchStrategy[Any]] = {"constraint": st.lists(ATOMS, min_size=1, max_size=1)}
    if inner:
        optional["consequence"] = st.lists(_duties(False), min_size=1, max_size=1)
    else:
        optional["@id"] = st.just("urn:duty:1")
    return st.fixed_dictionaries({"action": st.just("odrl:compensate")}, optional=optional)


def _refined(parts: list[Any]) -> dict[str, Any]:
    return {"rdf:value": {"@id": "odrl:print"}, "refinement": parts}


def _rules(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    plain = st.sampled_from(["use", "use", "use", "odrl:distribute", "odrl:print", "odrl:sell"])
    return st.fixed_dictionaries(
        {"action": plain | st.lists(ATOMS, min_size=1, max_size=1).map(_refined)},
        optional={
            "constraint": st.lists(CONSTRAINTS, max_size=2),
            "target": st.sampled_from([*DATA, *GROUPS]),
            "assignee": st.sampled_from([*PARTIES, *GROUPS]),
            **optional,
        },
    )


POLICIES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "permission": st.lists(_rules(duty=st.lists(_duties(True), min_size=1, max_size=1)), min_size=1, max_size=2),
        "prohibition": st.lists(_rules(), max_size=1),
    },
    optional={
        "odrl:conflict": st.sampled_from(["odrl:perm", "odrl:prohibit", "odrl:invalid"]),
        "assignee": st.sampled_from([*PARTIES, *GROUPS]),
    },
)
