import os
import signal

import pytest

from connector.demo.signals import as_interrupts, deaf

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send to oneself")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_end_from_outside_can_be_cleaned_up_after(name: str) -> None:
    number = signal.Signals[name]
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), as_interrupts():
        signal.raise_signal(number)
    assert signal.getsignal(number) == before


def test_nothing_interrupts_the_cleaning() -> None:
    cleaned = False
    with as_interrupts(), deaf():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        cleaned = True
    assert cleaned
