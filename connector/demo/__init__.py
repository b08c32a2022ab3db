"""The small data space of `mmd demo`: separate processes, driven only from outside."""

from connector.demo.story import run

__all__ = ["run"]
