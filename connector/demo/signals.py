"""Ctrl-C and its kin: they end the demo, and nothing interrupts the ending."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


@contextmanager
def as_interrupts() -> Iterator[None]:
    """While the block runs, every signal that ends a program raises KeyboardInterrupt, so that it can clean up."""
    with _handlers(signal.default_int_handler):
        yield


@contextmanager
def deaf() -> Iterator[None]:
    """While the block runs, none of them interrupts it."""
    with _handlers(signal.SIG_IGN):
        yield


@contextmanager
def _handlers(handler: Any) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # signals belong to the main thread alone
        yield
        return
    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: signal.signal(number, handler) for number in known}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
