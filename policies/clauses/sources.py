"""SOURCES: the norms from which the clauses come, by short names; their titles stand in `policies.texts`."""

from typing import Final

from policies.texts import text_of
from policies.vocabulary import Lang

SOURCES: Final = (
    "mdsr-7", "mdsr-11", "mdsr-15", "mds-terms", "mymd", "smart-18", "idt-9", "guide", "std-contract", "region", "sub-7-4",
    "core-11", "pipa-28-2", "pipa-28-5", "pipa-28-8", "secret", "dia-11", "dia-12", "dia-20", "dia-34", "kamp", "max",
)  # fmt: skip


def source_name(source: str, lang: Lang) -> str:
    """The title of a norm, with the article where one is meant.

    Raises:
        KeyError: no such norm.
    """
    return text_of(f"source.{source}", lang)
