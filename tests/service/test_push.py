"""The service and a real hub: subscribed, told at once, and parted with."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.hostile import Answer, HostileServer
from tests.servers.hub import Hub
from tests.servers.service import Wirewatch, rss

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(tmp_path / "hub") as running:
        yield running


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_what_a_hub_tells_is_alerted_between_two_polls(tmp_path: Path, hostile: HostileServer, hub: Hub) -> None:
    port = free_port()
    topic = hostile.url("/wire")
    link = ("Link", f'<{hub.url}>; rel="hub", <{topic}>; rel="self"')

    def shows(*items: tuple[str, str, str]) -> None:
        hostile.serve("/wire", Answer(rss(*items), headers=(link,)))

    shows()
    service = Wirewatch(tmp_path, http=f"127.0.0.1:{port}", public_url=f"http://127.0.0.1:{port}/")
    service.feeds(topic, every="1h")
    service.rule("strike", "strike")
    service.start()
    try:
        service.until(lambda: hub.subscribers(topic))
        (callback,) = hub.subscribers(topic)
        assert callback.startswith(f"http://127.0.0.1:{port}/websub/one/")
        service.until(lambda: "standing=active" in service.log.read_text())
        shows(("1", "Pilots call a strike", "They will be out on Monday."))
        hub.publish(topic)
        service.until(lambda: service.titles())
        assert service.titles() == ["Pilots call a strike"]
        shows(("2", "Miners call a strike", "The pits stay shut from Tuesday."))
        service.kill()
        service.start()  # what was agreed outlives the process
        service.until(lambda: service.log.read_text().count("metrics and health") == 2)
        hub.publish(topic)
        service.until(lambda: "Miners call a strike" in service.titles())
        service.feeds(every="1h")
        service.until(lambda: not hub.subscribers(topic))
    finally:
        service.kill()
