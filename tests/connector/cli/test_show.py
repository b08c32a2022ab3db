from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import DATASET, DIGEST, OFFER, PLANT, Fake, entry


def test_another_ones_data_set_with_its_offers(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("show", "3f2a")
    for text in ("Batch dryer", "71 batches", DATASET, f"Drying plant {PLANT}", DIGEST, "dryer", f"Offer {OFFER}"):
        assert text in ran.out
    assert "Only for quality prediction.  [enforced by the provider's connector]" in ran.out
    assert "Not to be passed on.  [a signed promise; no machine can enforce it]" in ran.out


def test_terms_that_cannot_be_read_are_shown_as_such(mmd: Mmd, fake: Fake) -> None:
    fake.entries = [entry(offers=[{"id": OFFER, "policy": {}, "problem": "unknown operand 'mood'"}])]
    assert "cannot be agreed to: unknown operand 'mood'" in mmd("show", "3f2a").out


def test_ours_comes_first(mmd: Mmd, fake: Fake) -> None:
    fake.datasets = [{"id": DATASET, "title": "ours", "offers": []}]
    assert mmd("show", "3f2a", "--json").json["title"] == "ours"
    fake.entries = [entry(title="theirs")]
    assert mmd("show", "3f2a", "--provider", PLANT, "--json").json["title"] == "theirs"
