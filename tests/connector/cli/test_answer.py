from collections.abc import Callable

from tests.connector.cli.conftest import Mmd
from tests.connector.cli.management_fake import CONTRACT, QUALITY, Fake


def offered(fake: Fake) -> None:
    fake.states = ["OFFERED"]


def test_without_an_answer_it_shows_what_is_on_the_table(mmd: Mmd, fake: Fake) -> None:
    offered(fake)
    ran = mmd("answer", "neg")
    for text in ("an offer of the provider", "Only for quality prediction.", "waits for you", "--accept"):
        assert text in ran.out
    assert all(method == "GET" for method, _, _ in fake.calls)


def test_yes(mmd: Mmd, fake: Fake) -> None:
    offered(fake)
    ran = mmd("answer", "urn:uuid:neg", "--accept")
    assert (ran.code, f"Signed: contract {CONTRACT}" in ran.out) == (0, True)
    assert ("POST", "/negotiations/urn:uuid:neg/acceptance", None) in fake.calls


def test_yes_when_asked(mmd: Mmd, fake: Fake, person: Callable[..., None]) -> None:
    offered(fake)
    person("y")
    assert f"Signed: contract {CONTRACT}" in mmd("answer", "neg").out
    offered(fake)
    person("n")
    assert "waits for you" in mmd("answer", "neg").out


def test_no(mmd: Mmd, fake: Fake) -> None:
    offered(fake)
    ran = mmd("answer", "neg", "--refuse", "Too dear.")
    assert "has ended: Too dear" in ran.out
    assert fake.body("POST", "/negotiations/urn:uuid:neg/termination") == {"reason": "Too dear."}


def test_other_terms(mmd: Mmd, fake: Fake) -> None:
    offered(fake)
    ran = mmd("answer", "neg", "--purpose", "quality-prediction", "--count", "9")
    assert "waits for the other side" in ran.out
    terms = fake.body("POST", "/negotiations/urn:uuid:neg/offers")["terms"]
    assert (terms["purposes"], terms["count"]) == ([QUALITY], 9)


def test_one_answer_at_a_time(mmd: Mmd, fake: Fake) -> None:
    for options in (("--accept", "--refuse", "x"), ("--accept", "--any-purpose"), ("--refuse", "x", "--count", "1")):
        ran = mmd("answer", "neg", *options)
        assert (ran.code, "One answer at a time" in ran.err) == (2, True)
    assert mmd("answer", "neg", "--count", "1").code == 2
    assert "No negotiation begins with 'other'" in mmd("answer", "other", "--accept").err
