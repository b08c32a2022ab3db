"""One comparison, plainly: what is on the left, what is on the right; None where that cannot be known.

For the second evaluator; shares no code with the first.
"""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from policies.context import TransferContext

MMD = "https://w3id.org/my-manufacturing-data/v1/"
Maybe = bool | None
ORDER: dict[str, Any] = {
    "eq": lambda a, b: a == b,
    "neq": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "lteq": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gteq": lambda a, b: a >= b,
}


def holds(left: str, operator: str, right: Any, context: TransferContext) -> Maybe:
    short = left.removeprefix("odrl:").removeprefix(MMD)
    if short.startswith("claim/"):
        return of_claim(short.removeprefix("claim/"), operator, right, context)
    judge = JUDGES.get(short)
    return judge(operator, right, context) if judge else None


def of_time(operator: str, right: Any, context: TransferContext) -> Maybe:
    if isinstance(right, list) or "T" not in right or operator not in ORDER:
        return None
    return bool(ORDER[operator](context.now, datetime.fromisoformat(right)))


def of_count(operator: str, right: Any, context: TransferContext) -> Maybe:
    if isinstance(right, list) or not right.isdigit() or operator not in {"lt", "lteq"}:
        return None
    return context.uses < int(right) if operator == "lteq" else context.uses + 1 < int(right)


def of_purpose(operator: str, right: Any, context: TransferContext) -> Maybe:
    if operator not in {"eq", "isAnyOf"}:
        return None
    return context.purpose == right or (isinstance(right, list) and context.purpose in right)


def of_recipient(operator: str, right: Any, context: TransferContext) -> Maybe:
    listed = right if isinstance(right, list) else [right]
    among = context.party.id in listed
    if operator == "isPartOf":
        known = context.party.collections
        return None if known is None else any(iri in known for iri in listed)
    return {"eq": among, "isAnyOf": among, "neq": not among, "isNoneOf": not among}.get(operator)


def of_place(operator: str, right: Any, context: TransferContext) -> Maybe:
    if context.party.country is None:
        return None
    listed = right if isinstance(right, list) else [right]
    # A country is the first two letters of each of its parts.
    inside = any(context.party.country in (place, f"{place}-{context.party.country[3:]}") for place in listed)
    answers = {"eq": inside, "isAnyOf": inside, "isPartOf": inside, "neq": not inside, "isNoneOf": not inside}
    return answers.get(operator)


def of_elapsed(operator: str, right: Any, context: TransferContext) -> Maybe:
    match = re.fullmatch(r"P(?:(\d+)M)?(?:(\d+)D)?(?:T(\d+)H)?", right) if isinstance(right, str) else None
    if match is None or right == "P" or operator not in {"lt", "lteq", "gt", "gteq"}:
        return None
    months, days, hours = (int(found or 0) for found in match.groups())
    end = context.agreed_at
    for _ in range(months):
        # The first of the next month, then as far into it as it goes.
        first = (end.replace(day=1) + timedelta(days=32)).replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        last = (following - timedelta(days=1)).day
        end = first.replace(day=min(context.agreed_at.day, last))
    return bool(ORDER[operator](context.now, end + timedelta(days=days, hours=hours)))


def of_hours(operator: str, right: Any, context: TransferContext) -> Maybe:
    if operator not in {"eq", "isAnyOf"}:
        return None
    windows = right if isinstance(right, list) else [right]
    found = []
    for window in windows:
        hours, _, zone = window.partition(" ")
        offset = {"UTC": 0, "Asia/Seoul": 9}.get(zone)
        if offset is None:
            return None
        clock = context.now.astimezone(timezone(timedelta(hours=offset))).strftime("%H:%M")
        start, end = hours.split("/")
        found.append(start <= clock < end if start < end else not end <= clock < start)
    return any(found)


def of_frequency(operator: str, right: Any, context: TransferContext) -> Maybe:
    match = re.fullmatch(r"(\d+)/PT(\d+)H", right) if isinstance(right, str) else None
    if match is None or operator != "lteq" or context.used_at is None:
        return None
    window = timedelta(hours=int(match[2]))
    return sum(context.now - moment < window for moment in context.used_at) < int(match[1])


def of_amount(field: str) -> Any:
    def judge(operator: str, right: Any, context: TransferContext) -> Maybe:
        known = getattr(context, field)
        if known is None or operator != "lteq" or not right.isdigit():
            return None
        return bool(known <= int(right))

    return judge


def of_set(read: Any) -> Any:
    def judge(operator: str, right: Any, context: TransferContext) -> Maybe:
        known = read(context)
        listed = right if isinstance(right, list) else [right]
        if known is None:
            return None
        every, some = all(item in known for item in listed), any(item in known for item in listed)
        return {"eq": some, "isAnyOf": some, "isAllOf": every, "neq": not some, "isNoneOf": not some}.get(operator)

    return judge


def of_claim(name: str, operator: str, right: Any, context: TransferContext) -> Maybe:
    value = context.party.claims.get(name)
    known = None if value is None else list(value) if isinstance(value, tuple) else [str(value)]
    answer: Maybe = of_set(lambda _: known)(operator, right, context)
    return answer


def of_groups(context: TransferContext) -> Any:
    known = context.party.affiliate_of
    return None if known is None else [*known, context.party.id]


def of_people(operator: str, right: Any, context: TransferContext) -> Maybe:
    if operator != "eq":
        return None
    if context.person is None:
        return False
    people = (context.named or {}).get(right)
    return None if people is None else context.person in people


def of_word(read: Any) -> Any:
    def judge(operator: str, right: Any, context: TransferContext) -> Maybe:
        known = read(context)
        if known is None or operator not in {"eq", "isAnyOf"}:
            return None
        return known in (right if isinstance(right, list) else [right])

    return judge


def of_level(operator: str, right: Any, context: TransferContext) -> Maybe:
    known = context.asset.pseudonym_level
    return None if known is None or operator != "gteq" else known >= int(right)


JUDGES: dict[str, Any] = {
    "dateTime": of_time,
    "provisionEnd": of_time,
    "count": of_count,
    "purpose": of_purpose,
    "recipient": of_recipient,
    "spatial": of_place,
    "elapsedTime": of_elapsed,
    "timeOfDay": of_hours,
    "frequency": of_frequency,
    "maxRows": of_amount("rows"),
    "maxBytes": of_amount("size"),
    "affiliateOf": of_set(of_groups),
    "credentialType": of_set(lambda context: context.party.credential_types),
    "consent": of_set(lambda context: context.asset.consents),
    "namedRecipients": of_people,
    "environment": of_word(lambda context: context.environment),
    "exportControl": of_word(lambda context: context.asset.export_control),
    "pseudonymLevel": of_level,
    "exclusive": lambda operator, right, context: context.exclusive,
    "prepaid": lambda operator, right, context: context.prepaid,
}
