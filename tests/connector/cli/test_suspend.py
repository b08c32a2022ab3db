from collections.abc import Callable

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, Fake, contract


def test_suspends_with_its_reason(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    ran = mmd("suspend", "aaaa", "--reason", "a complaint")
    assert (ran.code, "is suspended" in ran.out) == (0, True)
    assert fake.body("POST", f"/contracts/{CONTRACT}/suspension") == {"reason": "a complaint"}


def test_a_suspension_needs_a_reason(mmd: Mmd, fake: Fake, person: Callable[..., None]) -> None:
    fake.contracts = [contract()]
    ran = mmd("suspend", "aaaa")
    assert (ran.code, "--reason" in ran.err) == (2, True)
    person("a complaint")
    assert mmd("suspend", "aaaa", "--json").json["state"] == "suspended"
