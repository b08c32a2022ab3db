from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, PLANT, Fake, contract


def test_lifts_our_suspension(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract(state="suspended")]
    ran = mmd("resume", "aaaa")
    assert (ran.code, "goes on" in ran.out) == (0, True)
    assert fake.calls[-1][:2] == ("POST", f"/contracts/{CONTRACT}/resumption")


def test_says_when_the_other_side_suspends_it_as_well(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract(state="suspended")]
    fake.suspended_by = {PLANT: {"at": "now", "reason": "theirs"}}
    assert f"{PLANT} suspends it as well" in mmd("resume", "aaaa").out
