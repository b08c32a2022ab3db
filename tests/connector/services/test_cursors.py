import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.ports.records import Position
from connector.services.cursors import MAX_TOKEN, Cursor, Cursors
from connector.services.errors import BadRequest

CURSORS = Cursors(b"secret")
CURSOR = Cursor(Position("2026-11-23T00:00:00.000Z", "urn:uuid:1"), back=True)
TOKEN = CURSORS.write(CURSOR, "did:web:a", "query")


@given(st.builds(Cursor, st.builds(Position, st.text(), st.text()), st.booleans()))
def test_what_is_written_is_read(cursor: Cursor) -> None:
    token = CURSORS.write(cursor, "did:web:a", "query")
    if len(token) <= MAX_TOKEN:
        assert CURSORS.read(token, "did:web:a", "query") == cursor


def test_the_same_place_has_the_same_token() -> None:
    assert CURSORS.write(CURSOR, "did:web:a", "query") == TOKEN


@pytest.mark.parametrize(
    ("cursors", "participant", "query"),
    [
        (CURSORS, "did:web:b", "query"),
        (CURSORS, "did:web:a", "another"),
        (Cursors(b"another"), "did:web:a", "query"),
    ],
)
def test_it_is_for_one_participant_and_one_query(cursors: Cursors, participant: str, query: str) -> None:
    with pytest.raises(BadRequest, match="continuationToken"):
        cursors.read(TOKEN, participant, query)


FORGED = base64.urlsafe_b64encode(b'[false, "0", "0"]').decode()


@pytest.mark.parametrize(
    "token",
    ["", ".", "x", TOKEN[:-1], TOKEN + "A", TOKEN.replace(".", ""), f"{FORGED}.{TOKEN.partition('.')[2]}", "é." * 9,
     TOKEN + " ", "A" * (MAX_TOKEN + 1), f"{TOKEN}.{TOKEN}", "%00", TOKEN.partition(".")[0] + "."],
)  # fmt: skip
def test_what_was_not_handed_out_is_refused(token: str) -> None:
    with pytest.raises(BadRequest, match="continuationToken"):
        CURSORS.read(token, "did:web:a", "query")


@given(st.text(max_size=200))
def test_no_text_is_taken_for_a_cursor(token: str) -> None:
    if token != TOKEN:
        with pytest.raises(BadRequest):
            CURSORS.read(token, "did:web:a", "query")
