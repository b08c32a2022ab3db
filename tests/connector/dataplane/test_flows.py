import asyncio
import errno
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from connector.dataplane import reading
from connector.dataplane.flows import HttpDataPlane
from connector.dataplane.reading import CHUNK, SMALL, digest_of_file, file_state, read_chunks
from connector.ports.dataplane import PullRequest
from connector.ports.network import FlowBroken, FlowRefused, PeerUnreachable

pytestmark = pytest.mark.anyio

CONTENT = bytes(range(256)) * 4000
DIGEST = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
URL = "https://plant.example/data/1"


class Parts(httpx.AsyncByteStream):
    """A body in parts, and what happens after them."""

    def __init__(self, *parts: bytes, then: Exception | None = None) -> None:
        self._parts, self._then = parts, then

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self._then is not None:
            raise self._then


class Provider:
    """Answers requests for data one after the other, and remembers their headers."""

    def __init__(self, *answers: Callable[[httpx.Request], httpx.Response]) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Headers] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.headers)
        return self.answers.pop(0)(request)


def whole(content: bytes = CONTENT) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, stream=Parts(content))


def rest(start: int, said: str | None = None) -> Callable[[httpx.Request], httpx.Response]:
    named = {"content-range": said if said is not None else f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"}
    return lambda _: httpx.Response(206, headers=named, stream=Parts(CONTENT[start:]))


def cut(*parts: bytes, status: int = 200, then: Exception | None = None) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, stream=Parts(*parts, then=then or httpx.ReadError("cut")))


def says(status: int, body: Any = b"") -> Callable[[httpx.Request], httpx.Response]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx.Response(status, stream=Parts(content))


def request(target: Path, **changed: Any) -> PullRequest:
    values: dict[str, Any] = {
        "url": URL,
        "headers": {"Authorization": "DPoP t"},
        "proof": lambda method, url: f"proof of {method} {url}",
        "delivery": "urn:uuid:1",
        "purpose": "urn:purpose",
        "person": None,
        "target": target,
        "digest": DIGEST,
        "byte_size": len(CONTENT),
    }
    return PullRequest(**{**values, **changed})


async def pull(provider: Provider, wanted: PullRequest) -> tuple[str, list[int]]:
    """The digest, and the progress that was told."""
    told: list[int] = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(provider)) as client:
        plane = HttpDataPlane(client, check_url=lambda _: None)
        try:
            return await plane.pull(wanted, told.append), told
        finally:
            plane.close()


async def refused(provider: Provider, wanted: PullRequest) -> FlowRefused:
    with pytest.raises(FlowRefused) as caught:
        await pull(provider, wanted)
    return caught.value


async def test_the_whole_in_one_go(tmp_path: Path) -> None:
    provider = Provider(whole())
    found, told = await pull(provider, request(tmp_path / "x.part", person="김 기사"))
    assert found == DIGEST
    assert (tmp_path / "x.part").read_bytes() == CONTENT
    assert (told[0], told[-1], told) == (0, len(CONTENT), sorted(told))
    (headers,) = provider.asked
    assert headers["authorization"] == "DPoP t"
    assert headers["dpop"] == f"proof of GET {URL}"
    assert (headers["mmd-delivery"], headers["mmd-purpose"]) == ("urn:uuid:1", "urn:purpose")
    assert headers["mmd-person"] == "%EA%B9%80%20%EA%B8%B0%EC%82%AC"
    assert headers["accept-encoding"] == "identity"
    assert "range" not in headers


async def test_a_bearer_token_needs_no_proof(tmp_path: Path) -> None:
    provider = Provider(whole())
    await pull(provider, request(tmp_path / "x", headers={"Authorization": "Bearer t"}, proof=None))
    assert provider.asked[0]["authorization"] == "Bearer t"
    assert "dpop" not in provider.asked[0]


@pytest.mark.parametrize("sizes", [[1], [100, 100], [SMALL], [SMALL, 7], [SMALL - 1, 1, SMALL, 3], [0, 5]])
async def test_what_arrived_before_the_cut_is_kept_and_resumed(tmp_path: Path, sizes: list[int]) -> None:
    target, parts, at = tmp_path / "x", [], 0
    for size in sizes:
        parts.append(CONTENT[at : at + size])
        at += size
    provider = Provider(cut(*parts), rest(at))
    with pytest.raises(FlowBroken, match="cut"):
        await pull(provider, request(target))
    assert target.read_bytes() == CONTENT[:at]
    found, told = await pull(provider, request(target))
    assert (found, target.read_bytes() == CONTENT) == (DIGEST, True)
    assert told[0] == at
    assert provider.asked[1]["range"] == f"bytes={at}-"
    assert provider.asked[1]["if-range"] == f'"{DIGEST}"'


async def test_a_body_that_ends_early_is_broken(tmp_path: Path) -> None:
    with pytest.raises(FlowBroken, match="10 of 1,024,000 bytes"):
        await pull(Provider(whole(CONTENT[:10])), request(tmp_path / "x"))
    assert (tmp_path / "x").stat().st_size == 10


async def test_what_is_there_already_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(CONTENT)
    provider = Provider()
    assert (await pull(provider, request(tmp_path / "x")))[0] == DIGEST


async def test_more_than_should_be_there_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(CONTENT + b"more")
    provider = Provider(whole())
    assert (await pull(provider, request(tmp_path / "x")))[0] == DIGEST
    assert (tmp_path / "x").read_bytes() == CONTENT


async def test_other_bytes_have_another_digest(tmp_path: Path) -> None:
    other = bytes(len(CONTENT))
    found, _ = await pull(Provider(whole(other)), request(tmp_path / "x"))
    assert found == digest_of_file(tmp_path / "x") == "sha256:" + hashlib.sha256(other).hexdigest()


