"""What has been kept long enough goes; what an open process, a contract that stands or a count in dispute needs never does."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.clock import format_time
from connector.ports.records import (
    Act,
    ContractRecord,
    DecisionRecord,
    DeliveryRecord,
    DutyRecord,
    MessageRecord,
    NoticeRecord,
    OfferRecord,
    OutboxRow,
    PeopleRecord,
    UploadRecord,
)
from connector.ports.store import SigningSuspended
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation, NegotiationState
from connector.protocol.transfer import TransferProcess, TransferState
from connector.services.retention.kinds import KINDS, read_keep_days
from connector.services.retention.service import Retention
from connector.services.retention.sweeps import (
    Acts,
    Contracts,
    DecisionSweep,
    DeliverySweep,
    NegotiationSweep,
    OfferSweep,
    People,
    TransferSweep,
    Uploads,
)
from connector.store.unit_of_work import SqlStore
from tests.ports.places import Place
from tests.ports.samples import sample
from tests.support.clock import NOON

pytestmark = pytest.mark.anyio
OWNER = Act(at=format_time(NOON), name="Kim", role="owner", act="retention", object="", person="Kim")
LONG = 12 * 365
EVERYTHING = ["contracts=3653", "received=0"]


def ago(days: float) -> str:
    return format_time(NOON - timedelta(days=days))


def retention_on(place: Place, store: SqlStore, folder: Path, *said: str, disputed: Sequence[str] = ()) -> Retention:
    async def nothing(*_: Any, **__: Any) -> Any:
        raise AssertionError("nothing was received here")

    return Retention(
        store=store,
        clock=place.clock,
        keeping=read_keep_days(said, {"transcripts": 30, "answers": 30}),
        sweeps=[
            Uploads(folder),
            NegotiationSweep(),
            TransferSweep(),
            DeliverySweep(),
            OfferSweep(),
            DecisionSweep(),
            People(),
            Acts(),
            Contracts(lambda _, contract: contract.id in disputed),
        ],
        delete_received=nothing,
    )


def negotiation(name: str, **how: Any) -> ContractNegotiation:
    values: dict[str, Any] = {
        "role": Role.PROVIDER,
        "their_pid": f"theirs {name}",
        "state": NegotiationState.TERMINATED,
        "pending": (),
        "agreement": None,
        "offered_by": Role.CONSUMER,
        "updated_at": ago(LONG),
        "created_at": ago(LONG),
    }
    return sample(ContractNegotiation, 1, id=name, **{**values, **how})  # type: ignore[no-any-return]


def transfer(name: str, contract: str, **how: Any) -> TransferProcess:
    values: dict[str, Any] = {
        "role": Role.PROVIDER,
        "their_pid": f"theirs {name}",
        "state": TransferState.COMPLETED,
        "pending": (),
        "updated_at": ago(LONG),
        "created_at": ago(LONG),
    }
    return sample(TransferProcess, 1, id=name, agreement=contract, **{**values, **how})  # type: ignore[no-any-return]


def contract(name: str, **how: Any) -> ContractRecord:
    values: dict[str, Any] = {
        "negotiation": f"negotiation of {name}",
        "withdrawn_at": ago(LONG),
        "terminated_at": None,
        "ended_at": None,
        "problem": None,
        "held": None,
        "people": None,
        "agreement": {"@id": name},
        "created_at": ago(LONG),
    }
    return sample(ContractRecord, 1, id=name, **{**values, **how})  # type: ignore[no-any-return]


def delivery(name: str, contract: str, **how: Any) -> DeliveryRecord:
    values: dict[str, Any] = {"role": "provider", "state": "complete", "file": None, "transfer": "x"}
    values["finished_at"] = ago(LONG)
    return sample(DeliveryRecord, 1, id=name, contract=contract, **{**values, **how})  # type: ignore[no-any-return]


async def test_what_would_go_is_what_goes_and_it_is_told_by_count(tmp_path: Path) -> None:
    place = Place()
    store = place.open()
    (tmp_path / "a.csv").write_bytes(b"x" * 1000)

    def fill(unit: Any) -> None:
        unit.negotiations.add(negotiation("old"))
        unit.negotiations.add(negotiation("young", their_pid="y", updated_at=ago(300)))
        for number in range(3):
            unit.messages.add(sample(MessageRecord, number, process="old"))
        unit.uploads.add(sample(UploadRecord, 1, file="a.csv", at=ago(31)))
        unit.decisions.add(sample(DecisionRecord, 1, contract=None, last_at=ago(1096)))
        unit.acts.add(sample(Act, 1, at=ago(LONG), object="somebody's name", person="Hong Gildong"))

    await store.write(fill)
    retention = retention_on(place, store, tmp_path)
    shown = {kind["kind"]: kind for kind in await retention.shown()}
    assert {name: kind["wouldGo"] for name, kind in shown.items() if kind["wouldGo"]} == {
        "uploads": 1,
        "negotiations": 1,
        "decisions": 1,
        "acts": 1,
    }
    assert shown["negotiations"]["next"] == format_time(NOON + timedelta(days=65))
    assert shown["uploads"]["bytes"] > 1000
    assert (shown["contracts"]["days"], shown["log"]["fixed"], shown["tokens"]["count"]) == (None, True, None)

    told = {kind["kind"]: kind for kind in await retention.apply(OWNER)}
    for name, kind in told.items():
        assert (kind["removed"], kind["bytes"]) == (shown[name]["wouldGo"] or 0, shown[name]["bytes"] or 0)
    assert not (tmp_path / "a.csv").exists()
    left = await store.read(lambda unit: ([n.id for n in unit.negotiations.find()], unit.messages.count()))
    assert left == (["young"], 0)
    acts = await store.read(lambda unit: unit.acts.find())
    assert [(act.object, act.detail["removed"]) for act in acts] == [
        ("uploads", 1),
        ("negotiations", 1),
        ("decisions", 1),
        ("acts", 1),
    ]
    assert acts[1].detail["to"] == ago(LONG)
    assert "Hong" not in str(acts)
    # Each of these acts is committed to by the log.
    assert (await store.read(lambda unit: unit.log.head())).size == 4
    assert [kind["removed"] for kind in await retention.apply(OWNER)] == [0] * len(told)


async def test_it_goes_by_itself_in_steps(tmp_path: Path) -> None:
    place = Place()
    store = place.open()

    def fill(unit: Any) -> None:
        for number in range(450):
            unit.decisions.add(sample(DecisionRecord, number, contract=None, last_at=ago(2000)))

    await store.write(fill)
    retention = retention_on(place, store, tmp_path)
    steps = [await retention.look() for _ in range(30)]
    assert max(steps) == 200
    assert sum(steps) == 450
    assert await store.read(lambda unit: unit.decisions.count()) == 0


async def test_while_nothing_may_be_signed_nothing_goes(tmp_path: Path) -> None:
    """Whoever came back from a backup does not know yet what is missing."""
    place = Place()
    store = place.open()
    await store.write(lambda unit: unit.negotiations.add(negotiation("old")))
    await store.write(lambda unit: unit.log.suspend("an older copy"))
    retention = retention_on(place, store, tmp_path)
    assert sum([await retention.look() for _ in range(12)]) == 0
    with pytest.raises(SigningSuspended):
        await retention.apply(OWNER)
    assert await store.read(lambda unit: unit.negotiations.count()) == 1


async def test_a_list_of_people_goes_when_the_last_contract_that_names_it_has_long_ended(tmp_path: Path) -> None:
    place = Place()
    store = place.open()
    digests = {
        name: "sha256:" + letter * 64
        for name, letter in zip(("live", "ended", "offered", "nobody"), "abcd", strict=True)
    }

    def fill(unit: Any) -> None:
        for digest in digests.values():
            unit.people_lists.add(sample(PeopleRecord, 1, digest=digest, at=ago(900)))
        unit.contracts.add(contract("live", withdrawn_at=None, people=digests["live"]))
        unit.contracts.add(contract("ended lately", withdrawn_at=ago(100), people=digests["ended"]))
        unit.offers.add(sample(OfferRecord, 1, live=True, policy={"namedRecipients": digests["offered"]}))

    await store.write(fill)
    retention = retention_on(place, store, tmp_path)
    await retention.apply(OWNER)
    kept = await store.read(lambda unit: {record.digest for record in unit.people_lists.find()})
    assert kept == {digests[name] for name in ("live", "ended", "offered")}
    place.clock.turn(days=300)
    await retention.apply(OWNER)
    kept = await store.read(lambda unit: {record.digest for record in unit.people_lists.find()})
    assert kept == {digests["live"], digests["offered"]}


async def test_a_list_stays_that_a_contract_names_which_was_made_between_two_steps(tmp_path: Path) -> None:
    place = Place()
    store = place.open()
    digests = [f"sha256:{number:064x}" for number in range(250)]

    def fill(unit: Any) -> None:
        for digest in digests:
            unit.people_lists.add(sample(PeopleRecord, 1, digest=digest, at=ago(900)))

    await store.write(fill)
    retention = retention_on(place, store, tmp_path)
    while await retention.look() == 0:
        pass
    made = contract("new", withdrawn_at=None, people=digests[-1], created_at=format_time(place.clock.now()))
    await store.write(lambda unit: unit.contracts.add(made))
    assert await retention.look() == 49
    assert await store.read(lambda unit: [one.digest for one in unit.people_lists.find()]) == [digests[-1]]


@pytest.mark.parametrize("act", ["log-epoch", "log-inconsistent"])
async def test_what_somebody_has_signed_about_his_log_stays_as_long_as_a_contract_with_him(
    tmp_path: Path, act: str
) -> None:
    """Two checkpoints that contradict each other, or the word that a log was closed: they stand in the act alone."""
    place = Place()
    store = place.open()

    def fill(unit: Any) -> None:
        unit.contracts.add(contract("kept", withdrawn_at=None, counterparty="did:web:theirs.example"))
        for did in ("did:web:theirs.example", "did:web:stranger.example"):
            unit.acts.add(Act(at=ago(LONG), name=did, role="participant", act=act, object=did))

    await store.write(fill)
    await retention_on(place, store, tmp_path).apply(OWNER)
    kept = await store.read(lambda unit: [one.object for one in unit.acts.find(act=act)])
    assert kept == ["did:web:theirs.example"]


GOES = {
    "ended": LONG,
    "problem": None,
    "held": None,
    "duty": "fulfilled",
    "owes": None,
    "disputed": False,
    "delivery": "complete",
    "role": "provider",
    "file": None,
    "transfer": TransferState.COMPLETED,
    "age": LONG,
    "open": NegotiationState.TERMINATED,
    "openOwes": False,
}
"""A contract that nothing needs any more, nor anything that belongs to it."""
FLIPS: dict[str, list[Any]] = {
    "ended": [None, 0, 3652, 3654],
    "problem": ["two notices under one number"],
    "held": [{"why": "unasked"}],
    "duty": [None, "open", "standing"],
    "owes": ["contract", "negotiation", "transfer"],
    "disputed": [True],
    "delivery": ["running", "broken", "failed", "refused"],
    "role": ["consumer"],
    "file": ["a.data"],
    "transfer": [TransferState.STARTED],
    "age": [0, 59, 61, 366, 1096],
    "open": [NegotiationState.REQUESTED],
    "openOwes": [True],
}


@st.composite
def cases(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Contracts with what belongs to them, of which one thing or another is otherwise."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        names = draw(st.lists(st.sampled_from(sorted(FLIPS)), max_size=3, unique=True))
        found.append({**GOES, **{name: draw(st.sampled_from(FLIPS[name])) for name in names}})
    return found


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in FLIPS.items() for value in values])
def test_each_need_is_enough(name: str, value: object) -> None:
    asyncio.run(_nothing_goes([{**GOES, name: value}]))


@given(cases())
@settings(max_examples=120, deadline=None)
def test_nothing_goes_that_something_needs(
    tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, Any]]
) -> None:
    asyncio.run(_nothing_goes(found))


async def _nothing_goes(cases: list[dict[str, Any]]) -> None:
    place = Place()
    store = place.open()
    try:
        for number, case in enumerate(cases):
            await store.write(partial(_fill, name=f"c{number}", case=case))
        disputed = [f"c{number}" for number, case in enumerate(cases) if case["disputed"]]
        retention = retention_on(place, store, Path(), "contracts=3653", disputed=disputed)
        await retention.apply(OWNER)
        for number, case in enumerate(cases):
            await store.read(partial(_check, name=f"c{number}", case=case))
    finally:
        place.close()


def _fill(unit: Any, name: str, case: dict[str, Any]) -> None:
    ended = None if case["ended"] is None else ago(case["ended"])
    unit.contracts.add(contract(name, withdrawn_at=ended, problem=case["problem"], held=case["held"]))
    state = NegotiationState.FINALIZED
    unit.negotiations.add(
        negotiation(f"negotiation of {name}", state=state, their_pid=f"n {name}", agreement={"@id": name})
    )
    unit.negotiations.add(
        negotiation(f"other {name}", state=case["open"], their_pid=f"o {name}", updated_at=ago(case["age"]))
    )
    unit.transfers.add(
        transfer(f"transfer {name}", name, state=case["transfer"], their_pid=f"t {name}", updated_at=ago(case["age"]))
    )
    unit.deliveries.add(
        delivery(
            f"delivery {name}",
            name,
            role=case["role"],
            state=case["delivery"],
            file=case["file"],
            transfer=f"transfer {name}",
            bytes=0 if case["delivery"] in ("failed", "refused") else 7,
            finished_at=ago(case["age"]),
        )
    )
    unit.notices.add(sample(NoticeRecord, 1, key=f"notice {name}", contract=name, document={}))
    for process in (f"negotiation of {name}", f"other {name}", f"transfer {name}"):
        unit.messages.add(sample(MessageRecord, 1, process=process))
    if case["duty"]:
        unit.duties.add(sample(DutyRecord, 1, key=f"{name}#1", contract=name, state=case["duty"]))
    owing = {"contract": name, "negotiation": f"negotiation of {name}", "transfer": f"transfer {name}"}
    if case["owes"]:
        unit.outbox.add(sample(OutboxRow, 1, process=owing[case["owes"]]))
    if case["openOwes"]:
        unit.outbox.add(sample(OutboxRow, 1, process=f"other {name}"))


def _check(unit: Any, name: str, case: dict[str, Any]) -> None:
    stands = case["ended"] is None
    needed = (
        stands
        or case["problem"]
        or case["held"]
        or case["duty"] in ("open", "standing")
        or case["owes"]
        or case["disputed"]
        or case["delivery"] == "running"
        or case["file"]
        or case["transfer"] is TransferState.STARTED
        or case["ended"] <= 3653
    )
    kept = unit.contracts.get(name) is not None
    assert kept == bool(needed)
    # Whatever proves the contract stays exactly as long as it does.
    assert (unit.notices.get(f"notice {name}") is not None) == kept
    assert (unit.negotiations.get(f"negotiation of {name}") is not None) == kept
    assert bool(unit.messages.find(process=f"negotiation of {name}")) == kept
    counts = case["role"] == "provider" or case["delivery"] not in ("failed", "refused") or case["file"]
    if counts:
        assert (unit.deliveries.get(f"delivery {name}") is not None) == kept
    # What is open, or owes something, is there with all its messages.
    if case["openOwes"] or case["open"] is NegotiationState.REQUESTED or case["age"] <= 365:
        assert unit.negotiations.get(f"other {name}") is not None
        assert unit.messages.find(process=f"other {name}")
    else:
        assert unit.negotiations.get(f"other {name}") is None
    running = case["transfer"] is TransferState.STARTED or case["owes"] == "transfer" or case["delivery"] == "running"
    if running or (kept and case["age"] <= 365):
        assert unit.transfers.get(f"transfer {name}") is not None
        assert unit.messages.find(process=f"transfer {name}")
    # Nothing is left of what has gone.
    processes = {*(n.id for n in unit.negotiations.find()), *(t.id for t in unit.transfers.find())}
    assert {message.process for message in unit.messages.find()} <= processes


def test_every_kind_is_looked_after(tmp_path: Path) -> None:
    place = Place()
    swept = retention_on(place, place.open(), tmp_path)._sweeps.keys()
    assert swept | {"transcripts", "answers", "tokens", "received", "log"} == KINDS.keys()
    place.close()
