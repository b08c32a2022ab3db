"""From a data card, or from a description that was made of one, to the facts that terms have to fit (`policies.data`)."""

from collections.abc import Mapping
from typing import Any, Final

from catalog.card import Answers
from catalog.vocabulary import (
    CLASSIFICATION,
    CLASSIFICATIONS,
    EXPORT_CLASSES,
    EXPORT_CONTROL,
    PSEUDONYM_LEVEL,
    PSEUDONYM_LEVELS,
)
from policies.data import CORE_TECHNOLOGY, UNKNOWN, DataFacts

_MOST: Final = len(CLASSIFICATIONS)


def facts_of(answers: Answers) -> DataFacts:
    """What a data card says."""
    return _facts(answers.classification, answers.export_control, answers.pseudonym_level)


def facts_of_description(description: Mapping[str, Any]) -> DataFacts | None:
    """What a description says, ours or another connector's; None where nobody has classified the data."""
    given = description.get(CLASSIFICATION)
    if given is None:
        return None
    words = given if isinstance(given, list) else [given]
    known = tuple(word for word in words[:_MOST] if isinstance(word, str) and word in CLASSIFICATIONS)
    export, level = description.get(EXPORT_CONTROL), description.get(PSEUDONYM_LEVEL)
    return _facts(
        known,
        export if isinstance(export, str) and export in EXPORT_CLASSES else None if export is None else UNKNOWN,
        level if isinstance(level, str) and level in PSEUDONYM_LEVELS else None,
    )


def _facts(classification: tuple[str, ...], export: str | None, level: str | None) -> DataFacts:
    # Whoever has said what is in the data, and no core technology, has said that its export is free.
    unasked = UNKNOWN if CORE_TECHNOLOGY in classification or not classification else "none"
    return DataFacts(
        classification=frozenset(classification) - {"none"},
        export_control=export or unasked,
        pseudonym_level=int(level or 0),
    )
