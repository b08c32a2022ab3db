"""A policy, a decision, a difference, a conflict: as sentences in Korean and English.

They stand in contracts, on screens and in the `reason` of messages. Each refusal names the clause and says what would have to
change. Whatever another company wrote is cut and stripped of control characters before it is repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policies.clauses.obligations import read_obligation
from policies.clauses.registry import CLAUSES, Enforcer, clause_of_permission, clause_of_prohibition
from policies.compare import Difference
from policies.conflicts import Conflict
from policies.decision import Decision, Reason
from policies.errors import PolicyError
from policies.favour import Part
from policies.model import AnyConstraint, Constraint, Duty, LogicalConstraint, Permission, Policy, Prohibition, Rule
from policies.operands import unknown_in
from policies.phrases import (
    clause_name,
    constraint_clause,
    cut,
    say_action,
    say_clause,
    say_constraint,
    say_list,
    say_purposes,
    say_time,
)
from policies.refusals import clause_id_of
from policies.texts import TABLES, say, text_of
from policies.vocabulary import ANNOTATIONS, Lang, purpose_name

__all__ = [
    "ClauseText",
    "explain_conflict",
    "explain_decision",
    "explain_difference",
    "explain_policy",
    "explain_reason",
    "explain_side",
]


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One clause as a person reads it.

    Attributes:
        clause_id: a clause of `policies.clauses`, or `use` (a permission without limits), `any-of`, `one-of`, `unknown`.
        text: its sentence.
        enforcer: E kept by the provider's connector, C by the other connector, P a promise on paper.
        enforcer_text: who keeps it and how far that reaches.
    """

    clause_id: str
    text: str
    enforcer: Enforcer
    enforcer_text: str


def explain_policy(policy: Policy, lang: Lang) -> tuple[ClauseText, ...]:
    """All terms of a policy, clause by clause, in the order in which contracts show them; nothing is left out."""
    whole = [item for permission in policy.permission for item in _whole_permission(permission, lang)]
    texts = []
    uses = [permission for permission in policy.permission if not _whole_permission(permission, lang)]
    for number, permission in enumerate(uses, 1):
        found = _permission(permission, lang)
        if len(uses) > 1:
            found = [_numbered(item, number, len(uses), lang) for item in found]
        texts.extend(sorted(found, key=_order))
    whole.extend(_prohibition(prohibition, lang) for prohibition in policy.prohibition)
    whole.extend(_obligation(duty, lang) for duty in policy.obligation)
    texts.extend(sorted(whole, key=_order))
    texts.extend(_unknown(f"{clause_name('profile', lang)} {cut(profile)}", lang) for profile in policy.profile)
    if policy.conflict is not None:
        texts.append(_unknown(f"{clause_name('conflict', lang)}: {cut(policy.conflict)}", lang))
    unknown = (item for item in policy.extra if item[0] not in ANNOTATIONS)
    texts.extend(_unknown(f"{cut(name)} {cut(text)}", lang) for name, text in unknown)
    return tuple(texts)


def explain_decision(decision: Decision, lang: Lang) -> str:
    """The decision in one sentence: for a refusal that of its first reason."""
    if decision.permitted:
        if not decision.deferred:
            return say("decision.permitted", lang)
        clauses = dict.fromkeys(clause_name(item.clause_id, lang) for item in decision.deferred)
        return say("decision.permitted-so-far", lang, clauses=say_list(clauses))
    return explain_reason(decision.reasons[0], lang)


def explain_reason(reason: Reason, lang: Lang) -> str:
    """One reason: the clause, what is the case, what would have to change."""
    return _reason(reason.code, reason.clause_id, reason.where, reason.facts, lang)


def explain_difference(difference: Difference, lang: Lang) -> str:
    """One difference between what was offered and what is asked, and whether it stays within the offer."""
    sentence = say(
        f"difference.{difference.change}",
        lang,
        clause=clause_name(difference.clause_id, lang),
        offered=" ".join(_part(part, lang) for part in difference.offered),
        asked=" ".join(_part(part, lang) for part in difference.asked),
    )
    return say(f"difference.{difference.direction}", lang, sentence=sentence)


def explain_side(difference: Difference, lang: Lang) -> str:
    """Which side a difference favours, as a sentence by itself."""
    return say(f"difference.side.{difference.favours}", lang)


def explain_conflict(conflict: Conflict, lang: Lang) -> str:
    """One conflict: the clauses, what is wrong, what to do."""
    clauses = " / ".join(clause_name(clause_id, lang) for clause_id in conflict.clause_ids)
    facts = {name: _fact(name, value, lang) for name, value in conflict.facts.items()}
    if conflict.code == "excluded":
        facts["because"] = text_of(f"because.{'.'.join(conflict.clause_ids)}", lang)
    if conflict.code == "other-delivery":
        facts |= {name: text_of(f"choice.environment.{value}", lang) for name, value in conflict.facts.items()}
    return say(f"conflict.{conflict.code}", lang, clauses=clauses, **facts)


def _permission(permission: Permission, lang: Lang) -> list[ClauseText]:
    if permission.action != "use" or _is_odd(permission):
        return _whole_permission(permission, lang) or [_rule(permission, lang)]
    found = [item for part in permission.constraint for item in _constraint(part, lang)]
    found.extend(_rule(duty, lang) for duty in permission.duty)
    return found or [_clause_text("use", text_of("clause.use.text", lang), "E", lang)]


