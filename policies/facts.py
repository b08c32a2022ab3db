"""The left side of constraints: how each fact is read from a context; None where the context does not know it."""

from collections.abc import Callable
from datetime import datetime

from policies.context import Context, NegotiationContext, Party, TransferContext
from policies.vocabulary import purpose_iri


def now(context: Context) -> datetime:
    """When it is asked."""
    return context.now


def elapsed(context: Context) -> TransferContext | None:
    """Where both ends of the time since the agreement are known."""
    return context if isinstance(context, TransferContext) else None


def count(context: Context) -> int | None:
    """Deliveries in all."""
    # `count lteq 3` allows three uses: the one that is asked for is counted.
    return context.uses + 1 if isinstance(context, TransferContext) else None


def used_at(context: Context) -> TransferContext | None:
    """Where it is known when deliveries began."""
    return context if isinstance(context, TransferContext) and context.used_at is not None else None


def rows(context: Context) -> int | None:
    """Rows in all."""
    return context.rows if isinstance(context, TransferContext) else None


def size(context: Context) -> int | None:
    """Bytes in all."""
    return context.size if isinstance(context, TransferContext) else None


def purpose(context: Context) -> str | None:
    """What the data is asked for."""
    if isinstance(context, TransferContext) and context.purpose is not None:
        return purpose_iri(context.purpose)
    return None


def environment(context: Context) -> str | None:
    """How the data reaches the consumer."""
    return context.environment if isinstance(context, TransferContext) else None


def party(context: Context) -> Party:
    """Who asks."""
    return context.party


def country(context: Context) -> str | None:
    """Where its seat is."""
    return context.party.country


def groups(context: Context) -> frozenset[str] | None:
    """The heads of the groups that it belongs to; the head itself belongs to its group."""
    known = context.party.affiliate_of
    return known | {context.party.id} if known is not None else None


def person(context: Context) -> TransferContext | None:
    """Who at the consumer asks, together with the lists of named people."""
    return context if isinstance(context, TransferContext) and context.person is not None else None


def credential_types(context: Context) -> frozenset[str] | None:
    """What it presented."""
    return context.party.credential_types


def claim(name: str) -> Callable[[Context], frozenset[str] | None]:
    """What its credentials say under this name, as texts."""

    def read(context: Context) -> frozenset[str] | None:
        value = context.party.claims.get(name)
        if value is None:
            return None
        return frozenset(value) if isinstance(value, tuple) else frozenset((_as_text(value),))

    return read


def export_control(context: Context) -> str | None:
    """The export class of the data."""
    return context.asset.export_control


def pseudonym_level(context: Context) -> int | None:
    """How far the data is pseudonymised."""
    return context.asset.pseudonym_level


def consents(context: Context) -> frozenset[str] | None:
    """The consents of producers that stand."""
    return context.asset.consents


def exclusive(context: Context) -> bool | None:
    """Whether nobody else has an agreement on the data."""
    return context.exclusive if isinstance(context, (NegotiationContext, TransferContext)) else None


def prepaid(context: Context) -> bool | None:
    """Whether the provider has its money."""
    return context.prepaid if isinstance(context, TransferContext) else None


def nothing(context: Context) -> None:
    """What no context knows."""
    del context


def _as_text(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
