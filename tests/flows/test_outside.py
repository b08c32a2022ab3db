"""The world outside: real TLS under a company's own CA, behind a reverse proxy, through an outbound proxy."""

from pathlib import Path

import pytest

from connector.net import guard
from tests.support.certificates import CertificateAuthority
from tests.support.proxies import ReverseProxy, tunnels
from tests.support.town import Names, NoNames, Town, listening, served, town
from tests.support.world import TABLE

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "ThreadedResolver", Names)


async def whole_thread(place: Town) -> None:
    """Discover, negotiate, pull."""
    dataset = await place.provider.publish()
    found = await place.consumer.get("/catalog", q="drying", provider=place.provider.did)
    assert [entry["dataset"] for entry in found["entries"]] == [dataset], found
    contract = await place.consumer.agree(place.provider, dataset)
    delivery = await place.consumer.fetch(contract)
    assert (delivery["state"], delivery["problem"]) == ("complete", None)
    assert await place.consumer.content(delivery) == TABLE
    for member in (place.provider, place.consumer):
        assert (await member.contract(contract))["state"] == "complete"


async def test_over_tls_with_a_ca_of_our_own(tmp_path: Path, authority: CertificateAuthority) -> None:
    async with town(tmp_path, authority) as place:
        await place.settle(lambda name, port: f"https://{name}.test:{port}", tls=True)
        await whole_thread(place)
        await refused(place, CertificateAuthority(tmp_path / "other", "Another CA").bundle)


async def refused(place: Town, bundle: Path) -> None:
    """Whoever does not trust the CA says so, and sends nothing."""
    consumer = place.consumer
    dataset = await place.provider.publish()
    before = len(await place.provider.get("/negotiations"))
    await consumer.stop()
    settings = consumer.directory / "settings.toml"
    settings.write_text(settings.read_text().replace(str(place._certificates.bundle), str(bundle)))
    consumer._bound = listening()  # type: ignore[attr-defined]
    await consumer.start()
    answer = await consumer.api.post("/negotiations", json={"provider": place.provider.did, "dataset": dataset})
    assert answer.status_code == 502
    assert "its certificate comes from an authority that we do not trust (setting ca_bundle)" in answer.json()["detail"]
    assert len(await place.provider.get("/negotiations")) == before


@pytest.mark.parametrize("strips", [True, False])
async def test_behind_a_reverse_proxy_with_a_path(
    tmp_path: Path, authority: CertificateAuthority, strips: bool
) -> None:
    proxy, front = ReverseProxy(strips=strips), listening()
    root = f"https://front.test:{front.getsockname()[1]}"
    async with served(proxy.app, front, *authority.issue("front.test")):
        async with town(tmp_path, authority, 'trusted_proxies = ["127.0.0.1"]') as place:
            await place.settle(lambda name, _: f"{root}/{name}", tls=False, here=proxy.ports.__setitem__)
            assert place.provider.did == f"did:web:front.test%3A{front.getsockname()[1]}:provider"
            await whole_thread(place)
        await proxy.close()
    assert "GET /provider/did.json" in proxy.passed
    assert any(passed.startswith("GET /provider/data/") for passed in proxy.passed)


async def test_through_an_outbound_proxy(
    tmp_path: Path, authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a house where only the proxy can look up names."""
    monkeypatch.setattr(guard, "ThreadedResolver", NoNames)
    async with tunnels() as proxy:
        login = proxy.url.replace("http://", "http://house:secret@")
        async with town(tmp_path, authority, f'outbound_proxy = "{login}"') as place:
            await place.settle(lambda name, port: f"https://{name}.test:{port}", tls=True)
            await whole_thread(place)
            assert {asked.partition(":")[0] for asked in proxy.asked} == {
                "CONNECT authority.test",
                "CONNECT provider.test",
                "CONNECT consumer.test",
            }
            assert len(proxy.logins) == len(proxy.asked)
