"""What our own people are told when something cannot be done with a contract or a negotiation. English."""

from typing import Final

TEXTS: Final = {
    "refused.withdrawn_by_us": "We withdrew this contract on {at}: {reason}",
    "refused.withdrawn_by_them": "{by} withdrew this contract on {at}: {reason}",
    "refused.delivery_runs": "A delivery under this contract is still running; wait for its end, or end its transfer.",
    "refused.nothing_to_delete": "Nothing that was received under this contract is left to delete.",
    "refused.people_not_here": "The proposed list itself has not arrived yet; try again in a moment.",
    "refused.several_lists": "Several lists wait for an answer; name one of: {proposals}",
    "refused.takes_no_notices": "The other side takes no notices, so nothing can be countersigned with it.",
    "refused.ran_out": "This contract ran until {at}.",
    "refused.ending_by_us": "We have withdrawn from this contract already; it ends on {at}: {reason}",
    "refused.ending_by_them": "{by} has withdrawn from this contract already; it ends on {at}: {reason}",
    "refused.notice_period": "The contract has a notice period: a withdrawal takes effect on {earliest} at the earliest.",
    "refused.suspended_by_us": "We suspended this contract on {at}: {reason}",
    "refused.suspended_by_them": "{by} suspended this contract on {at}, and only that side can lift it: {reason}",
    "refused.suspended_already": "We have suspended this contract already, on {at}: {reason}",
    "refused.not_suspended": "This contract is not suspended.",
    "refused.terminated": "This contract was terminated on {at}.",
    "refused.not_complete": "This contract is not complete yet: both sides have not confirmed it.",
    "refused.marked_paid": "it is marked as paid already",
    "refused.not_marked_paid": "it is not marked as paid",
    "refused.not_concluded": "This contract is not concluded yet; terminate the negotiation instead.",
    "refused.receipt_is_out": "Our receipt is signed and logged: the contract stands; withdraw from it instead.",
    "refused.cannot_terminate": "The negotiation cannot be terminated now: {problem}",
    "refused.not_our_turn": "This negotiation does not wait for our decision; it is {state}.",
    "refused.own_offer": "The offer on the table is our own; the other side has to answer it.",
    "refused.terms_changed": "Something else lies on the table by now than what this decision is about; look at it again.",
    "refused.same_person": "{person} said yes to these terms already, on {at}; another person has to agree as well.",
    "refused.second_person": "A second person has to agree to these terms first (rules: {rules}).",
    "refused.not_changeable": "These terms cannot be changed clause by clause: {problem}",
    "refused.dataset_gone": "This data set is not in our catalog any more.",
    "refused.no_such_dataset": "There is no data set {dataset} in our catalog.",
    "refused.not_shown": "This data set is not shown to {did}: publish it for them before you offer it to them.",
    "refused.offer_of_no_use": "This offer would be of no use to {did}: {problem}",
    "refused.no_open_offer": "The data set has no open offer {offer}.",
    "refused.several_offers": "The data set has several offers; name one of: {offers}",
    "refused.not_comparable": "The offer's id is a digest of a data set that the provider does not show us: it cannot be "
    "compared, so it is not agreed to.",
    "refused.offer_altered": "The offer's id is not the digest of its terms, data set and description: it was altered on "
    "its way.",
}
