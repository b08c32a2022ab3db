from policies.clauses import CLAUSES
from policies.operands import LEFT_OPERANDS
from policies.operators import OPERATORS
from policies.vocabulary import LEFT_OPERAND_NAMES, OPERATOR_NAMES
from tests.policies.samples import moving, negotiating


def test_the_registries_use_the_words_of_the_standard() -> None:
    assert LEFT_OPERANDS.keys() <= LEFT_OPERAND_NAMES
    assert OPERATORS.keys() <= OPERATOR_NAMES


def test_operands_operators_and_clauses_fit_each_other() -> None:
    pairs = {(name, operator) for name, operand in LEFT_OPERANDS.items() for operator in operand.operators}
    clauses = {(clause.left_operand, operator) for clause in CLAUSES.values() for operator in clause.operators}
    assert pairs == clauses, "each condition that can be judged has a clause that names it, and the other way round"
    assert {operator for _, operator in pairs} == OPERATORS.keys()


def test_only_what_the_providers_connector_enforces_may_gate() -> None:
    assert {operand.enforcer for operand in LEFT_OPERANDS.values()} == {"E"}
    assert {clause.enforcer for clause in CLAUSES.values() if clause.left_operand} == {"E"}
    assert {clause.enforcer for clause in CLAUSES.values() if clause.action} == {"P"}


def test_a_transfer_knows_everything() -> None:
    context = moving(uses=2)
    assert all(context.scope in operand.scopes for operand in LEFT_OPERANDS.values())
    assert LEFT_OPERANDS["count"].read_left(context) == 3
    assert LEFT_OPERANDS["count"].read_left(negotiating()) is None
    assert LEFT_OPERANDS["purpose"].read_left(negotiating()) is None
