from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import Fake


def test_the_log(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("log")
    assert "plant.example/log" in ran.out
    assert "cm9vdA==" in ran.out
    assert mmd("log", "--json").json["size"] == 3


def test_the_acts(mmd: Mmd, fake: Fake) -> None:
    assert "clerk" in mmd("log", "--acts").out
    assert mmd("log", "--acts", "--json").json["acts"][0]["name"] == "kim"
