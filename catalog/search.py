"""Words against data sets: Korean and English, whatever the case, spacing and normal form.

Each word must be found somewhere. A word is found where it stands inside a text (weight of that text), also across a
space; a Korean word with a particle (`건조기의`) is found where most of its pairs of letters are (half the weight).
"""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from catalog.model import Dataset, pick_text
from catalog.vocabulary import PROCESSES

_MAX_WORDS: Final = 20
_PAIRS: Final = 0.6


@dataclass(frozen=True, slots=True)
class Entry:
    """One data set in the view that is searched, and who offers it."""

    dataset: Dataset
    provider: str = ""
    provider_name: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `score` compares hits of one search; more is better; 0 when nothing was asked."""

    entry: Entry
    score: int


def search(entries: Iterable[Entry], words: str) -> tuple[Hit, ...]:
    """The entries in which each word is found, best first, then by title and id; all of them for no words."""
    wanted = _wanted(words)
    hits = [Hit(entry, score) for entry in entries if (score := _score(entry, wanted)) is not None]
    return tuple(
        sorted(hits, key=lambda hit: (-hit.score, pick_text(hit.entry.dataset.title, "ko"), hit.entry.dataset.id))
    )


def searched_texts(dataset: Dataset) -> list[str]:
    """The folded texts of a data set that are searched, each once, for `find_words`."""
    return list(dict.fromkeys(text for _, text in _fields(Entry(dataset))))


def find_words(texts: Iterable[str], words: str) -> bool:
    """Whether each word is found in one of these folded texts, as `search` finds them; yes for no words."""
    held = tuple(texts)
    return all(any(_found(word, text) for text in held) for word in _wanted(words))


@lru_cache(maxsize=64)
def _wanted(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_folded(words).split()))[:_MAX_WORDS]


def _score(entry: Entry, wanted: tuple[str, ...]) -> int | None:
    fields = _fields(entry) if wanted else []
    total = 0
    for word in wanted:
        best = max((weight * _found(word, text) for weight, text in fields), default=0)
        if not best:
            return None
        total += best
    return total


def _found(word: str, text: str) -> int:
    """2 when the word stands in the text, 1 when most of its pairs of Korean letters do, else 0."""
    if word in text or word in _unspaced(text):
        return 2
    if len(word) < 3 or not all("가" <= letter <= "힣" for letter in word):  # noqa: PLR2004 - one pair says too little
        return 0
    pairs = ["".join(pair) for pair in pairwise(word)]
    return 1 if sum(pair in text for pair in pairs) >= _PAIRS * len(pairs) else 0


def _fields(entry: Entry) -> list[tuple[int, str]]:
    dataset = entry.dataset
    processes = [name for slug in dataset.process for name in PROCESSES.get(slug, {"": slug}).values()]
    weighted = (
        (16, dataset.title.values()),
        (10, dataset.keywords),
        (8, processes),
        (6, _column_names(dataset.profile)),
        (4, dataset.description.values()),
        (4, (entry.provider_name, dataset.producer or "")),
        (2, (entry.provider, dataset.publisher or "", dataset.id, dataset.media_type or "")),
    )
    return [(weight, _folded(text)) for weight, texts in weighted for text in texts if text]


@lru_cache(maxsize=4096)
def _column_names(profile: str | None) -> tuple[str, ...]:
    try:
        columns: Any = json.loads(profile)["columns"] if profile else []
        return tuple(column["name"] for column in columns if isinstance(column["name"], str))
    except (ValueError, TypeError, KeyError, RecursionError):
        return ()  # a peer's text that is no profile of ours: nothing to find in it


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    # NFKC also joins Korean letters that a Mac has taken apart.
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=4096)
def _unspaced(text: str) -> str:
    return "".join(text.split())
