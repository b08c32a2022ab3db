"""What answers what: by the two chains alone; and which list of people counts when changes cross."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.protocol.notice_references import (
    Held,
    check_references,
    open_proposals,
    open_suspension,
    people_now,
    refers,
)
from connector.protocol.notices import (
    DELETION_ACKNOWLEDGED,
    DELETION_CERTIFICATE,
    KINDS,
    PEOPLE_CHANGE,
    PEOPLE_CHANGE_ACCEPTED,
    PEOPLE_CHANGE_REFUSED,
    RESUMPTION,
    SUSPENSION,
    WITHDRAWAL,
    Notice,
    NoticeMismatch,
    Seen,
    deletion_acknowledged,
    deletion_certificate,
    people_change,
    people_change_accepted,
    people_change_refused,
    resumption,
    suspension,
    withdrawal,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PROVIDER, CONSUMER = "did:web:provider.example", "did:web:consumer.example"


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


class Talk:
    """Two chains that grow by what is told; digests are numbers in the order of telling."""

    def __init__(self) -> None:
        self.told: dict[str, list[Held]] = {PROVIDER: [], CONSUMER: []}
        self.count = 0

    def tell(self, author: str, kind: str, content: dict[str, Any], *, blind: bool = False) -> str:
        """Tell it, having seen all of the other side's, or nothing (`blind`)."""
        own, other = self.told[author], self.told[CONSUMER if author == PROVIDER else PROVIDER]
        KINDS[kind].check(content)
        seen = Seen(len(other), other[-1].digest) if other and not blind else None
        previous = own[-1].digest if own else None
        notice = Notice("urn:uuid:a", author, kind, digest(0), len(own) + 1, previous, seen, content)
        check_references(notice, own=own, other=other)
        self.count += 1
        own.append(Held(notice, digest(1000 + self.count)))
        return own[-1].digest


def refused(talk: Talk, author: str, kind: str, content: dict[str, Any], **more: Any) -> str:
    before = {name: list(told) for name, told in talk.told.items()}
    with pytest.raises(NoticeMismatch) as caught:
        talk.tell(author, kind, content, **more)
    assert talk.told == before
    assert caught.value.code == "reference"
    return caught.value.sentence


def test_only_its_author_lifts_a_suspension_and_only_the_one_that_stands() -> None:
    talk = Talk()
    first = talk.tell(PROVIDER, SUSPENSION, suspension("a complaint"))
    held = open_suspension(talk.told[PROVIDER])
    assert held is not None
    assert held.digest == first
    refused(talk, CONSUMER, RESUMPTION, resumption(first))
    refused(talk, PROVIDER, SUSPENSION, suspension("again"))
    talk.tell(PROVIDER, RESUMPTION, resumption(first))
    assert open_suspension(talk.told[PROVIDER]) is None
    refused(talk, PROVIDER, RESUMPTION, resumption(first))
    second = talk.tell(PROVIDER, SUSPENSION, suspension("another"))
    refused(talk, PROVIDER, RESUMPTION, resumption(first))
    talk.tell(PROVIDER, RESUMPTION, resumption(second))


def test_a_certificate_is_acknowledged_once_by_who_has_seen_it() -> None:
    talk = Talk()
    named = talk.tell(CONSUMER, DELETION_CERTIFICATE, deletion_certificate([("d", digest(7))], "none left", NOW))
    assert "has seen" in refused(talk, PROVIDER, DELETION_ACKNOWLEDGED, deletion_acknowledged(named, []), blind=True)
    refused(talk, PROVIDER, DELETION_ACKNOWLEDGED, deletion_acknowledged(digest(9), []))
    talk.tell(PROVIDER, DELETION_ACKNOWLEDGED, deletion_acknowledged(named, []))
    assert "before" in refused(talk, PROVIDER, DELETION_ACKNOWLEDGED, deletion_acknowledged(named, []))


def test_what_is_named_has_to_be_of_the_right_kind() -> None:
    talk = Talk()
    other = talk.tell(CONSUMER, WITHDRAWAL, withdrawal("", NOW))
    refused(talk, PROVIDER, DELETION_ACKNOWLEDGED, deletion_acknowledged(other, []))
    refused(talk, PROVIDER, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(other))


