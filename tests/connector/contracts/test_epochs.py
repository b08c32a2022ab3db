"""The statement about a log that could not go on: signed by its owner, about two of his logs, naming how far the old one came."""

from datetime import timedelta
from typing import Any

import pytest

from connector.audit.checkpoint import Checkpoint, sign_checkpoint
from connector.contracts.epochs import check_epoch_statement, known_checkpoint, make_epoch_statement
from connector.contracts.errors import ContractError, UnknownFormat
from connector.contracts.rules import Signer
from connector.trust.keys import SigningKey, generate_ed25519
from tests.support.members import NOW

DID = "did:web:plant.example"
KEY = SigningKey(generate_ed25519(), f"{DID}#contract-1")
LOG = generate_ed25519()
OLD, NEW = "plant.example/log", "plant.example/log/2"


def checkpoint(origin: str = OLD, size: int = 17) -> str:
    return sign_checkpoint(Checkpoint(origin, size, bytes(32)), LOG.sign, LOG.public.raw())


def made(**changed: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "issuer": DID,
        "key": KEY,
        "origin": NEW,
        "epoch": 2,
        "previous": OLD,
        "restored_size": 9,
        "restored_root": "ab" * 32,
        "known": checkpoint(),
        "reason": "restored",
        "now": NOW,
    }
    return make_epoch_statement(**{**given, **changed})


def test_it_says_what_was_signed() -> None:
    found = check_epoch_statement(made(), Signer(DID, KEY.key.public), now=NOW)
    assert (found.origin, found.epoch, found.previous, found.restored_size) == (NEW, 2, OLD, 9)
    known = known_checkpoint(found)
    assert known is not None
    assert (known.origin, known.size) == (OLD, 17)
    nothing = check_epoch_statement(made(known=None, restored_size=0), Signer(DID, KEY.key.public), now=NOW)
    assert known_checkpoint(nothing) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"epoch": 1}, "epoch"),
        ({"origin": OLD}, "epoch"),
        ({"known": "no note"}, "previous.known"),
        ({"known": checkpoint(NEW)}, "previous.known"),
        ({"known": checkpoint(size=8)}, "previous.known"),
        ({"origin": "with a blank"}, "previous.known"),
        ({"now": NOW + timedelta(hours=1)}, "validFrom"),
        ({"key": SigningKey(generate_ed25519(), f"{DID}#contract-1")}, "signature"),
        ({"issuer": "did:web:somebody.example"}, "somebody"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_does_not_hold(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(ContractError, match=reason):
        check_epoch_statement(made(**changed), Signer(DID, KEY.key.public), now=NOW)


def test_another_format_is_said() -> None:
    document = made()
    document["credentialSubject"]["format"] = "mmd-log-epoch/9"
    with pytest.raises(UnknownFormat):
        check_epoch_statement(document, Signer(DID, KEY.key.public), now=NOW)
