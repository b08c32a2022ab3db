"""The manufacturing data card: what the machine found in a file, and what a person answered about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from catalog.errors import CardError
from catalog.findings import describe_found
from catalog.found import FoundFacts
from catalog.reading import Reader
from catalog.texts import LANGUAGES, say
from catalog.vocabulary import CLASSIFICATIONS, EXPORT_CLASSES, PROCESSES, PSEUDONYM_LEVELS

__all__ = ["Answers", "DataCard", "FoundFacts", "Question", "describe_found", "missing_answers", "parse_answers"]

_TITLE: Final = 300
_DESCRIPTION: Final = 10_000
_WORD: Final = 100
_WORDS: Final = 50
_KNOWN: Final = frozenset(
    {
        "title",
        "description",
        "process",
        "keywords",
        "producer",
        "classification",
        "exportControl",
        "pseudonymLevel",
        "units",
        "shareStatistics",
    }
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What only a person knows.

    Attributes:
        title: language (`ko`, `en`) → one line.
        description: language → some sentences.
        process: slugs of `vocabulary.PROCESSES`.
        keywords: free words.
        producer: who produced the data: a DID or a name.
        classification: of `vocabulary.CLASSIFICATIONS`; `none` stands alone.
        export_control: of `vocabulary.EXPORT_CLASSES`; asked for where there is core technology, None where nobody has said.
        pseudonym_level: of `vocabulary.PSEUDONYM_LEVELS`; asked for where there is personal data, None where nobody has said.
        units: column → unit, over what the header says.
        share_statistics: whether least, greatest and mean values may stand in the catalog. They can give away set points.
    """

    title: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    process: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    producer: str | None = None
    classification: tuple[str, ...] = ()
    export_control: str | None = None
    pseudonym_level: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    share_statistics: bool = False

    def to_json(self) -> dict[str, Any]:
        """Keys in camelCase; what was not answered is left out."""
        given: dict[str, Any] = {
            "title": dict(self.title),
            "description": dict(self.description),
            "process": list(self.process),
            "keywords": list(self.keywords),
            "producer": self.producer,
            "classification": list(self.classification),
            "exportControl": self.export_control,
            "pseudonymLevel": self.pseudonym_level,
            "units": dict(self.units),
            "shareStatistics": self.share_statistics,
        }
        return {key: value for key, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class DataCard:
    """A file and the answers about it: all that a description is made of."""

    found: FoundFacts
    answers: Answers = field(default_factory=Answers)


@dataclass(frozen=True, slots=True)
class Question:
    """An answer that is still due before publishing. `id` is the key of the answer."""

    id: str
    ko: str
    en: str


def parse_answers(data: Any, where: str = "$") -> Answers:
    """Read answers from JSON. A text alone may stand where a list or a text per language is due.

    Raises:
        CardError: an unknown key, a wrong type, an unknown process or classification, or a text that is too long.
    """
    read = Reader(data, where, CardError)
    unknown = sorted(set(data) - _KNOWN)
    if unknown:
        raise CardError(f"{where}.{unknown[0][:80]}", f"there is no such answer; known are {', '.join(sorted(_KNOWN))}")
    answers = Answers(
        title=_languages(read, "title", where, _TITLE),
        description=_languages(read, "description", where, _DESCRIPTION),
        process=_chosen(read, "process", where, PROCESSES),
        keywords=tuple(word.strip() for word in read.texts("keywords") if word.strip()),
        producer=(read.text_or_none("producer") or "").strip() or None,
        classification=_chosen(read, "classification", where, CLASSIFICATIONS),
        export_control=_one(read, "exportControl", where, EXPORT_CLASSES),
        pseudonym_level=_one(read, "pseudonymLevel", where, PSEUDONYM_LEVELS),
        units=_texts_by_name(read.value("units"), f"{where}.units", _WORD),
        share_statistics=read.flag("shareStatistics"),
    )
    if len(answers.keywords) > _WORDS or any(len(word) > _WORD for word in answers.keywords):
        raise CardError(f"{where}.keywords", f"at most {_WORDS} keywords of at most {_WORD} characters are kept")
    if len(answers.producer or "") > _TITLE:
        raise CardError(f"{where}.producer", f"longer than {_TITLE} characters; give a name or a DID")
    if "none" in answers.classification and len(answers.classification) > 1:
        raise CardError(f"{where}.classification", "'none' cannot stand beside another classification; choose one")
    return answers


def missing_answers(card: DataCard) -> tuple[Question, ...]:
    """The questions that keep this card from being published; empty when nothing does."""
    answers = card.answers
    due: list[Question] = []
    for name in ("title", "description"):
        texts: Mapping[str, str] = getattr(answers, name)
        if not any(text.strip() for text in texts.values()):
            due.append(_question(name))
    if not answers.process:
        due.append(Question("process", *(_process_question(lang) for lang in LANGUAGES)))
    if not answers.producer:
        due.append(_question("producer"))
    if not answers.classification:
        due.append(_question("classification"))
    elif "unknown" in answers.classification:
        due.append(_question("classification", "classification-unknown"))
    if "core-technology" in answers.classification and answers.export_control is None:
        due.append(_question("exportControl"))
    if "personal" in answers.classification and answers.pseudonym_level is None:
        due.append(_question("pseudonymLevel"))
    strange = sorted(set(answers.units) - {column.name for column in card.found.profile.columns})
    if strange:
        due.append(_question("units", columns=", ".join(strange[:10])))
    return tuple(due)


def _question(name: str, text: str | None = None, **values: str) -> Question:
    key = f"question.{text or name}"
    return Question(name, say(key, "ko", **values), say(key, "en", **values))


def _process_question(lang: str) -> str:
    return say("question.process", lang, choices=", ".join(names[lang] for names in PROCESSES.values()))


def _languages(read: Reader, key: str, where: str, longest: int) -> dict[str, str]:
    value = read.value(key)
    if isinstance(value, str):
        korean = any("가" <= letter <= "힣" for letter in value)
        value = {"ko" if korean else "en": value}
    texts = _texts_by_name(value, f"{where}.{key}", longest)
    strange = sorted(set(texts) - set(LANGUAGES))
    if strange:
        raise CardError(f"{where}.{key}.{strange[0][:20]}", "only the languages ko and en are kept")
    return {lang: text.strip() for lang, text in texts.items() if text.strip()}


def _texts_by_name(value: Any, where: str, longest: int) -> dict[str, str]:
    if value is None:
        return {}
    read = Reader(value, where, CardError)
    texts = {name: read.text(name) for name in value if value[name] is not None}
    for name, text in texts.items():
        if len(text) > longest:
            raise CardError(f"{where}.{name[:80]}", f"longer than {longest:,} characters; shorten it")
    return texts


def _one(read: Reader, key: str, where: str, allowed: Mapping[str, Any]) -> str | None:
    word = (read.text_or_none(key) or "").strip()
    if word and word not in allowed:
        raise CardError(f"{where}.{key}", f"{word[:80]!r} is none of: {', '.join(allowed)}")
    return word or None


def _chosen(read: Reader, key: str, where: str, allowed: Mapping[str, Any]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(read.texts(key)))
    for word in chosen:
        if word not in allowed:
            raise CardError(f"{where}.{key}", f"{word[:80]!r} is none of: {', '.join(allowed)}")
    return chosen
