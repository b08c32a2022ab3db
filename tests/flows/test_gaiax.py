"""Gaia-X credentials of a running connector: published beside the catalog, fetched and judged by another, or from a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from connector.cli import main
from connector.settings import change_setting
from tests.support.pki import Office, ec_key, key_pem, rsa_key
from tests.support.world import CONSUMER, World

pytestmark = pytest.mark.anyio
LEI = "529900T8BM49AURSDO55"


@pytest.fixture(params=[rsa_key, ec_key], ids=["PS256", "ES256"])
async def certified(request: pytest.FixtureRequest, world: World) -> World:
    """The provider says who it is and has a certificate; the consumer believes the office that gave it."""
    key, office = request.param(), Office("Certificates")
    provider, consumer = world.provider, world.consumer
    files = {"gaiax_key": key_pem(key), "gaiax_certificate": office.issue("localhost", key)}
    for name, content in files.items():
        (provider.directory / name).write_bytes(content)
        change_setting(provider.directory, name, str(provider.directory / name))
    (consumer.directory / "anchors.pem").write_bytes(office.anchors)
    change_setting(consumer.directory, "gaiax_anchors", str(consumer.directory / "anchors.pem"))
    words = ["--legal-name", "한빛건조 주식회사", "--registration", "lei", "--number", LEI, "--locality", "안산시"]
    assert main(["--dir", str(provider.directory), "gaiax", "company", *words]) == 0
    await provider.restart()
    await consumer.restart()
    return world


async def judged(world: World) -> dict[str, Any]:
    found: dict[str, Any] = await world.consumer.post("/gaiax/verification", {"participant": world.provider.did})
    return found


def outcomes(found: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in found["checks"] if check["outcome"] != "ok"}


async def test_another_fetches_and_judges_them(certified: World) -> None:
    open_to_all = await certified.provider.publish()
    await certified.provider.publish(visible_to=["did:web:someone.example"])
    found = await judged(certified)
    assert found["outcome"] == "verified", found["checks"]
    linked = found["snapshot"]["documents"]
    assert len(linked) == 2
    bundle = found["snapshot"]["bundle"]
    exported = await certified.provider.get("/gaiax")
    assert set(exported["documents"]) == set(linked)
    products = [name for name in await names_in(bundle) if "product-" in name]
    assert len(products) == 1, "what only some may see is not described to the world"
    assert open_to_all not in products[0]


async def names_in(bundle: str) -> list[str]:
    from connector.trust.gaiax import read_bundle

    return [each.name for each in read_bundle(bundle)[1]]


async def test_each_credential_and_document_has_its_address(certified: World) -> None:
    await certified.provider.publish()
    exported = await certified.provider.get("/gaiax")
    for address in [*await names_in(exported["bundle"]), *exported["documents"], *exported["chains"]]:
        answer = await certified.wire.send(CONSUMER, "GET", address, b"", {})
        assert answer.status == 200, address
    for unknown in ("credentials/nobody", "documents/" + "0" * 64):
        address = f"{certified.provider.url}/gaiax/{unknown}"
        assert (await certified.wire.send(CONSUMER, "GET", address, b"", {})).status == 404


async def test_a_file_of_them_is_judged_without_a_network(certified: World, capsys: Any, tmp_path: Path) -> None:
    await certified.provider.publish()
    file = tmp_path / "gaiax.json"
    exported = await certified.provider.get("/gaiax")
    file.write_text(json.dumps(exported))
    anchors = str(certified.consumer.directory / "anchors.pem")
    at = exported["fetchedAt"]
    verify = ["gaiax", "verify", str(file), "--at", at, "--laboratory", "--json", "--anchors"]
    assert main([*verify, anchors]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "verified"
    assert main(verify[:-1]) == 2
    assert json.loads(capsys.readouterr().out)["outcome"] == "undetermined"
    file.write_text(json.dumps({**exported, "documents": dict.fromkeys(exported["documents"], "AAAA")}))
    assert main([*verify, anchors]) == 1
    assert json.loads(capsys.readouterr().out)["outcome"] == "false"
    file.write_text("{}")
    assert main([*verify, anchors]) == 2
    assert "no whole Gaia-X snapshot" in capsys.readouterr().err


async def test_after_a_change_of_anchors_they_are_not_believed(certified: World) -> None:
    (certified.consumer.directory / "anchors.pem").write_bytes(Office("Other").anchors)
    await certified.consumer.restart()
    found = await judged(certified)
    assert found["outcome"] == "false"
    assert outcomes(found) == {"chain": "failed"}


async def test_they_end_and_are_renewed_before(certified: World) -> None:
    first = await certified.provider.get("/gaiax")
    certified.clock.turn(days=30)
    assert (await certified.provider.get("/gaiax"))["bundle"].split(".")[1] == first["bundle"].split(".")[1]
    certified.clock.turn(days=30)
    assert (await judged(certified))["outcome"] == "verified"
    assert (await certified.provider.get("/gaiax"))["bundle"].split(".")[1] != first["bundle"].split(".")[1]


async def test_who_takes_no_part_publishes_nothing(world: World) -> None:
    answer = await world.wire.send(CONSUMER, "GET", f"{world.provider.url}/gaiax/participant.vp.jwt", b"", {})
    assert answer.status == 404
    refused = await world.consumer.api.post("/gaiax/verification", json={"participant": world.provider.did})
    assert refused.status_code == 400
    assert "GaiaXCredentials" in refused.json()["detail"]
    assert (await world.provider.api.get("/gaiax")).status_code == 404


async def test_a_company_that_cannot_be_is_refused(world: World, capsys: Any) -> None:
    words = ["--legal-name", "A", "--registration", "lei", "--number", "1"]
    assert main(["--dir", str(world.provider.directory), "gaiax", "company", *words]) == 2
    assert "no LEI" in capsys.readouterr().err
