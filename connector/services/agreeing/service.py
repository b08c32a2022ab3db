"""The rules for agreeing, as our people keep them; and what they would say, tried out before it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from connector.canonical import JsonObject, JsonValue
from connector.clock import Clock, format_time
from connector.ports.desk import RuleRecord
from connector.ports.records import Act
from connector.ports.store import Store, UnitOfWork
from connector.protocol.machine import Role
from connector.services.acts import note
from connector.services.agreeing.facts import Facts, facts_of, make_facts
from connector.services.agreeing.matching import Condition, conditions, fits
from connector.services.agreeing.rule import MAX_RULES, AgreeingRule, Outcome, read_rule
from connector.services.agreeing.second import rules_in
from connector.services.errors import Conflict, NotFound
from connector.services.facts import party_of


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule says on an occasion.

    Attributes:
        rule: which.
        fits: whether it applies.
        decides: whether it is the one that decides; one for two people counts beside it.
        conditions: each that it names, and whether it holds.
    """

    rule: AgreeingRule
    fits: bool
    decides: bool
    conditions: Sequence[Condition]


class Rulebook:
    """The stored rules, in their order."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def all(self) -> Sequence[AgreeingRule]:
        """All rules; the first that fits decides."""
        return await self._store.read(rules_in)

    async def put(self, data: Mapping[str, JsonValue], *, before: str | None, by: Act) -> AgreeingRule:
        """Add a rule behind the others, or before one of them; one of this name is replaced, at its place if no other is named.

        Raises:
            Unprocessable: it is no rule.
            NotFound: there is no rule to put it before.
            Conflict: there are too many.
        """
        rule = read_rule(data)

        def work(unit: UnitOfWork) -> None:
            held = list(unit.rules.find())
            names = [record.id for record in held]
            if rule.name not in names and len(names) >= MAX_RULES:
                raise Conflict(f"there are {MAX_RULES} rules already; remove one first")
            order = _order(names, rule.name, before)
            record = RuleRecord(
                id=rule.name,
                position=0,
                rule=rule.to_json(),
                created_at=format_time(self._clock.now()),
                added_by=by.person or by.name,
            )
            kept = {**{one.id: one for one in held}, rule.name: record}
            for position, name in enumerate(order):
                if kept[name] is record or kept[name].position != position:
                    unit.rules.put(replace(kept[name], position=position))
            note(unit, replace(by, object=rule.name, detail=rule.to_json()))

        await self._store.write(work)
        return rule

    async def remove(self, name: str, *, by: Act) -> None:
        """Take a rule away; what waits because of it goes on waiting.

        Raises:
            NotFound: there is none of this name.
        """

        def work(unit: UnitOfWork) -> None:
            held = unit.rules.get(name)
            if held is None:
                raise NotFound(f"there is no rule {name!r}")
            unit.rules.delete(name)
            note(unit, replace(by, object=name, detail=held.rule))

        await self._store.write(work)

    async def try_negotiation(self, negotiation_id: str) -> Sequence[Tried]:
        """What every rule says to what lies on the table of a negotiation.

        Raises:
            NotFound: there is no such negotiation.
        """

        def work(unit: UnitOfWork) -> Sequence[Tried]:
            negotiation = unit.negotiations.get(negotiation_id)
            if negotiation is None:
                raise NotFound(f"there is no negotiation {negotiation_id}")
            return _tried(rules_in(unit), facts_of(unit, negotiation, self._clock.now()))

        return await self._store.read(work)

    async def try_terms(self, *, role: Role, partner: str, dataset: str, terms: JsonObject) -> Sequence[Tried]:
        """What every rule would say if this partner asked for these terms, or offered them to us.

        As provider they are compared with our only open offer of the data set, if there is one.
        """

        def work(unit: UnitOfWork) -> Sequence[Tried]:
            offers = unit.offers.find(dataset=dataset, live=True) if role is Role.PROVIDER else []
            ours = offers[0].policy if len(offers) == 1 else None
            known = party_of(unit, partner, self._clock.now())
            facts = make_facts(role=role, partner=known, dataset=dataset, terms=terms, ours=ours)
            return _tried(rules_in(unit), facts)

        return await self._store.read(work)


def _order(names: list[str], name: str, before: str | None) -> list[str]:
    if before is None:
        return names if name in names else [*names, name]
    if before not in names or before == name:
        raise NotFound(f"there is no rule {before!r} to put it before")
    others = [other for other in names if other != name]
    place = others.index(before)
    return [*others[:place], name, *others[place:]]


def _tried(rules: Sequence[AgreeingRule], facts: Facts) -> Sequence[Tried]:
    found: list[Tried] = []
    for rule in rules:
        applies = fits(rule, facts)
        counts = rule.outcome is not Outcome.TWO_PEOPLE
        first = not any(one.decides for one in found)
        found.append(Tried(rule, applies, applies and counts and first, conditions(rule, facts)))
    return found
