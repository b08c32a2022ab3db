"""Words from closed lists (purposes, processes, classifications): by slug, by name in either language, by number."""

from collections.abc import Mapping
from typing import Final

from catalog.vocabulary import CLASSIFICATIONS, EXPORT_CLASSES, PROCESSES, PSEUDONYM_LEVELS
from connector.cli.session import Session
from policies.vocabulary import PURPOSE_NAMES

Names = Mapping[str, Mapping[str, str]]

PURPOSES: Final[Names] = {iri: {"en": names["en"], "ko": names["ko"]} for iri, names in PURPOSE_NAMES.items()}
LISTS: Final[Mapping[str, Names]] = {"process": PROCESSES, "classification": CLASSIFICATIONS}
"""The answers of a data card that come from a list."""
ONE_OF: Final[Mapping[str, Names]] = {"exportControl": EXPORT_CLASSES, "pseudonymLevel": PSEUDONYM_LEVELS}
"""Those of which there is one."""


def chosen(text: str, names: Names) -> str:
    """The word of the list that is meant; anything else goes as it is, for the connector to judge."""
    wanted = text.strip().casefold()
    for word, called in names.items():
        if wanted in {word.casefold(), slug(word).casefold(), *(name.casefold() for name in called.values())}:
            return word
    return text.strip()


def purpose_iri(text: str) -> str:
    """The IRI of a purpose."""
    return chosen(text, PURPOSES)


def name_of(word: str, names: Names, lang: str) -> str:
    """What people call it; an unknown one as it stands."""
    return names.get(word, {}).get(lang, word)


def slug(word: str) -> str:
    """The short form of a word: the last part of an IRI."""
    return word.rsplit("/", 1)[-1]


def ask_choices(session: Session, question: str, names: Names) -> list[str]:
    """Show the list and ask for numbers or names; what is in no list goes as it is."""
    session.screen.note(question)
    words = list(names)
    for number, word in enumerate(words, 1):
        session.screen.note(f"  {number:>2}  {name_of(word, names, session.lang)} ({slug(word)})")
    answer = session.screen.ask(session.say("publish.ask_which"))
    whole = chosen(answer, names)
    if whole in names:  # a name may itself hold a comma
        return [whole]
    found = []
    for part in filter(None, (part.strip() for part in answer.split(","))):
        numbered = part.isdecimal() and 1 <= int(part) <= len(words)
        found.append(words[int(part) - 1] if numbered else chosen(part, names))
    return found
