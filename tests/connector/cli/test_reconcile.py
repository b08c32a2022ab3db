"""`mmd reconcile`: what it asks for, and what it says of the answer."""

from typing import Any

import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, Fake, contract, ok

NOTHING: dict[str, Any] = {
    "doubt": None,
    "problem": None,
    "answered": [],
    "silent": {},
    "needed": [],
    "known": None,
    "size": 0,
    "opened": None,
    "released": False,
    "adopted": [],
    "refused": [],
    "held": 0,
}


def answers(fake: Fake, **changed: Any) -> None:
    fake.answers["POST", "/log-reconciliations"] = ok({**NOTHING, **changed})


def test_nothing_to_do(mmd: Mmd, fake: Fake) -> None:
    answers(fake)
    done = mmd("reconcile")
    assert (done.code, "nothing to reconcile" in done.out) == (0, True)


def test_what_came_of_it(mmd: Mmd, fake: Fake) -> None:
    answers(
        fake,
        answered=["did:web:a"],
        silent={"did:web:b": "down"},
        opened="plant.example/log/2",
        size=9,
        known=17,
        adopted=[
            {"contract": "urn:1", "new": True, "notices": 2, "deliveries": 1},
            {"contract": "urn:2", "new": False, "notices": 3, "deliveries": 0},
        ],
        refused=["urn:3: it contradicts"],
        held=4,
    )
    done = mmd("reconcile")
    assert done.code == 0
    for said in (
        "did:web:a has answered",
        "did:web:b has not answered: down",
        "plant.example/log/2",
        "9 entries here, 17",
    ):
        assert said in done.out
    for said in ("Taken up again: urn:1", "Caught up on urn:2", "Not taken up: urn:3", "Under 4 contracts"):
        assert said in done.out


def test_released(mmd: Mmd, fake: Fake) -> None:
    answers(fake, released=True, size=12)
    assert "12 entries): signing goes on" in mmd("reconcile").out


@pytest.mark.parametrize(("doubt", "hint"), [("restored", "--without DID"), ("unbound", "mmd join")])
def test_what_still_stands_against_it(mmd: Mmd, fake: Fake, doubt: str, hint: str) -> None:
    answers(fake, doubt=doubt, problem="this is why", silent={"did:web:b": "down"}, needed=["did:web:b"])
    done = mmd("reconcile")
    assert (done.code, "this is why" in done.out, hint in done.out) == (1, True, True)
    assert "has cosigned our log: down" in done.out


def test_without_somebody(mmd: Mmd, fake: Fake) -> None:
    answers(fake)
    assert mmd("reconcile", "--without", "did:web:b").code == 2
    assert mmd("reconcile", "--without", "did:web:b", "--reason", "gone", "--json").json["doubt"] is None
    assert fake.body("POST", "/log-reconciliations") == {"without": ["did:web:b"], "reason": "gone"}
    assert mmd("reconcile", "--without", "did:web:b", "--release", "urn:1", "--reason", "gone").code == 2


def test_a_contract_is_released_by_a_person(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract(state="held")]
    fake.answers["POST", f"/contracts/{CONTRACT}/release"] = ok(contract(state="complete"))
    done = mmd("reconcile", "--release", CONTRACT, "--reason", "told by telephone")
    assert (done.code, CONTRACT in done.out) == (0, True), done.err
    assert fake.body("POST", f"/contracts/{CONTRACT}/release") == {"reason": "told by telephone"}