async def test_more_bytes_than_the_contract_names(tmp_path: Path) -> None:
    error = await refused(Provider(whole(CONTENT + b"x")), request(tmp_path / "x"))
    assert (error.status, "more than the contract names" in error.detail) == (502, True)
    assert (tmp_path / "x").stat().st_size <= len(CONTENT)
    endless = Provider(cut(*[CONTENT] * 50))
    await refused(endless, request(tmp_path / "y"))
    assert (tmp_path / "y").stat().st_size <= len(CONTENT)


async def test_no_bytes_at_all_are_data_too(tmp_path: Path) -> None:
    nothing = "sha256:" + hashlib.sha256(b"").hexdigest()
    found, _ = await pull(Provider(whole(b"")), request(tmp_path / "x", digest=nothing, byte_size=0))
    assert found == nothing


async def test_a_refusal_is_told_with_its_reason(tmp_path: Path) -> None:
    problem = {"title": "refused", "detail": "the count is used up", "clause": "count", "ko": "횟수", "status": 403}
    error = await refused(Provider(says(403, problem)), request(tmp_path / "x"))
    assert (error.status, error.title, error.detail) == (403, "refused", "the count is used up")
    assert error.more == {"clause": "count", "ko": "횟수"}


@pytest.mark.parametrize("body", [b"<html>no", b"[]", b'{"title": 1}', b"\xff" * 300_000, b"", b'{"clause": 7}'])
async def test_a_refusal_of_another_make(tmp_path: Path, body: bytes) -> None:
    error = await refused(Provider(says(410, body)), request(tmp_path / "x"))
    assert error.status == 410
    assert error.title
    assert len(error.detail) <= 2000


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 302, 204])
async def test_not_now_is_no_refusal(tmp_path: Path, status: int) -> None:
    with pytest.raises(FlowBroken, match=str(status)):
        await pull(Provider(says(status)), request(tmp_path / "x"))


async def test_the_whole_although_the_rest_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(CONTENT[:10])
    error = await refused(Provider(whole()), request(tmp_path / "x"))
    assert (error.status, error.title) == (409, "the data has changed")
    assert (tmp_path / "x").read_bytes() == CONTENT[:10]


async def test_another_range_than_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(CONTENT[:10])
    for answer in (rest(20), rest(10, "")):
        assert (await refused(Provider(answer), request(tmp_path / "x"))).title == "wrong range"
    # A part although the whole was asked for is no answer to the question either.
    (tmp_path / "x").unlink()
    with pytest.raises(FlowBroken, match="206"):
        await pull(Provider(rest(10)), request(tmp_path / "x"))


@pytest.mark.parametrize("error", [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), OSError("gone")])
async def test_a_line_that_breaks_can_be_tried_again(tmp_path: Path, error: Exception) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(FlowBroken):
        await pull(Provider(fail), request(tmp_path / "x"))


async def test_addresses_are_checked_before_anything_is_written(tmp_path: Path) -> None:
    def check(url: str) -> None:
        raise PeerUnreachable(url)

    async with httpx.AsyncClient(transport=httpx.MockTransport(Provider())) as client:
        plane = HttpDataPlane(client, check_url=check)
        with pytest.raises(PeerUnreachable):
            await plane.pull(request(tmp_path / "x"), lambda _: None)
        plane.close()
    assert not (tmp_path / "x").exists()


async def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    error = await refused(Provider(whole()), request(tmp_path / "x"))
    assert (error.status, "No space left" in error.detail) == (507, True)


async def test_a_pull_that_is_cancelled_leaves_nobody_writing(tmp_path: Path) -> None:
    arrived = asyncio.Event()

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield CONTENT[: SMALL + 5]
            arrived.set()
            await asyncio.Event().wait()

    pulling = asyncio.create_task(
        pull(Provider(lambda _: httpx.Response(200, stream=Endless())), request(tmp_path / "x"))
    )
    await arrived.wait()
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    assert (tmp_path / "x").read_bytes() == CONTENT[: SMALL + 5]


@pytest.mark.parametrize("start", [0, 1, SMALL, len(CONTENT) - 1, len(CONTENT), len(CONTENT) + 1])
async def test_reading_from_anywhere(tmp_path: Path, start: int) -> None:
    (tmp_path / "x").write_bytes(CONTENT)
    chunks = [chunk async for chunk in read_chunks(tmp_path / "x", start)]
    assert b"".join(chunks) == CONTENT[start:]
    assert all(len(chunk) <= SMALL for chunk in chunks)


@pytest.mark.parametrize(("pause", "largest"), [(-1.0, SMALL), (1e9, CHUNK)])
async def test_only_who_keeps_up_gets_large_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pause: float, largest: int
) -> None:
    monkeypatch.setattr(reading, "_PAUSE", pause)
    monkeypatch.setattr(reading, "_PROVEN", 2 * SMALL)
    (tmp_path / "x").write_bytes(bytes(3 * CHUNK))
    sizes = [len(chunk) async for chunk in read_chunks(tmp_path / "x", 0)]
    assert sizes[:2] == [SMALL, SMALL]
    assert (max(sizes), sum(sizes)) == (largest, 3 * CHUNK)


async def test_who_stops_reading_leaves_no_open_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(CONTENT)
    for _ in range(20):
        reading = read_chunks(tmp_path / "x", 0)
        async for chunk in reading:
            assert chunk
            break
        await reading.aclose()


def test_a_touched_file_has_another_state(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"one")
    before = file_state(file)
    assert file_state(file) == before
    other = tmp_path / "y"
    other.write_bytes(b"one")
    other.replace(file)
    assert file_state(file) != before
    with pytest.raises(FileNotFoundError):
        file_state(tmp_path / "none")
