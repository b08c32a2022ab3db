"""Finding the one thing that a person means: by its identifier, by a unique beginning of it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from connector.cli.session import Session

if TYPE_CHECKING:
    from connector.client import Json, ManagementClient

_SHOWN: Final = 4
"""How many of several candidates are named."""
_URN: Final = "urn:uuid:"
_ENOUGH: Final = 10
"""How many are asked for where one is meant."""


def matches(identifier: str, wanted: str) -> bool:
    """Whether the identifier begins so, `urn:uuid:` being optional."""
    return bool(wanted) and (identifier.startswith(wanted) or identifier.removeprefix(_URN).startswith(wanted))


def one_of(session: Session, items: Iterable["Json"], wanted: str, *, key: str, kind: str) -> "Json":
    """The one item whose `key` is `wanted` or begins with it.

    Args:
        session: for the words of the error.
        items: where to look.
        wanted: what the person typed.
        key: the member that holds the identifier.
        kind: "contract" or "dataset": which words the error uses.

    Raises:
        CommandError: none, or more than one.
    """
    found = [item for item in items if matches(str(item.get(key, "")), wanted)]
    exact = [item for item in found if item.get(key) == wanted]
    found = exact or found
    if not found:
        raise session.error(f"no_such_{kind}", wanted=wanted)
    if len(found) > 1:
        names = [str(item[key]) for item in found]
        raise session.error("ambiguous", wanted=wanted, count=len(names), names=_some(names))
    return found[0]


def contract_called(session: Session, client: "ManagementClient", wanted: str) -> "Json":
    """One of our contracts, by its identifier or a unique beginning."""
    return one_of(session, contracts_called(client, wanted), wanted, key="id", kind="contract")


def contracts_called(client: "ManagementClient", wanted: str) -> list["Json"]:
    """The contracts whose identifiers begin so, `urn:uuid:` being optional; a few are enough to say that they are several."""
    return [item for text in spellings(wanted) for item in client.contracts(beginning=text, limit=_ENOUGH)]


def negotiation_called(session: Session, client: "ManagementClient", wanted: str) -> "Json":
    """One of our negotiations, by its identifier or a unique beginning."""
    return one_of(session, negotiations_called(client, wanted), wanted, key="id", kind="negotiation")


def negotiations_called(client: "ManagementClient", wanted: str) -> list["Json"]:
    """The negotiations whose identifiers begin so, `urn:uuid:` being optional; a few of them."""
    return [item for text in spellings(wanted) for item in client.negotiations(beginning=text, limit=_ENOUGH)]


def transfer_called(session: Session, client: "ManagementClient", wanted: str) -> "Json":
    """One of our transfers, by its identifier or a unique beginning."""
    found = [item for text in spellings(wanted) for item in client.transfers(beginning=text, limit=_ENOUGH)]
    return one_of(session, found, wanted, key="id", kind="transfer")


def spellings(wanted: str) -> list[str]:
    """As typed, and with the `urn:uuid:` that nobody types."""
    return [wanted] if not wanted or wanted.startswith(_URN) else [_URN + wanted, wanted]


def entry_called(session: Session, client: "ManagementClient", wanted: str, provider: str | None) -> "Json":
    """The catalog entry of a data set, by its identifier or a unique beginning; asks the participants that we know.

    Raises:
        CommandError: none, with the names of those who did not answer; or several, also when two providers offer it.
    """
    with session.screen.waiting(session.say("search.asking")):
        catalog = client.catalog(provider=provider)
    entries = [entry for entry in catalog.get("entries", []) if provider in (None, entry.get("provider"))]
    found = [entry for entry in entries if matches(str(entry.get("dataset", "")), wanted)]
    silent = [str(who.get("did")) for who in catalog.get("asked", []) if not who.get("ok")]
    if not found and silent:
        raise session.error("no_such_dataset_silent", wanted=wanted, names=_some(silent))
    entry = one_of(session, _one_per_dataset(entries, wanted), wanted, key="dataset", kind="dataset")
    sellers = sorted({str(other.get("provider")) for other in found if other.get("dataset") == entry["dataset"]})
    if len(sellers) > 1:
        raise session.error("several_providers", wanted=wanted, names=_some(sellers))
    return entry


def words(value: Any, lang: str) -> str:
    """A text that may be given in several languages: as a text, `{"ko": …}`, or a list of `@language`/`@value`."""
    if isinstance(value, list):
        value = {item.get("@language", ""): item.get("@value", "") for item in value if isinstance(item, dict)}
    if isinstance(value, dict):
        return str(value.get(lang) or next((text for text in value.values() if text), ""))
    return "" if value is None else str(value)


def clause_text(clause: "Json", lang: str) -> str:
    """A clause as the connector explains it, in this language or the other."""
    return str(clause.get(lang) or clause.get("en") or clause.get("ko") or clause.get("text") or clause.get("id") or "")


def _one_per_dataset(entries: Sequence["Json"], wanted: str) -> list["Json"]:
    first: dict[str, Json] = {}
    for entry in entries:
        name = str(entry.get("dataset", ""))
        if matches(name, wanted):
            first.setdefault(name, entry)
    return list(first.values())


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
