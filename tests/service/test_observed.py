"""What the service shows of itself: health, metrics, logs, and the demo that a stranger sees first."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.hostile import HostileServer
from tests.servers.service import Wirewatch, rss
from tests.servers.stores import RedisServer

STRIKE = ("1", "Pilots call a strike", "The pilots will stay on the ground on Friday, their union said.")

pytestmark = pytest.mark.slow


@pytest.fixture
def service(tmp_path: Path, hostile: HostileServer) -> Iterator[Wirewatch]:
    """A service with one empty feed and one rule; not started."""
    running = Wirewatch(tmp_path, http="127.0.0.1:0", log="json")
    hostile.set("/one", rss())
    running.feeds(hostile.url("/one"))
    running.rule("strike", "strike")
    yield running
    running.kill()


def address(service: Wirewatch) -> str:
    """Where its metrics are, as its log tells."""
    service.until(lambda: "metrics and health" in service.log.read_text())
    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    found = next(line["metrics"] for line in lines if line["event"] == "metrics and health")
    return str(found).removesuffix("/metrics")


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_health_and_metrics(service: Wirewatch, hostile: HostileServer) -> None:
    service.start()
    base = address(service)
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    hostile.set("/one", rss(STRIKE))
    service.until(lambda: service.of("raised"))
    assert get(f"{base}/healthz") == (200, '{"status": "ok"}')
    code, body = get(f"{base}/readyz")
    ready = json.loads(body)
    assert (code, ready["status"], ready["feeds"], ready["rules_fault"]) == (200, "ready", 1, "")
    service.until(lambda: 'wirewatch_deliveries_total{channel="here",result="sent"} 1.0' in get(f"{base}/metrics")[1])
    metrics = get(f"{base}/metrics")[1]
    assert 'wirewatch_items_total{fate="alerted"} 1.0' in metrics
    assert 'wirewatch_outbox_deliveries{channel="here",state="dead"} 0.0' in metrics
    assert 'wirewatch_delivery_latency_seconds_count{channel="here"} 1.0' in metrics
    assert 'wirewatch_rule_matches_total{rule="strike"} 1.0' in metrics
    assert f'wirewatch_rules{{hash="{ready["rules"]}"}} 1.0' in metrics
    service.write("strike.yaml", "rules: [")
    service.until(lambda: "strike.yaml:1:" in json.loads(get(f"{base}/readyz")[1])["rules_fault"])
    assert json.loads(get(f"{base}/readyz")[1])["rules"] == ready["rules"]


def test_unready_while_the_store_is_away(service: Wirewatch, redis_server: RedisServer) -> None:
    service.environment["WIREWATCH_REDIS_URL"] = redis_server.url
    service.start()
    base = address(service)
    service.until(lambda: get(f"{base}/readyz")[0] == 200)
    redis_server.kill()
    service.until(lambda: get(f"{base}/readyz")[0] == 503)
    assert "does not answer" in json.loads(get(f"{base}/readyz")[1])["troubles"][0]
    assert get(f"{base}/healthz")[0] == 200
    redis_server.start()
    service.until(lambda: get(f"{base}/readyz")[0] == 200)
    assert "the store answers" in service.log.read_text()


def test_a_changed_channel_takes_effect_without_a_restart(service: Wirewatch, hostile: HostileServer) -> None:
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    service.write(
        "routes.yaml",
        "channels: {there: {type: console, format: text}}\nroutes: [{to: [there]}]\nops: [there]\n",
    )
    service.until(lambda: "rules reloaded" in service.log.read_text())
    hostile.set("/one", rss(STRIKE))
    service.until(lambda: "why: strike" in service.said.read_text())
    assert '"event"' not in service.said.read_text()
    service.rule("strike", "strike OR walkout")
    service.until(lambda: "rules tuned" in service.log.read_text())  # by the items that came
    assert service.stop() == 0


def test_an_address_that_is_taken(service: Wirewatch, hostile: HostileServer) -> None:
    service.environment["WIREWATCH_HTTP"] = f"127.0.0.1:{hostile.port}"
    service.start()
    assert service.wait() == 2
    assert f"WIREWATCH_HTTP: cannot listen on 127.0.0.1:{hostile.port}" in service.log.read_text()


def test_a_rules_folder_that_vanishes_and_returns(service: Wirewatch, hostile: HostileServer) -> None:
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    aside = service.rules.rename(service.rules.with_name("aside"))
    service.until(lambda: service.of("ops"))
    assert "there is no such folder" in service.of("ops")[0]["text"]
    aside.rename(service.rules)
    service.rule("strike", "strike OR walkout")
    service.until(lambda: "rules reloaded" in service.log.read_text())
    hostile.set("/one", rss(STRIKE))
    service.until(lambda: service.titles() == [STRIKE[1]])


def test_a_slip_in_a_variable_is_warned_of(service: Wirewatch) -> None:
    service.environment["WIREWATCH_SLACK_TOKN"] = "xoxb-1"
    service.start("--once")
    assert service.wait() == 0
    assert "WIREWATCH_SLACK_TOKN" in service.log.read_text()
    assert "xoxb-1" not in service.log.read_text()


def test_the_demo_plays_to_its_end(tmp_path: Path) -> None:
    done = Wirewatch(tmp_path).command("demo")
    assert done.returncode == 0, done.stderr
    for said in ("Flash", "COPY", "CORRECTION", "WITHDRAWN", "SERVICE", "46 were kept from the desk", "make run"):
        assert said in done.stdout
    assert "19 alerts" in done.stdout
