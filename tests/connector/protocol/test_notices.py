from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.protocol.notices import (
    DELETION_ACKNOWLEDGED,
    DELETION_CERTIFICATE,
    DELIVERY_SENT,
    DUTY_FULFILLED,
    END,
    HOLDS_RECEIPT,
    KINDS,
    PEOPLE_CHANGE,
    PEOPLE_CHANGE_ACCEPTED,
    PEOPLE_CHANGE_REFUSED,
    RESUMPTION,
    SUSPENSION,
    WITHDRAWAL,
    AlreadyHeld,
    Chain,
    Notice,
    NoticeEquivocation,
    NoticeError,
    NoticeGap,
    NoticeMalformed,
    NoticeMismatch,
    Seen,
    deletion_acknowledged,
    deletion_certificate,
    delivery,
    duty_fulfilled,
    end,
    holds_receipt,
    people_change,
    people_change_accepted,
    people_change_refused,
    read_notice,
    resumption,
    suspension,
    withdrawal,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AGREEMENT = "urn:uuid:11111111-1111-4111-8111-111111111111"
PROVIDER = Chain(AGREEMENT, "did:web:provider.example", "sha256:" + "cc" * 32)
CONSUMER = Chain(AGREEMENT, "did:web:consumer.example", "sha256:" + "cc" * 32)


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def signed(notice: Notice) -> dict[str, Any]:
    return {"issuer": notice.author, "credentialSubject": notice.subject()}


def a_delivery(**changed: Any) -> dict[str, Any]:
    content = delivery(
        delivery="urn:uuid:d",
        transfer="urn:uuid:t",
        transferred=10,
        ranges=[(0, 9)],
        digest=digest(7),
        purpose="https://example.org/purpose",
        person=None,
        started_at=NOW,
        finished_at=NOW,
        result="complete",
    )
    return {**content, **changed}


def grown(chain: Chain, other: Chain, count: int) -> Chain:
    for number in range(count):
        notice = chain.next(WITHDRAWAL, withdrawal("", NOW), other=other)
        chain = chain.accept(notice, digest(1000 + number), other=other)
    return chain


def test_a_chain_grows_by_what_its_author_writes_next() -> None:
    first = CONSUMER.next(HOLDS_RECEIPT, holds_receipt(digest(1)), other=PROVIDER)
    assert (first.number, first.previous, first.seen) == (1, None, None)
    chain = CONSUMER.accept(first, digest(10), other=PROVIDER)
    assert chain.highest == Seen(1, digest(10))
    answer = PROVIDER.next(DELIVERY_SENT, a_delivery(), other=chain)
    assert answer.seen == Seen(1, digest(10))
    second = chain.next(WITHDRAWAL, withdrawal("no longer needed", NOW), other=PROVIDER.accept(answer, digest(20)))
    assert (second.number, second.previous, second.seen) == (2, digest(10), Seen(1, digest(20)))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (HOLDS_RECEIPT, holds_receipt(digest(1))),
        (DELIVERY_SENT, a_delivery()),
        (DELIVERY_SENT, a_delivery(digest=None, purpose=None, person=digest(3), result="broken", ranges=[])),
        (WITHDRAWAL, withdrawal("", NOW)),
        (SUSPENSION, suspension("a complaint")),
        (RESUMPTION, resumption(digest(1))),
        (END, end(NOW)),
        (DUTY_FULFILLED, duty_fulfilled("obligation-1.2", "paid", NOW)),
        (DELETION_CERTIFICATE, deletion_certificate([("d", digest(1)), ("e", digest(1))], "none left", NOW)),
        (DELETION_ACKNOWLEDGED, deletion_acknowledged(digest(1), ["e"])),
        (PEOPLE_CHANGE, people_change(digest(1), None, "")),
        (PEOPLE_CHANGE_ACCEPTED, people_change_accepted(digest(1))),
        (PEOPLE_CHANGE_REFUSED, people_change_refused(digest(1), "too many")),
    ],
)
def test_what_is_written_is_read(kind: str, content: dict[str, Any]) -> None:
    notice = grown(CONSUMER, PROVIDER, 2).next(kind, content, other=grown(PROVIDER, CONSUMER, 1))
    assert read_notice(signed(notice)) == notice


