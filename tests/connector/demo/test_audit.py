"""The demo counts the checks of a verdict; there are as many as it says."""

from connector.contracts import evidence
from connector.demo import audit
from connector.texts import demo_en, demo_ko


def test_a_verdict_has_as_many_checks_as_the_demo_says() -> None:
    assert len(evidence.CHECKS) + 2 == audit.CHECKS  # container and format come before them
    for texts in (demo_en.TEXTS, demo_ko.TEXTS):
        assert str(audit.CHECKS) in texts["demo.expected.verified"]
