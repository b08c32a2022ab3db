from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, Fake, contract, ok

LINE = {"delivery": "urn:uuid:d1", "rows": 400, "bytes": 4096, "result": "complete"}
COMPARED = {
    "contract": CONTRACT,
    "ours": {"uses": 2, "rows": 800, "bytes": 8192},
    "theirs": {"uses": 1, "rows": 400, "bytes": 4096},
    "lines": [
        {"delivery": "urn:uuid:d1", "is": "same", "ours": LINE, "theirs": LINE},
        {
            "delivery": "urn:uuid:d2",
            "is": "only-ours",
            "ours": {**LINE, "rows": None, "result": "broken"},
            "theirs": None,
        },
    ],
    "differences": 1,
    "open": 0,
}


def test_the_counts_of_both_sides(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    fake.answers["GET", f"/contracts/{CONTRACT}/metering"] = ok(COMPARED)
    ran = mmd("metering", "aaaa")
    for said in ("800", "only here", "? rows, 4096 bytes, broken", "1 line(s) differ."):
        assert said in ran.out, said
    assert "서로 다른 것이 1건" in mmd("metering", "aaaa", "--lang", "ko").out


def test_telling_first(mmd: Mmd, fake: Fake) -> None:
    fake.contracts = [contract()]
    told = {**COMPARED, "theirs": None, "lines": [], "differences": 0, "open": 2}
    fake.answers["POST", f"/contracts/{CONTRACT}/metering"] = ok(told)
    ran = mmd("metering", "aaaa", "--tell")
    assert "not told yet" in ran.out
    assert "2 delivery(ies) are not told yet" in ran.out
