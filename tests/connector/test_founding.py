"""The composition root: connectors made, started as real processes, killed, and started again."""

import json
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.clock import SystemClock
from connector.contracts.evidence import verify_evidence
from connector.founding import (
    InitError,
    add_token,
    identity_of,
    initialise,
    list_keys,
    list_tokens,
    remove_token,
    seal_keys,
    upgrade_database,
)
from connector.settings import SettingsError, change_setting, load_settings
from connector.store.folder import FolderInUse, FolderLock
from connector.trust.anchors import parse_trust_file
from connector.trust.did import DidDocument
from connector.trust.errors import TrustError
from tests.support.processes import Process, Space, running_space, serve, wait_until
from tests.support.wire import Json
from tests.support.world import PURPOSE

PLACE: Json = {
    "name": "Hanbit",
    "public_url": "http://localhost:8101",
    "bind": "127.0.0.1:8101",
    "management_port": 9101,
    "laboratory": True,
    "authorities": ["did:web:office.example"],
    "authority_role": False,
}


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("MMD_"):
            monkeypatch.delenv(name)


def test_a_connector_is_made_with_keys_that_only_its_owner_can_read(tmp_path: Path) -> None:
    report = initialise(tmp_path / "new", **PLACE)
    assert (report.did, report.management_url) == ("did:web:localhost%3A8101", "http://127.0.0.1:9101")
    assert {p.name for p in (tmp_path / "new" / "keys").iterdir()} == {"token.pem", "contract.pem", "log.pem"}
    if sys.platform != "win32":
        for folder in ("keys", "secrets"):
            assert stat.S_IMODE((tmp_path / "new" / folder).stat().st_mode) == 0o700
            for file in (tmp_path / "new" / folder).iterdir():
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert list_tokens(tmp_path / "new")[0]["name"] == "owner"
    assert report.owner_token_file.read_text().strip()


def test_never_over_another_one(tmp_path: Path) -> None:
    initialise(tmp_path, **PLACE)
    key = (tmp_path / "keys" / "token.pem").read_bytes()
    with pytest.raises(InitError, match="already"):
        initialise(tmp_path, **PLACE)
    assert (tmp_path / "keys" / "token.pem").read_bytes() == key


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"bind": "8101"}, InitError),
        ({"bind": "127.0.0.1:port"}, InitError),
        ({"bind": "127.0.0.1:99999"}, SettingsError),
        ({"name": ""}, SettingsError),
        ({"name": "x" * 201}, SettingsError),
        ({"public_url": "http://localhost:8101", "laboratory": False}, InitError),
        ({"public_url": "http://plant.example", "laboratory": False}, SettingsError),
        ({"public_url": "localhost"}, InitError),
        ({"public_url": "ftp://localhost/x"}, InitError),
        ({"public_url": "https://10.0.0.1/"}, InitError),
        ({"public_url": "https://plant.example?x"}, InitError),
    ],
)
def test_what_cannot_be_made_leaves_no_settings_and_can_be_tried_again(
    tmp_path: Path, changed: Json, error: type[Exception]
) -> None:
    with pytest.raises(error):
        initialise(tmp_path, **{**PLACE, **changed})
    initialise(tmp_path, **PLACE)


@pytest.mark.parametrize("name", ["한빛 정밀화학", 'quo"ted\\', "tab\tand\x7f", "<b>&amp;"])
def test_any_name_survives_the_settings_file(tmp_path: Path, name: str) -> None:
    initialise(tmp_path, **{**PLACE, "name": name})
    assert load_settings(tmp_path).name == name


def test_an_authority_believes_itself(tmp_path: Path) -> None:
    initialise(tmp_path, **{**PLACE, "authority_role": True, "authorities": []})
    assert load_settings(tmp_path).authorities == ("did:web:localhost%3A8101",)


def test_a_path_in_the_public_url_is_part_of_the_did(tmp_path: Path) -> None:
    place = {**PLACE, "public_url": "https://plant.example/connectors/a", "laboratory": False}
    assert initialise(tmp_path, **place).did == "did:web:plant.example:connectors:a"
    identity = identity_of(load_settings(tmp_path))
    assert identity.protocol_url == "https://plant.example/connectors/a/dsp/2025-1"
    document = DidDocument.parse(identity.did_document, identity.did)
    assert document.services("DataService")[0].endpoint.startswith("https://plant.example/connectors/a/.well-known/")


@pytest.mark.parametrize("name", ["token", "contract", "log"])
def test_without_a_key_it_is_nobody(tmp_path: Path, name: str) -> None:
    initialise(tmp_path, **PLACE)
    file = tmp_path / "keys" / f"{name}.pem"
    file.unlink()
    with pytest.raises(InitError, match="missing"):
        identity_of(load_settings(tmp_path))
    file.write_bytes(b"nonsense")
    with pytest.raises((InitError, TrustError)):
        identity_of(load_settings(tmp_path))


