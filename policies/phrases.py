"""Parts of sentences: times, lists of purposes, a constraint in words."""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Final

from policies.clauses.model import Blank, Kind, Values
from policies.clauses.read import constraint_values
from policies.clauses.registry import CLAUSES, Clause, clause_of_constraint
from policies.durations import read_duration
from policies.literals import read_count, read_time
from policies.model import AnyConstraint, Constraint
from policies.operands import unknown_in
from policies.texts import TABLES, say
from policies.vocabulary import MMD, Lang, purpose_name
from policies.windows import read_rate

KOREA: Final = timezone(timedelta(hours=9))
"""Korea keeps no summer time."""
MAX_LISTED: Final = 50
MAX_PHRASE: Final = 200
MAX_DIGITS: Final = 20
_SAID_AS: Final = {
    Kind.PURPOSE: "purpose",
    Kind.MOMENT: "dateTime",
    Kind.DURATION: "elapsedTime",
    Kind.RATE: MMD + "frequency",
}
"""The kinds whose values are said as those of a left operand."""


def say_time(text: str, lang: Lang) -> str:
    """A moment in both zones, without the seconds when there are none; a text that is no moment as it stands."""
    moment = read_time(text)
    if moment is None:
        return cut(text)
    try:
        korean = moment.astimezone(KOREA)
    except OverflowError:
        return cut(text)
    if lang == "ko":
        day = f"{korean.year}년 {korean.month}월 {korean.day}일 {_clock(korean)}"
        return f"한국 시각 {day}(UTC {_day(moment)} {_clock(moment)})"
    return f"{_day(moment)} {_clock(moment)} UTC ({_day(korean)} {_clock(korean)} in Korea)"


def say_purposes(iris: Iterable[str], lang: Lang) -> str:
    """Purposes by their names."""
    return say_list(purpose_name(iri, lang) for iri in iris)


def say_list(items: Iterable[str]) -> str:
    """A list of somebody's values, cut to a bearable length."""
    shown = [cut(item) for item in items]
    more = [f"… (+{len(shown) - MAX_LISTED})"] if len(shown) > MAX_LISTED else []
    return ", ".join(shown[:MAX_LISTED] + more)


def say_times(count: int, lang: Lang) -> str:
    """How often."""
    if count == 1:
        return say("times.1", lang)
    return say("times.n", lang, n=f"{count:,}") if count > 0 else say("times.0", lang)


def say_action(action: str, lang: Lang) -> str:
    """An action by its name, a foreign one as it stands."""
    key = f"action.{action.removeprefix(MMD)}"
    return TABLES[lang].get(key, cut(action))


def cut(text: str) -> str:
    """A text by somebody else on one line, printable, and of bearable length."""
    clean = "".join(letter if letter.isprintable() else "�" for letter in text[: MAX_PHRASE + 1])
    return clean if len(clean) <= MAX_PHRASE else clean[:MAX_PHRASE] + "…"


def constraint_clause(constraint: AnyConstraint) -> Clause | None:
    """The clause that speaks for a constraint, None when it has none or says more than the clause could tell."""
    if not isinstance(constraint, Constraint) or unknown_in(constraint) is not None:
        return None
    return clause_of_constraint(constraint)


def say_constraint(constraint: AnyConstraint, lang: Lang) -> str:
    """A constraint as a sentence of a contract."""
    if not isinstance(constraint, Constraint):
        parts = [f"({number}) {say_constraint(part, lang)}" for number, part in enumerate(constraint.constraints, 1)]
        if constraint.operator == "and" and not constraint.extra:
            return " ".join(parts)
        if constraint.operator in {"or", "xone"} and not constraint.extra:
            key = "clause.any-of.text" if constraint.operator == "or" else "clause.one-of.text"
            return say(key, lang, parts=" ".join(parts))
        return say("clause.unknown.text", lang, term=f"{cut(constraint.operator)}: {' '.join(parts)}")
    clause = constraint_clause(constraint)
    if clause is None and unknown_in(constraint) is None:
        return _say_condition(constraint, lang)
    if clause is None:
        values = say_list(constraint.values)
        term = f"{cut(constraint.left_operand)} {cut(constraint.operator)} {values}"
        return say("clause.unknown.text", lang, term=term)
    return clause.text(lang).format(**_blanks(clause, constraint, lang))


def _say_condition(constraint: Constraint, lang: Lang) -> str:
    """A known condition that is no clause: what it is about, and how it compares."""
    values = say_list(say_value(constraint.left_operand, value, lang) for value in constraint.values)
    comparison = say(f"comparison.{constraint.operator}", lang, values=values)
    name = clause_name(constraint.left_operand.removeprefix(MMD), lang)
    return say("condition.text", lang, name=name, comparison=comparison)