def test_the_same_notice_twice_is_held_already() -> None:
    notice = CONSUMER.next(WITHDRAWAL, withdrawal("", NOW), other=PROVIDER)
    chain = grown(CONSUMER.accept(notice, digest(1)), PROVIDER, 3)
    with pytest.raises(AlreadyHeld) as caught:
        chain.accept(notice, digest(1))
    assert caught.value.number == 1


def test_another_notice_with_a_taken_number_is_equivocation_and_names_both() -> None:
    chain = grown(CONSUMER, PROVIDER, 2)
    notice = CONSUMER.next(WITHDRAWAL, withdrawal("other words", NOW), other=PROVIDER)
    with pytest.raises(NoticeEquivocation) as caught:
        chain.accept(notice, digest(5))
    assert (caught.value.number, caught.value.held, caught.value.other) == (1, digest(1000), digest(5))


def test_a_notice_that_names_another_one_before_it_is_equivocation_about_that() -> None:
    chain = grown(CONSUMER, PROVIDER, 2)
    notice = replace(chain.next(WITHDRAWAL, withdrawal("", NOW), other=PROVIDER), previous=digest(6))
    with pytest.raises(NoticeEquivocation) as caught:
        chain.accept(notice, digest(7))
    assert (caught.value.number, caught.value.held, caught.value.other) == (2, digest(1001), digest(6))


@given(held=st.integers(0, 6), ahead=st.integers(1, 6))
@settings(max_examples=30)
def test_a_gap_names_exactly_the_missing_numbers(held: int, ahead: int) -> None:
    chain = grown(CONSUMER, PROVIDER, held)
    far = grown(chain, PROVIDER, ahead).next(WITHDRAWAL, withdrawal("", NOW), other=PROVIDER)
    with pytest.raises(NoticeGap) as caught:
        chain.accept(far, digest(1))
    assert caught.value.missing == tuple(range(held + 1, held + ahead + 1))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreement": "urn:uuid:other"}, "agreement"),
        ({"author": "did:web:stranger.example"}, "author"),
        ({"countersignature": digest(9)}, "countersignature"),
        ({"seen": Seen(2, digest(1000))}, "seen"),
        ({"seen": Seen(1, digest(9))}, "seen"),
    ],
)
def test_a_notice_that_belongs_elsewhere_is_refused(changed: dict[str, Any], code: str) -> None:
    other = grown(PROVIDER, CONSUMER, 1)
    notice = replace(CONSUMER.next(WITHDRAWAL, withdrawal("", NOW), other=other), **changed)
    with pytest.raises(NoticeMismatch) as caught:
        CONSUMER.accept(notice, digest(1), other=other)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"format": "mmd-notice/2"}, "format"),
        ({"kind": "farewell"}, "kind"),
        ({"kind": 7}, "kind"),
        ({"number": 0}, "number"),
        ({"number": True}, "number"),
        ({"number": "1"}, "number"),
        ({"previous": None}, "previous"),
        ({"previous": "sha256:AB"}, "previous"),
        ({"number": 1}, "previous"),
        ({"countersignature": "sha256:"}, "countersignature"),
        ({"seen": 3}, "seen"),
        ({"seen": {"number": 1}}, "digest"),
        ({"id": ""}, "id"),
        ({"content": []}, "content"),
        ({"content": a_delivery(bytes=-1)}, "bytes"),
        ({"content": a_delivery(bytes=1.5)}, "bytes"),
        ({"content": a_delivery(ranges=[[5, 4]])}, "ranges"),
        ({"content": a_delivery(ranges=[[0, 1]] * 257)}, "ranges"),
        ({"content": a_delivery(ranges=[[0, 1, 2]])}, "ranges"),
        ({"content": a_delivery(digest="ab")}, "digest"),
        ({"content": a_delivery(person="Kim")}, "person"),
        ({"content": a_delivery(purpose="")}, "purpose"),
        ({"content": a_delivery(startedAt="yesterday")}, "startedAt"),
        ({"content": a_delivery(finishedAt=5)}, "finishedAt"),
        ({"content": a_delivery(result="maybe")}, "result"),
        ({"content": a_delivery(transfer="x" * 4097)}, "transfer"),
        ({"kind": HOLDS_RECEIPT}, "receipt"),
        ({"kind": WITHDRAWAL}, "reason"),
        ({"kind": WITHDRAWAL, "content": {"reason": "", "effective": "soon"}}, "effective"),
    ],
)
def test_a_malformed_notice_is_refused_by_the_member(changed: dict[str, Any], named: str) -> None:
    document = signed(grown(PROVIDER, CONSUMER, 1).next(DELIVERY_SENT, a_delivery(), other=CONSUMER))
    document["credentialSubject"] |= changed
    with pytest.raises(NoticeMalformed) as caught:
        read_notice(document)
    assert named in caught.value.sentence


