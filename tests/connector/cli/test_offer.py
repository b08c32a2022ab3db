from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import DATASET, OFFER, QUALITY, Fake

BUYER = "did:web:buyer.example"


def ours(fake: Fake) -> None:
    fake.datasets = [{"id": DATASET, "title": {"en": "Batch dryer"}, "offers": []}]


def test_the_catalogs_offer(mmd: Mmd, fake: Fake) -> None:
    ours(fake)
    ran = mmd("offer", "3f2a", "--to", BUYER, "--offer", OFFER)
    assert f"Offered to {BUYER}: negotiation urn:uuid:neg" in ran.out
    assert fake.body("POST", "/offers") == {"consumer": BUYER, "dataset": DATASET, "offer": OFFER, "terms": None}


def test_terms_for_one_alone(mmd: Mmd, fake: Fake) -> None:
    ours(fake)
    ran = mmd("offer", DATASET, "--to", BUYER, "--purpose", "quality-prediction", "--count", "5", "--json")
    assert ran.json["state"] == "OFFERED"
    terms = fake.body("POST", "/offers")["terms"]
    assert (terms["purposes"], terms["count"], terms["prohibitions"]) == ([QUALITY], 5, [])


def test_what_makes_no_sense_is_said_before_anybody_is_asked(mmd: Mmd, fake: Fake) -> None:
    ours(fake)
    both = mmd("offer", DATASET, "--to", BUYER, "--offer", OFFER, "--any-purpose")
    assert (both.code, "not both" in both.err) == (2, True)
    assert mmd("offer", DATASET, "--to", BUYER, "--count", "5").code == 2
    assert mmd("offer", DATASET).code == 2
    assert fake.calls == []
    assert "No data set begins with 'ffff'" in mmd("offer", "ffff", "--to", BUYER).err
