"""Who is on the lists of named people that a contract names, now."""

from collections.abc import Mapping
from typing import Final

from connector.contracts.people import PeopleList, read_people_list
from connector.ports.records import ContractRecord, PeopleRecord
from connector.ports.store import UnitOfWork
from connector.services.agreed import agreed_policy
from connector.services.facts.needs import NAMED, values_of
from policies.errors import PolicyError
from policies.model import Policy

ERASED_LIST: Final = "mmd-people-erased/1"
"""The format of what is left of a list: `at`, `reason`, and the `people` that are left."""


def agreed_list(contract: ContractRecord) -> str | None:
    """The digest of the list that stands in the contract; None when it names none."""
    try:
        return min(values_of(agreed_policy(contract), NAMED), default=None)
    except PolicyError:
        return None


def people_named(unit: UnitOfWork, contract: ContractRecord, policy: Policy) -> Mapping[str, frozenset[str]]:
    """Who is on the lists that a contract names, now: each digest in the contract → the people of the current list.

    A list that is not here names nobody: then nothing can be said about a person, and nothing is delivered.
    """
    found: dict[str, frozenset[str]] = {}
    for digest in values_of(policy, NAMED):
        people = held_list(unit, contract.people or digest)
        if people is not None:
            found[digest] = people.names
    return found


def held_list(unit: UnitOfWork, digest: str | None) -> PeopleList | None:
    """The list with this digest, if it is here; not one from which somebody was erased."""
    record = unit.people_lists.get(digest) if digest is not None else None
    if record is None or is_erased(record):
        return None
    return read_people_list(record.document)


def is_erased(record: PeopleRecord) -> bool:
    """Whether somebody was erased from a list: what is left of it does not have its digest any more."""
    return record.document.get("format") == ERASED_LIST