def say_value(operand: str, text: str, lang: Lang) -> str:
    """A value of a condition about this operand."""
    if operand == "dateTime":
        return say_time(text, lang)
    if operand == "elapsedTime":
        return say_length(text, lang)
    rate = read_rate(text) if operand == MMD + "frequency" else None
    if rate is not None:
        length = say_length(text.partition("/")[2], lang)
        return say("rate" if rate.most != 1 else "rate.1", lang, n=f"{rate.most:,}", length=length)
    if operand == "purpose":
        return cut(purpose_name(text, lang))
    return cut(text)


def say_length(text: str, lang: Lang) -> str:
    """A length of time in words; a text that is none as it stands."""
    length = read_duration(text)
    if length is None:
        return cut(text)
    years, months = divmod(length.months, 12)
    hours, rest = divmod(length.rest.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = (
        ("year", years), ("month", months), ("day", length.rest.days),
        ("hour", hours), ("minute", minutes), ("second", seconds),
    )  # fmt: skip
    said = [say(f"length.{unit}.1" if n == 1 else f"length.{unit}", lang, n=n) for unit, n in parts if n]
    return " ".join(said) or say("length.none", lang)


def say_clause(clause: Clause, values: Values, lang: Lang) -> str:
    """A clause of the catalogue with its blanks filled; what an optional blank adds is left out when it is empty."""
    return clause.text(lang).format(**_with_additions(clause, _said(clause, values, lang), lang))


def _blanks(clause: Clause, constraint: Constraint, lang: Lang) -> dict[str, str]:
    said = _said(clause, constraint_values(clause.slots[0], constraint), lang)
    if clause.id == "count":
        count = read_count(constraint.values[0]) if len(constraint.values) == 1 else None
        return said if count is None else {"times": say_times(count - (constraint.operator == "lt"), lang)}
    if "time" in said and constraint.operator in {"lt", "gt"}:
        return {"time": say("time.before" if constraint.operator == "lt" else "time.after", lang, time=said["time"])}
    return said


def _said(clause: Clause, values: Values, lang: Lang) -> dict[str, str]:
    """The filled blanks in words."""
    blanks = ((blank, values[blank.name]) for blank in clause.blanks if blank.name in values)
    return {blank.name: say_list(_say_blank(clause, blank, text, lang) for text in texts) for blank, texts in blanks}


def _say_blank(clause: Clause, blank: Blank, text: str, lang: Lang) -> str:
    if blank.kind in _SAID_AS:
        return say_value(_SAID_AS[blank.kind], text, lang)
    if blank.kind in {Kind.COUNT, Kind.AMOUNT} and text.replace(".", "", 1).isdecimal():
        whole, point, rest = text.partition(".")
        return f"{int(whole):,}{point}{rest}" if len(whole) < MAX_DIGITS else cut(text)
    if blank.kind is Kind.COUNTRY:
        name = TABLES[lang].get(f"country.{text[:2].upper()}")
        return f"{name} ({cut(text)})" if name else cut(text)
    if blank.kind is Kind.SHARE:
        percent, _, party = text.partition(" ")
        return cut(f"{party} {percent}%")
    return TABLES[lang].get(f"choice.{clause.id}.{text}", cut(text)) if blank.choices else cut(text)


def _with_additions(clause: Clause, said: dict[str, str], lang: Lang) -> dict[str, str]:
    """Where a blank may stay empty, the text has a place for a sentence about it, or for nothing."""
    added = {}
    for blank in clause.blanks:
        key = f"clause.{clause.id}.with.{blank.name}"
        if key in TABLES[lang]:
            added[blank.name] = say(key, lang, **said) if blank.name in said else ""
    return {**said, **added}


def clause_name(clause_id: str, lang: Lang) -> str:
    """What people call a clause, or one of the things that stand beside the clauses."""
    if clause_id in CLAUSES:
        return CLAUSES[clause_id].name(lang)
    operand = f"operand.{clause_id.partition('/')[0]}.name"
    for key in (f"clause.{clause_id}.name", f"difference.{clause_id}", operand):
        if key in TABLES[lang]:
            return TABLES[lang][key]
    return say("clause.unknown.name", lang)


def _day(moment: datetime) -> str:
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02}"


def _clock(moment: datetime) -> str:
    exact = moment.microsecond // 1000
    seconds = f":{moment.second:02}" + (f".{exact:03}" if exact else "") if moment.second or exact else ""
    return f"{moment.hour:02}:{moment.minute:02}{seconds}"