@pytest.mark.parametrize(
    ("kind", "content", "named"),
    [
        (SUSPENSION, {"reason": ""}, "reason"),
        (RESUMPTION, {"suspension": "1"}, "suspension"),
        (END, {"at": "soon"}, "at"),
        (DUTY_FULFILLED, {"duty": "obligation-1", "statement": "", "at": "2026-11-23T09:00:00Z"}, "statement"),
        (DELETION_CERTIFICATE, deletion_certificate([], "none", NOW), "deleted"),
        (DELETION_CERTIFICATE, deletion_certificate([("d", digest(1))] * 2, "none", NOW), "deleted"),
        (
            DELETION_CERTIFICATE,
            deletion_certificate([(f"d{n}", digest(1)) for n in range(257)], "none", NOW),
            "deleted",
        ),
        (DELETION_CERTIFICATE, deletion_certificate([("d", "sha256:x")], "none", NOW), "digest"),
        (DELETION_CERTIFICATE, {**deletion_certificate([], "none", NOW), "deleted": [{"delivery": "d"}]}, "deleted"),
        (DELETION_CERTIFICATE, {**deletion_certificate([], "none", NOW), "deleted": "all"}, "deleted"),
        (DELETION_ACKNOWLEDGED, deletion_acknowledged(digest(1), ["d"] * 257), "missing"),
        (DELETION_ACKNOWLEDGED, deletion_acknowledged(digest(1), [""]), "missing"),
        (DELETION_ACKNOWLEDGED, {"certificate": digest(1), "missing": None}, "missing"),
        (PEOPLE_CHANGE, people_change("Kim", None, ""), "people"),
        (PEOPLE_CHANGE, people_change(digest(1), "Kim", ""), "before"),
        (PEOPLE_CHANGE, {**people_change(digest(1), None, ""), "names": ["Kim"]}, "names"),
        (PEOPLE_CHANGE_REFUSED, people_change_refused(digest(1), ""), "reason"),
    ],
)
def test_a_malformed_content_is_refused_by_the_member(kind: str, content: dict[str, Any], named: str) -> None:
    with pytest.raises(NoticeMalformed) as caught:
        CONSUMER.next(kind, content, other=PROVIDER)
    assert named in caught.value.sentence


def test_a_document_without_subject_or_issuer_is_no_notice() -> None:
    with pytest.raises(NoticeMalformed):
        read_notice({"issuer": "did:web:x"})
    document = signed(CONSUMER.next(WITHDRAWAL, withdrawal("", NOW), other=PROVIDER))
    with pytest.raises(NoticeMalformed, match="issuer"):
        read_notice({**document, "issuer": {"id": "did:web:x"}})


def test_an_author_cannot_write_what_a_reader_would_refuse() -> None:
    with pytest.raises(NoticeMalformed):
        CONSUMER.next("farewell", {}, other=PROVIDER)
    with pytest.raises(NoticeMalformed):
        CONSUMER.next(HOLDS_RECEIPT, {}, other=PROVIDER)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["number", "digest", "x"]), inner),
        max_leaves=6,
    ),
    st.sampled_from(["id", "kind", "number", "previous", "seen", "content", "countersignature", "format"]),
)
@settings(max_examples=150)
def test_no_value_anywhere_makes_reading_fail_otherwise(value: Any, member: str) -> None:
    document = signed(PROVIDER.next(DELIVERY_SENT, a_delivery(), other=CONSUMER))
    document["credentialSubject"][member] = value
    try:
        notice = read_notice(document)
    except NoticeError:
        return
    assert notice.kind in KINDS