def test_a_proposal_is_answered_once_by_the_other_side() -> None:
    talk = Talk()
    asked = talk.tell(CONSUMER, PEOPLE_CHANGE, people_change(digest(1), None, ""))
    refused(talk, CONSUMER, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(asked))
    assert [h.digest for h in open_proposals(talk.told[CONSUMER], talk.told[PROVIDER])] == [asked]
    talk.tell(PROVIDER, PEOPLE_CHANGE_REFUSED, people_change_refused(asked, "too many"))
    assert list(open_proposals(talk.told[CONSUMER], talk.told[PROVIDER])) == []
    refused(talk, PROVIDER, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(asked))


def test_a_list_is_proposed_once_by_anybody() -> None:
    talk = Talk()
    talk.tell(CONSUMER, PEOPLE_CHANGE, people_change(digest(1), None, ""))
    refused(talk, CONSUMER, PEOPLE_CHANGE, people_change(digest(1), digest(2), ""))
    refused(talk, PROVIDER, PEOPLE_CHANGE, people_change(digest(1), None, ""))
    refused(talk, PROVIDER, PEOPLE_CHANGE, people_change(digest(3), digest(3), ""))


def now(talk: Talk, agreed: str | None = None) -> str | None:
    return people_now(agreed, provider=talk.told[PROVIDER], consumer=talk.told[CONSUMER])


def test_the_list_that_counts_is_the_last_that_was_countersigned() -> None:
    talk = Talk()
    agreed = digest(1)
    assert now(talk, agreed) == agreed
    first = talk.tell(CONSUMER, PEOPLE_CHANGE, people_change(digest(2), agreed, ""))
    assert now(talk, agreed) == agreed
    talk.tell(PROVIDER, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(first))
    assert now(talk, agreed) == digest(2)
    second = talk.tell(PROVIDER, PEOPLE_CHANGE, people_change(digest(3), digest(2), ""))
    talk.tell(CONSUMER, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(second))
    assert now(talk, agreed) == digest(3)


def test_of_two_that_were_accepted_crosswise_the_consumer_s_counts() -> None:
    talk = Talk()
    theirs = talk.tell(PROVIDER, PEOPLE_CHANGE, people_change(digest(2), None, ""), blind=True)
    ours = talk.tell(CONSUMER, PEOPLE_CHANGE, people_change(digest(3), None, ""), blind=True)
    talk.tell(CONSUMER, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(theirs))
    assert now(talk) == digest(2)
    talk.tell(PROVIDER, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(ours))
    assert now(talk) == digest(3)


def test_a_change_of_what_does_not_count_is_void() -> None:
    talk = Talk()
    lost = talk.tell(PROVIDER, PEOPLE_CHANGE, people_change(digest(5), digest(4), ""))
    talk.tell(CONSUMER, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(lost))
    assert now(talk, digest(1)) == digest(1)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 6)), max_size=30))
@settings(max_examples=80)
def test_it_always_comes_to_an_end_whatever_was_accepted(steps: list[tuple[bool, int, int]]) -> None:
    """Lists that replace each other in a circle, too: accepted ones count once each."""
    talk = Talk()
    for mine, people, before in steps:
        author, other = (PROVIDER, CONSUMER) if mine else (CONSUMER, PROVIDER)
        try:
            asked = talk.tell(author, PEOPLE_CHANGE, people_change(digest(people), digest(before), ""))
            talk.tell(other, PEOPLE_CHANGE_ACCEPTED, people_change_accepted(asked))
        except NoticeMismatch:
            continue
    assert now(talk, digest(0)) in {digest(number) for number in range(7)}


def test_the_chains_are_read_for_those_kinds_only_that_answer_others() -> None:
    answering = {SUSPENSION, RESUMPTION, DELETION_ACKNOWLEDGED, PEOPLE_CHANGE, PEOPLE_CHANGE_ACCEPTED,
                 PEOPLE_CHANGE_REFUSED}  # fmt: skip
    assert answering <= {kind for kind in KINDS if refers(kind)}
    assert not refers(WITHDRAWAL)
