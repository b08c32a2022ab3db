import io
import itertools
import zipfile
from pathlib import Path

import httpx
import pytest

from connector import client as module
from connector.client import ClientError, ManagementClient, NoAnswerError
from tests.connector.cli.management_fake import CONTENT, CONTRACT, DATASET, PLANT, TOKEN, Fake, problem


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def client(fake: Fake) -> ManagementClient:
    return ManagementClient("http://127.0.0.1:1/", TOKEN, lang="ko", transport=httpx.MockTransport(fake.handle))


def test_says_who_it_is_and_which_language_it_reads(client: ManagementClient, fake: Fake) -> None:
    assert client.self_description()["participantId"] == PLANT
    request = fake.requests[-1]
    assert str(request.url) == "http://127.0.0.1:1/management/v1/self"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["accept-language"] == "ko"


def test_takes_an_address_that_already_names_the_version(fake: Fake) -> None:
    with ManagementClient(
        "http://127.0.0.1:1/management/v1", TOKEN, transport=httpx.MockTransport(fake.handle)
    ) as client:
        client.log()
    assert fake.requests[-1].url.path == "/management/v1/log"


def test_a_did_arrives_as_it_was_written(client: ManagementClient, fake: Fake) -> None:
    client.put_peer(PLANT, may_not_sign=True, reason="x")
    assert fake.requests[-1].url.raw_path.endswith(b"/peers/did:web:plant.example%253A8443")
    assert fake.calls[-1][2] == {"mayNotSign": True, "lapses": [], "reason": "x"}


def test_an_error_keeps_the_whole_problem(client: ManagementClient, fake: Fake) -> None:
    fake.answers["GET", "/log"] = problem(409, "busy", "Try again.", questions=[1])
    with pytest.raises(ClientError) as caught:
        client.log()
    assert (caught.value.status, caught.value.title, caught.value.detail) == (409, "busy", "Try again.")
    assert caught.value.problem["questions"] == [1]
    assert str(caught.value) == "Try again."


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b""])
def test_an_error_without_a_problem_document_still_says_something(
    client: ManagementClient, fake: Fake, body: bytes
) -> None:
    fake.answers["GET", "/log"] = httpx.Response(502, content=body)
    with pytest.raises(ClientError, match="Bad Gateway"):
        client.log()


@pytest.mark.parametrize("answer", [httpx.Response(200, text="hello"), httpx.Response(200, json=[1])])
def test_a_stranger_on_the_port_is_no_connector(client: ManagementClient, fake: Fake, answer: httpx.Response) -> None:
    fake.answers["GET", "/log"] = answer
    with pytest.raises(ClientError, match="JSON"):
        client.log()


def test_a_list_may_come_bare_or_named(client: ManagementClient, fake: Fake) -> None:
    fake.answers["GET", "/members"] = httpx.Response(200, json={"members": [{"did": PLANT}]})
    assert client.members() == [{"did": PLANT}]
    fake.answers["GET", "/members"] = httpx.Response(200, json=[{"did": PLANT}])
    assert client.members() == [{"did": PLANT}]
    fake.answers["GET", "/members"] = httpx.Response(200, json={"other": []})
    with pytest.raises(ClientError):
        client.members()


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow")])
def test_silence_has_its_own_error(error: httpx.HTTPError) -> None:
    def silent(_: httpx.Request) -> httpx.Response:
        raise error

    client = ManagementClient("http://127.0.0.1:1", TOKEN, transport=httpx.MockTransport(silent))
    with pytest.raises(NoAnswerError, match=type(error).__name__) as caught:
        client.log()
    assert caught.value.status == 0
    with pytest.raises(NoAnswerError):
        client.evidence(CONTRACT, io.BytesIO())


@pytest.mark.parametrize("url", ["http://[", "https://127.0.0.1:1"])
def test_an_address_or_bundle_that_cannot_be_used(url: str, tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError):
        ManagementClient(url, TOKEN, tmp_path / "no.pem")


def test_uploads_are_streamed_with_their_length(client: ManagementClient, fake: Fake, tmp_path: Path) -> None:
    path = tmp_path / "건조 a.csv"
    path.write_bytes(b"x" * (module.CHUNK + 5))
    seen: list[tuple[int, int]] = []
    answer = client.upload(path, on_progress=lambda done, whole: seen.append((done, whole)))
    assert answer["found"]["byteSize"] == module.CHUNK + 5
    request = fake.requests[-1]
    assert request.headers["content-length"] == str(module.CHUNK + 5)
    assert "transfer-encoding" not in request.headers
    assert request.url.params["name"] == "건조 a.csv"
    assert seen == [(module.CHUNK, module.CHUNK + 5), (module.CHUNK + 5, module.CHUNK + 5)]


