import json

import pytest

from connector.canonical import JsonObject
from connector.contracts.errors import ContractError
from connector.dataplane.sources.errors import SourceError
from connector.ports.network import PeerUnreachable
from connector.ports.store import SigningSuspended, StoreError, StoreFull
from connector.protocol.bindings import Protocol
from connector.protocol.errors import IllegalTransition, MessageInvalid, ProtocolError
from connector.protocol.versions import V2025_1
from connector.services import errors
from connector.services.errors import BadRequest, Busy, Conflict, Forbidden, NotFound, ServiceError, Unauthenticated
from connector.web.problems import STATUS, problem, protocol_error, status_of
from connector.wire.errors import DecodeError


def tree(kind: type[Exception]) -> set[type[Exception]]:
    """A class and all that are below it."""
    return {kind}.union(*(tree(sub) for sub in kind.__subclasses__()))


def body(response: object) -> JsonObject:
    read: JsonObject = json.loads(response.body)  # type: ignore[attr-defined]
    return read


@pytest.mark.parametrize("root", [ServiceError, StoreError, ProtocolError, DecodeError, PeerUnreachable, SourceError])
def test_every_error_that_may_reach_the_door_has_a_status(root: type[Exception]) -> None:
    for kind in tree(root) - {ServiceError}:
        if not kind.__module__.startswith("connector."):
            continue
        assert any(base in STATUS for base in kind.__mro__), kind


def test_the_errors_of_the_services_are_all_in_the_table() -> None:
    named = {e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, ServiceError)} - {ServiceError}
    assert named <= set(STATUS)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 404),
        (Unauthenticated("x"), 401),
        (Forbidden("x"), 403),
        (BadRequest("x"), 400),
        (BadRequest("x", status=416), 416),
        (Conflict("x"), 409),
        (errors.Unprocessable("x"), 422),
        (Busy("x"), 503),
        (DecodeError("x"), 400),
        (IllegalTransition("x"), 400),
        (MessageInvalid("x"), 400),
        (PeerUnreachable("x"), 502),
        (StoreFull("x"), 507),
        (SigningSuspended("x"), 503),
        (StoreError("x"), 503),
    ],
)
def test_problems(error: Exception, status: int) -> None:
    response = problem(error)
    told = body(response)
    assert response.status_code == told["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert (told["type"], told["detail"]) == ("about:blank", "x")
    assert told["title"]
    assert ("Retry-After" in response.headers) == (status == 503)
    assert ("WWW-Authenticate" in response.headers) == (status == 401)


def test_a_problem_carries_what_programs_need() -> None:
    told = body(problem(Forbidden("the count is used up", clause="count", ko="횟수", title="no", status=403)))
    assert (told["clause"], told["ko"], told["title"]) == ("count", "횟수", "refused")


@pytest.mark.parametrize("error", [RuntimeError("a secret"), KeyError("a secret"), ContractError("pids")])
def test_of_what_nobody_expected_nothing_is_told(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    for response in (problem(error), protocol_error(error, Protocol.CATALOG, V2025_1)):
        assert response.status_code == 500
        assert b"secret" not in bytes(response.body)
        assert b"trace" in bytes(response.body)
    assert "unexpected" in caplog.text
    assert status_of(error)[0] == 500


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 404),
        (Forbidden("x"), 404),
        (Unauthenticated("x"), 401),
        (Busy("x"), 503),
        (StoreFull("x"), 503),
        (DecodeError("x"), 400),
        (IllegalTransition("x"), 400),
        (Conflict("x"), 409),
    ],
)
def test_errors_of_the_protocols(protocol: Protocol, error: Exception, status: int) -> None:
    response = protocol_error(error, protocol, V2025_1)
    told = body(response)
    assert response.status_code == status
    assert told["@context"] == [V2025_1.context]
    assert told["@type"] == protocol.value
    assert told["reason"] == ["x"]
    assert isinstance(told["code"], str)
    # Both pids are demanded by the schemas, known or not.
    assert ("providerPid" in told and "consumerPid" in told) == (protocol is not Protocol.CATALOG)


def test_a_file_that_is_no_table_is_explained_in_both_languages() -> None:
    error = next(iter(sources()))
    told = body(problem(error))
    assert told["status"] == 422
    assert told["detail"] != told["ko"]


def sources() -> list[SourceError]:
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from connector.dataplane.sources.inspect import inspect_file

    with TemporaryDirectory() as folder:
        file = Path(folder) / "x.csv"
        file.write_bytes(b"")
        with pytest.raises(SourceError) as caught:
            inspect_file(file)
    return [caught.value]