def test_keys_are_sealed_opened_and_sealed_from_the_first_moment(tmp_path: Path) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("twelve bytes and more\n")
    folder = tmp_path / "plant"
    initialise(folder, **PLACE)
    before = identity_of(load_settings(folder)).did_document
    assert seal_keys(load_settings(folder), passphrase) == ("contract", "log", "token")
    assert b"PRIVATE" not in (folder / "keys" / "log.pem").read_bytes()
    assert all(key["sealed"] for key in list_keys(load_settings(folder)))
    assert identity_of(load_settings(folder)).did_document == before
    passphrase.write_text("another one, and longer")
    with pytest.raises(InitError, match="cannot be opened"):
        identity_of(load_settings(folder))
    passphrase.write_text("")
    with pytest.raises(InitError, match="is empty"):
        identity_of(load_settings(folder))
    passphrase.unlink()
    with pytest.raises(InitError, match="cannot be read from"):
        identity_of(load_settings(folder))
    passphrase.write_text("twelve bytes and more")
    seal_keys(load_settings(folder), None)
    passphrase.unlink()
    assert identity_of(load_settings(folder)).did_document == before


def test_keys_can_be_sealed_from_their_first_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("short")
    with pytest.raises(InitError, match="too short"):
        initialise(tmp_path / "plant", **PLACE, passphrase_file=passphrase)
    passphrase.write_text("twelve bytes and more")
    initialise(tmp_path / "plant", **PLACE, passphrase_file=passphrase)
    assert all(key["sealed"] for key in list_keys(load_settings(tmp_path / "plant")))
    change_setting(tmp_path / "plant", "key_passphrase_file", None)
    with pytest.raises(InitError, match="is sealed"):
        identity_of(load_settings(tmp_path / "plant"))
    monkeypatch.setenv("MMD_KEY_PASSPHRASE", "twelve bytes and more")
    shown = str(load_settings(tmp_path / "plant").describe())
    assert identity_of(load_settings(tmp_path / "plant")).did
    assert "twelve" not in shown
    monkeypatch.delenv("MMD_KEY_PASSPHRASE")
    change_setting(tmp_path / "plant", "key_passphrase", "twelve bytes and more")
    with pytest.raises(SettingsError, match="does not belong into"):
        load_settings(tmp_path / "plant")


def test_tokens_of_a_folder(tmp_path: Path) -> None:
    initialise(tmp_path, **PLACE)
    assert add_token(tmp_path, "kim", "clerk")
    assert [t["name"] for t in list_tokens(tmp_path)] == ["owner", "kim"]
    remove_token(tmp_path, "kim")
    assert [t["name"] for t in list_tokens(tmp_path)] == ["owner"]


def test_the_database_is_not_touched_while_a_connector_runs(tmp_path: Path) -> None:
    initialise(tmp_path, **PLACE)
    assert upgrade_database(load_settings(tmp_path))
    lock = FolderLock(tmp_path)
    lock.acquire()
    with pytest.raises(FolderInUse, match=str(os.getpid())):
        upgrade_database(load_settings(tmp_path))
    lock.release()
    assert upgrade_database(load_settings(tmp_path))


# --- processes -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    with running_space(tmp_path_factory.mktemp("processes")) as opened:
        yield opened