def test_follows_a_negotiation_by_long_polls(client: ManagementClient, fake: Fake) -> None:
    begun = client.negotiate(PLANT, DATASET)
    assert fake.body("POST", "/negotiations") == {"provider": PLANT, "dataset": DATASET, "offer": None}
    assert client.follow_negotiation(begun["id"])["state"] == "FINALIZED"
    assert fake.requests[-1].url.params["until"] == "FINALIZED"
    assert int(fake.requests[-1].url.params["wait"]) == module.POLL


def test_stops_following_when_the_time_is_over(client: ManagementClient) -> None:
    assert client.follow_negotiation("urn:uuid:neg", timeout=0)["state"] == "REQUESTED"


def test_follows_a_delivery_and_tells_the_bytes(client: ManagementClient) -> None:
    seen: list[tuple[int, int]] = []
    view = client.follow_delivery("urn:uuid:del", on_progress=lambda done, whole: seen.append((done, whole)))
    assert view["state"] == "complete"
    assert [done for done, _ in seen] == [0, len(CONTENT) // 2, len(CONTENT)]


def test_patience_ends_when_no_byte_comes(
    client: ManagementClient, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.polls, fake.delivery_ends = [7], "running"
    ticks = itertools.count(0, 4)
    monkeypatch.setattr("time.monotonic", lambda: float(next(ticks)))
    assert client.follow_delivery("urn:uuid:del", patience=10)["state"] == "running"
    assert len(fake.calls) == 3


def test_a_bundle_is_followed_by_its_contracts(client: ManagementClient, fake: Fake) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("contracts/000001.zip", "contracts/000002.zip", "bundle.json", "statement.json"):
            archive.writestr(name, b"x" * 9)
    fake.answers["GET", "/evidence"] = httpx.Response(200, content=packed.getvalue(), headers={module.COUNT: "2"})
    seen: list[tuple[int, int]] = []
    size = client.evidence_bundle(
        io.BytesIO(), partner=PLANT, on_progress=lambda done, whole: seen.append((done, whole))
    )
    assert size == len(packed.getvalue())
    assert seen[-1] == (2, 2)


def test_downloads_go_to_the_target(client: ManagementClient, fake: Fake) -> None:
    target = io.BytesIO()
    seen: list[int] = []
    assert client.content("urn:uuid:del", target, on_progress=lambda done, _: seen.append(done)) == len(CONTENT)
    assert target.getvalue() == CONTENT
    assert seen[-1] == len(CONTENT)
    fake.answers["GET", "/deliveries/urn:uuid:gone/content"] = problem(404, "gone", "There is no such delivery.")
    empty = io.BytesIO()
    with pytest.raises(ClientError, match="no such delivery"):
        client.content("urn:uuid:gone", empty)
    assert empty.getvalue() == b""


def test_every_other_call_has_its_place(client: ManagementClient, fake: Fake) -> None:
    fake.contracts = [{"id": CONTRACT}]
    fake.datasets = [{"id": DATASET}]
    fake.answers["POST", "/negotiations/urn:uuid:neg/termination"] = httpx.Response(200, json={"state": "TERMINATED"})
    assert client.contract(CONTRACT) == {"id": CONTRACT}
    assert client.dataset(DATASET) == {"id": DATASET}
    assert client.withdraw(CONTRACT, "why")["reason"] == "why"
    assert client.terminate_negotiation("urn:uuid:neg", "why")["state"] == "TERMINATED"
    assert client.negotiations()[0]["id"] == "urn:uuid:neg"
    assert client.catalog("dryer", provider=PLANT)["entries"]
    assert dict(fake.requests[-1].url.params) == {"q": "dryer", "provider": PLANT}
    client.withdraw_dataset(DATASET)
    assert fake.calls[-1][:2] == ("DELETE", f"/datasets/{DATASET}")
    client.remove_peer(PLANT)
    client.deliver(CONTRACT, None, person="kim", delivery="urn:uuid:del")
    assert fake.calls[-1][2] == {"contract": CONTRACT, "purpose": None, "person": "kim", "delivery": "urn:uuid:del"}
    assert client.settings()[0]["name"] == "name"
    assert client.acts()[0]["name"] == "kim"


def test_follows_the_links_of_a_list() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        after = request.url.params.get("after")
        links = {} if after else {"Link": '</management/v1/datasets?limit=1&after=urn%3Aa>; rel="next"'}
        return httpx.Response(200, json=[{"id": "urn:b" if after else "urn:a"}], headers=links)

    with ManagementClient("http://127.0.0.1:1", TOKEN, transport=httpx.MockTransport(handle)) as client:
        assert [view["id"] for view in client.datasets()] == ["urn:a", "urn:b"]
