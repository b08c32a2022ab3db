"""What was offered in a negotiation, as its messages say; what a yes is bound to."""

import pytest

from connector.ports.store import UnitOfWork
from connector.protocol.machine import Role
from connector.protocol.negotiation import ContractNegotiation
from connector.services.said import Said, conversation, on_the_table, terms_digest
from tests.flows.test_desk import WAIT, counter, rule
from tests.support.wire import Json
from tests.support.world import Member, World
from tests.support.worlds import template, world

__all__ = ["template", "world"]
pytestmark = pytest.mark.anyio
OFFER: Json = {"@id": "urn:offer", "permission": [{"action": "use"}]}


def test_the_digest_is_of_data_set_terms_and_author() -> None:
    one = terms_digest("urn:data", OFFER, Role.PROVIDER)
    assert one == terms_digest("urn:data", dict(reversed(OFFER.items())), Role.PROVIDER)
    others = {
        terms_digest("urn:other", OFFER, Role.PROVIDER),
        terms_digest("urn:data", {**OFFER, "@id": "urn:x"}, Role.PROVIDER),
        terms_digest("urn:data", OFFER, Role.CONSUMER),
    }
    assert len({one, *others}) == 4


async def said(member: Member, pid: str) -> tuple[list[Said], ContractNegotiation]:
    def read(unit: UnitOfWork) -> tuple[list[Said], ContractNegotiation]:
        negotiation = unit.negotiations.get(pid)
        assert negotiation is not None
        return list(conversation(unit, negotiation)), negotiation

    return await member.connector.store.read(read)


async def test_both_sides_tell_the_same_story(world: World) -> None:
    await rule(world.provider, "people look", **WAIT)
    mine = await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    theirs = str((await world.provider.get("/inbox"))[0]["id"])
    await counter(world, world.provider, theirs, set={"count": "1"})
    await counter(world, world.consumer, mine, set={"count": "2"})
    consumer, here = await said(world.consumer, mine)
    provider, there = await said(world.provider, theirs)
    # Before the consumer's first word the provider knows its own catalog.
    assert (provider[0].at, provider[0].by) == (None, Role.PROVIDER)
    assert [(one.by, one.terms) for one in provider[1:]] == [(one.by, one.terms) for one in consumer]
    assert [one.by for one in consumer] == [Role.CONSUMER, Role.PROVIDER, Role.CONSUMER]
    assert provider[-1].terms == consumer[-1].terms == on_the_table(here) == on_the_table(there)


async def test_what_lies_on_the_table_is_last_whatever_the_messages_say(world: World) -> None:
    """An offer of ours that was refused is off the table; what lay there before is said again."""
    await rule(world.provider, "people look", **WAIT)
    await world.consumer.begin(world.provider, await world.provider.publish())
    await world.quiet()
    theirs = str((await world.provider.get("/inbox"))[0]["id"])
    first, negotiation = await said(world.provider, theirs)
    await counter(world, world.provider, theirs, set={"count": "1"})

    def as_before(unit: UnitOfWork) -> list[Said]:
        return list(conversation(unit, negotiation))

    again = await world.provider.connector.store.read(as_before)
    assert again[-1] == first[-1]
    assert len(again) == len(first) + 2
