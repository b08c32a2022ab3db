from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import DATASET, PLANT, Fake, entry


def test_shows_what_is_offered_and_under_which_terms(mmd: Mmd, fake: Fake) -> None:
    fake.entries = [entry(offers=[*entry()["offers"], {"id": "second"}])]
    ran = mmd("search", "batch", "dryer")
    assert ran.code == 0
    assert fake.requests[-1].url.params["q"] == "batch dryer"
    for text in ("Batch dryer", "Drying plant", "920 B", DATASET, "Only for quality prediction.", "+ 1 more offers"):
        assert text in ran.out


def test_in_korean(mmd: Mmd, fake: Fake) -> None:
    ran = mmd("search", "건조", "--lang", "ko")
    assert "배치 건조기" in ran.out
    assert "품질예측에만." in ran.out
    assert fake.requests[-1].headers["accept-language"] == "ko"


def test_who_was_silent_is_said_beside_the_result(mmd: Mmd, fake: Fake) -> None:
    fake.entries = []
    fake.asked = [{"did": PLANT, "ok": False, "problem": "timed out"}]
    ran = mmd("search", "--provider", PLANT)
    assert fake.requests[-1].url.params["provider"] == PLANT
    assert f"Not everything that {PLANT} offers is shown: timed out" in ran.err
    assert "Nothing was found (1 participants asked)." in ran.err


def test_a_title_from_outside_cannot_steer_the_terminal(mmd: Mmd, fake: Fake) -> None:
    fake.entries = [entry(title="\x1b]0;owned\x07")]
    assert "\x1b" not in mmd("search").out