@pytest.fixture(scope="module")
def small(space: Space, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("files") / "small.csv"
    file.write_bytes(b"a,b\n" + b"1,2\n" * 100)
    return space.publish(file, purposes=[PURPOSE])


def concluded(space: Space, dataset: str, *, began: str | None = None) -> str:
    """A contract that both sides have confirmed; its id."""
    with space.consumer.client() as consumer, space.provider.client() as provider:
        pid = began or str(consumer.negotiate(space.provider.did, dataset)["id"])
        view = consumer.follow_negotiation(pid, timeout=30)
        assert view["state"] == "FINALIZED", view
        contract = str(view["contract"])

        def over() -> bool:
            (theirs,) = (n for n in provider.negotiations() if n["agreementId"] == contract)
            states = [client.contract(contract)["state"] for client in (provider, consumer)]
            return [theirs["state"], *states] == ["FINALIZED", "complete", "complete"]

        wait_until(over, 30, lambda: space.provider.log[-3000:])
    return contract


NEGOTIATION = [
    "ContractRequestMessage",
    "ContractAgreementMessage",
    "ContractAgreementVerificationMessage",
    "ContractNegotiationEventMessage FINALIZED",
    "Notice holds-receipt",
]


@pytest.mark.processes
@pytest.mark.parametrize("name", ["provider", "consumer"])
@pytest.mark.parametrize("kind", NEGOTIATION)
def test_kill_9_in_each_state_of_a_negotiation(space: Space, small: str, kind: str, name: str) -> None:
    """Killed when the message was taken and its sender has not heard so: the one side repeats it or the other remembers."""
    victim: Process = getattr(space, name)
    trap = space.proxy.trap(kind, victim.kill)
    with space.consumer.client() as consumer, space.provider.client() as provider:
        before = len(provider.contracts())
        pid = str(consumer.negotiate(space.provider.did, small)["id"])
    assert trap.sprung.wait(20), space.proxy.passed
    victim.start()
    contract = concluded(space, small, began=pid)
    with space.consumer.client() as consumer, space.provider.client() as provider:
        assert len(provider.contracts()) == before + 1
        assert contract in {c["id"] for c in provider.contracts()}
        assert {c["id"] for c in provider.contracts()} == {c["id"] for c in consumer.contracts()}


@pytest.mark.processes
@pytest.mark.parametrize("name", ["provider", "consumer"])
def test_kill_9_during_a_pull(space: Space, tmp_path: Path, name: str) -> None:
    victim: Process = getattr(space, name)
    file = tmp_path / "large.csv"
    file.write_bytes(b"a,b\n" + b"".join(b"%d,%s\n" % (n, b"x" * 1000) for n in range(24_000)))
    contract = concluded(space, space.publish(file, purposes=[PURPOSE], count=1))
    trap = space.proxy.trap("GET data", victim.kill, after=16_000_000)
    with space.consumer.client() as consumer:
        delivery = str(consumer.deliver(contract, PURPOSE)["id"])
    assert trap.sprung.wait(20), space.proxy.passed
    victim.start()
    with space.consumer.client() as consumer, space.provider.client() as provider:
        view = consumer.follow_delivery(delivery, patience=30)
        assert (view["state"], view["bytes"]) == ("complete", file.stat().st_size)
        received = tmp_path / "received"
        with received.open("wb") as target:
            consumer.content(delivery, target)
        assert received.read_bytes() == file.read_bytes()
        assert [s for k, s in space.proxy.passed if k == "GET data"][-1] == 206

        def counted() -> bool:
            (sent,) = provider.contract(contract)["deliveries"]
            return bool(sent["receipts"] == {"own": True, "other": True})

        wait_until(counted, 30, lambda: json.dumps(provider.contract(contract), indent=1))
        assert provider.contract(contract)["usesReserved"] == 1
        evidence = tmp_path / "evidence.zip"
        with evidence.open("wb") as target:
            consumer.evidence(contract, target)
    with space.authority.client() as office:
        trust = parse_trust_file(office.trust())
    verdict = verify_evidence(evidence.read_bytes(), trust=trust, now=SystemClock().now())
    assert verdict.exit_code == 0, verdict.to_json()


@pytest.mark.processes
def test_kill_9_while_a_transfer_starts(space: Space, small: str) -> None:
    contract = concluded(space, small)
    victim = space.provider
    trap = space.proxy.trap("TransferStartMessage", victim.kill)
    with space.consumer.client() as consumer:
        delivery = str(consumer.deliver(contract, PURPOSE)["id"])
    assert trap.sprung.wait(20), space.proxy.passed
    victim.start()
    with space.consumer.client() as consumer, space.provider.client() as provider:
        view = consumer.follow_delivery(delivery, patience=30)
        assert view["state"] == "complete", view

        def over() -> bool:
            views = (consumer.contract(contract), provider.contract(contract))
            return all(d["receipts"] == {"own": True, "other": True} for v in views for d in v["deliveries"])

        wait_until(over, 30, lambda: json.dumps(provider.contract(contract), indent=1))
        assert provider.contract(contract)["usesReserved"] == 1


@pytest.mark.processes
def test_a_second_start_on_a_folder_that_is_served(space: Space) -> None:
    second = serve(space.provider.directory)
    assert second.wait(30) == 1
    assert "is in use by another connector" in space.provider.log
    assert "Traceback" not in space.provider.log
    with space.provider.client() as provider:
        assert provider.self_description()["participantId"] == space.provider.did


@pytest.mark.processes
def test_a_port_that_is_taken(space: Space, tmp_path: Path) -> None:
    with socket.socket() as holding:
        holding.bind(("127.0.0.1", 0))
        holding.listen()
        port = holding.getsockname()[1]
        initialise(tmp_path / "x", **{**PLACE, "bind": f"127.0.0.1:{port}"})
        assert serve(tmp_path / "x").wait(30) == 1
    log = (tmp_path / "x" / "serve.log").read_text()
    assert f"port {port} on 127.0.0.1 cannot be used" in log
    assert "Traceback" not in log
    # It gave the folder back.
    assert upgrade_database(load_settings(tmp_path / "x"))


@pytest.mark.processes
def test_a_connector_ends_when_it_is_asked_to(space: Space) -> None:
    assert space.consumer.stop() == 0
    lines = [json.loads(line) for line in space.consumer.log.splitlines() if line.startswith("{")]
    assert any("LABORATORY" in line["message"] for line in lines)
    assert all({"at", "level", "trace", "logger", "message"} <= set(line) for line in lines)
    assert not [line for line in lines if line["level"] == "ERROR"]
    space.consumer.start()
