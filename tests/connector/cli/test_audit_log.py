from pathlib import Path

import pytest

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import PEER, PLANT, Fake, compared


def test_a_log_that_shows_the_same_to_all(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("audit-log", PLANT, "--with", PEER)
    assert (ran.code, PEER in ran.out, "agrees" in ran.out) == (0, True, True)
    assert fake.body("POST", "/log-audits") == {"peer": PLANT, "withOthers": [PEER]}


@pytest.mark.parametrize("outcome", ["split", "unproven"])
def test_a_log_that_does_not(mmd: Mmd, fake: Fake, tmp_path: Path, outcome: str) -> None:
    fake.compared = [compared("agrees"), compared(outcome, checkpoints=["one\n", "two\n"])]
    ran = mmd("audit-log", PLANT)
    assert ran.code == 1
    assert "one" in ran.out
    assert "two" in ran.out
    file = tmp_path / "proof.txt"
    assert mmd("audit-log", PLANT, "-o", str(file)).code == 1
    assert file.read_text("utf-8") == "one\n\ntwo\n"


@pytest.mark.parametrize("outcome", ["nothing", "unreachable"])
def test_nobody_to_compare_with_is_no_alarm(mmd: Mmd, fake: Fake, outcome: str) -> None:
    fake.compared = [compared(outcome)]
    ran = mmd("audit-log", PLANT)
    assert (ran.code, "as they say" in ran.out) == (0, True)


def test_for_programs(mmd: Mmd, fake: Fake) -> None:
    fake.compared = [compared("split", checkpoints=["one\n", "two\n"])]
    ran = mmd("audit-log", PLANT, "--json")
    assert ran.code == 1
    assert ran.json["compared"][0]["outcome"] == "split"


def test_a_file_that_cannot_be_written_is_said_first(mmd: Mmd, fake: Fake, tmp_path: Path) -> None:
    ran = mmd("audit-log", PLANT, "-o", str(tmp_path / "no" / "proof.txt"))
    assert ran.code != 0
    assert not fake.calls
