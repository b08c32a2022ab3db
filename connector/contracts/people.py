"""The list of named people of a contract (term 9): who at the recipient may hold the data. Personal data.

In contracts and notices stands its digest alone, made with 16 random bytes, so that nobody can find out by trying who is
on it. The list itself goes from one party to the other beside the notices, and into evidence only by choice.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector.canonical import digest
from connector.contracts.errors import ContractError

PEOPLE_FORMAT: Final = "mmd-people/1"
MAX_PEOPLE: Final = 500
_MAX_NAME: Final = 200
_MAX_EMAIL: Final = 254
_EMAIL: Final = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+")
_SALT: Final = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
_MEMBERS: Final = frozenset({"format", "salt", "people"})


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """One person on a list; the e-mail address tells two of the same name apart."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list and the salt of its digest."""

    people: tuple[Person, ...]
    salt: str

    @property
    def digest(self) -> str:
        """Under which contracts and notices name it."""
        return digest(self.to_json())

    @property
    def names(self) -> frozenset[str]:
        """What a use may name one of them by: the e-mail address, and the name where only one has it."""
        named = [person.name for person in self.people]
        return frozenset(p.email for p in self.people) | {name for name in named if named.count(name) == 1}

    def to_json(self) -> dict[str, Any]:
        """As it is digested and sent."""
        listed = [{"name": person.name, "email": person.email} for person in self.people]
        return {"format": PEOPLE_FORMAT, "salt": self.salt, "people": listed}


def make_people_list(people: Sequence[Person], salt: bytes) -> PeopleList:
    """A list in the order of e-mail addresses; `salt` are 16 fresh random bytes.

    Raises:
        ContractError: nobody, too many, an address twice, or a name or address that cannot be.
    """
    made = PeopleList(tuple(sorted(people)), base64.urlsafe_b64encode(salt).rstrip(b"=").decode("ascii"))
    return read_people_list(made.to_json())


def read_people_list(document: object) -> PeopleList:
    """Read a list as it came.

    Raises:
        ContractError: it is none, or not in its one form (sorted, nobody twice, nothing else in it).
    """
    if not isinstance(document, Mapping) or set(document) != _MEMBERS or document["format"] != PEOPLE_FORMAT:
        raise ContractError("people-shape", problem=f"an object of format {PEOPLE_FORMAT} with salt and people")
    salt, listed = document["salt"], document["people"]
    if not isinstance(salt, str) or _SALT.fullmatch(salt) is None:
        raise ContractError("people-shape", problem="a salt of 16 bytes in base64url")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_PEOPLE:
        raise ContractError("people-shape", problem=f"between 1 and {MAX_PEOPLE} people")
    people = tuple(_person(item) for item in listed)
    if list(people) != sorted(people) or len({person.email for person in people}) != len(people):
        raise ContractError("people-shape", problem="people in the order of their e-mail addresses, none twice")
    return PeopleList(people, salt)


def _person(item: object) -> Person:
    if not isinstance(item, Mapping) or set(item) != {"name", "email"}:
        raise ContractError("people-shape", problem="a name and an e-mail address for each, and nothing else")
    name, email = item["name"], item["email"]
    if not _is_line(name, _MAX_NAME) or not _is_line(email, _MAX_EMAIL):
        raise ContractError("people-shape", problem="names and addresses that are short texts of one line")
    if _EMAIL.fullmatch(email) is None or email != email.casefold():
        raise ContractError("people-shape", problem="e-mail addresses in small letters, with one @")
    return Person(email, name)


def _is_line(value: object, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most and value.isprintable() and value == value.strip()