def _constraint(constraint: AnyConstraint, lang: Lang) -> list[ClauseText]:
    if isinstance(constraint, LogicalConstraint):
        if constraint.operator == "and" and not constraint.extra:
            return [item for part in constraint.constraints for item in _constraint(part, lang)]
        known = {"or": "any-of", "xone": "one-of"}.get(constraint.operator)
        clause_id = known if known and not constraint.extra else "unknown"
        text = say_constraint(constraint, lang)
        return [_clause_text(clause_id, text, "E" if clause_id != "unknown" else "P", lang)]
    clause = constraint_clause(constraint)
    text = say_constraint(constraint, lang)
    if clause is None and unknown_in(constraint) is None:
        return [ClauseText(clause_id_of(constraint), text, "E", text_of("condition.kept", lang))]
    if clause is None:
        return [_clause_text("unknown", text, "P", lang)]
    return [_clause_text(clause.id, text, clause.enforcer, lang)]


def _prohibition(prohibition: Prohibition, lang: Lang) -> ClauseText:
    clause = clause_of_prohibition(prohibition)
    if clause is None or prohibition.remedy or _is_odd(prohibition):
        return _rule(prohibition, lang)
    return _clause_text(clause.id, clause.text(lang), clause.enforcer, lang)


def _whole_permission(permission: Permission, lang: Lang) -> list[ClauseText]:
    """The clause that a permission is by itself, beside `use`."""
    clause = None if _is_odd(permission) else clause_of_permission(permission)
    return [] if clause is None else [_clause_text(clause.id, clause.text(lang), clause.enforcer, lang)]


def _obligation(duty: Duty, lang: Lang) -> ClauseText:
    try:
        clause, values = read_obligation(duty, "$")
    except PolicyError:
        return _rule(duty, lang)
    if _is_odd(duty):
        return _rule(duty, lang)
    return _clause_text(clause.id, say_clause(clause, values, lang), clause.enforcer, lang)


def _is_odd(rule: Rule) -> bool:
    """Whether a rule says more than a clause can tell: whom or what it is about by itself, how its action is done."""
    named = (rule.target, rule.assigner, rule.assignee)
    return bool(rule.extra or rule.refinement or any(name is not None for name in named))


def _rule(rule: Rule, lang: Lang) -> ClauseText:
    """A rule that is no clause: its kind, its action, its conditions and all it says besides, marked as unknown."""
    parts = [type(rule).__name__, say_action(rule.action, lang)]
    for name in ("target", "assigner", "assignee"):
        value = getattr(rule, name)
        parts += [f"{name} {cut(value)}"] if value is not None else []
    parts += [say_constraint(part, lang) for part in (*rule.refinement, *rule.constraint)]
    parts += [f"{cut(name)} {cut(text)}" for name, text in rule.extra]
    for name in ("duty", "remedy", "consequence"):
        parts += [f"{name}: {_rule(duty, lang).text}" for duty in getattr(rule, name, ())]
    return _unknown(" ".join(parts), lang)


def _unknown(term: str, lang: Lang) -> ClauseText:
    return _clause_text("unknown", say("clause.unknown.text", lang, term=term), "P", lang)


def _clause_text(clause_id: str, text: str, enforcer: Enforcer, lang: Lang) -> ClauseText:
    return ClauseText(clause_id, text, enforcer, text_of(f"clause.{clause_id}.kept", lang))


def _numbered(item: ClauseText, number: int, all_: int, lang: Lang) -> ClauseText:
    text = say("permission.n", lang, n=number, all=all_, text=item.text)
    return ClauseText(item.clause_id, text, item.enforcer, item.enforcer_text)


def _order(item: ClauseText) -> int:
    ids = list(CLAUSES)
    return ids.index(item.clause_id) if item.clause_id in ids else len(ids)


def _reason(code: str, clause_id: str, where: str, facts: Mapping[str, Any], lang: Lang) -> str:
    if code == "permitted":
        return say("decision.permitted", lang)
    values = {name: _fact(name, value, lang) for name, value in facts.items()}
    name = clause_name(clause_id or "rule", lang)
    return say(f"decision.{code}", lang, **{**values, "clause": name, "where": cut(where)})


def _fact(name: str, value: Any, lang: Lang) -> str:
    """A fact of a reason or conflict in words."""
    if name == "reasons":
        inner = (_reason(item["code"], item["clause"], item["where"], item["facts"], lang) for item in value[:5])
        return " / ".join(inner)
    if name == "agreed":
        return say_purposes(value, lang)
    if name == "asked":
        return cut(purpose_name(str(value), lang))
    if name == "action":
        return say_action(str(value), lang)
    if name in {"export", "classes"}:
        words = value if isinstance(value, list) else [value]
        return say_list(
            TABLES[lang].get(f"choice.export-control.{word}", say("export.unknown", lang)) for word in words
        )
    if name in {"limit", "now", "until", "from_", "signed"} and isinstance(value, str):
        return say_time(value, lang)
    return say_list(value) if isinstance(value, list) else cut(str(value))


def _part(part: Part, lang: Lang) -> str:
    if isinstance(part, str):
        return cut(part)
    if isinstance(part, (Constraint, LogicalConstraint)):
        return say_constraint(part, lang)
    if isinstance(part, Prohibition):
        return _prohibition(part, lang).text
    if isinstance(part, Duty):
        return _obligation(part, lang).text
    if isinstance(part, Permission):
        return " ".join(item.text for item in _permission(part, lang))
    return _rule(part, lang).text
