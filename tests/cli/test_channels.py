"""What the commands say of channels: their limits, their secrets, whether they work."""

from __future__ import annotations

import json

import pytest

from tests.channels.contract.subjects import SIGNING_SECRET
from tests.servers.receiver import ReceiverServer, Reply
from tests.servers.service import Wirewatch

BASIC = "channels:\n  desk: {type: slack-webhook, secret: desk-slack}\nroutes: [{to: desk}]\n"


@pytest.fixture
def basic(user: Wirewatch, receiver: ReceiverServer) -> Wirewatch:
    """Somebody whose desk has an incoming webhook of Slack."""
    user.write("routes.yaml", BASIC)
    user.environment["WIREWATCH_SECRET_DESK_SLACK"] = receiver.url("/services/hunter2")
    return user


def test_check_notes_what_a_kind_cannot_do(basic: Wirewatch) -> None:
    done = basic.command("check", "--strict")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{basic.rules / 'routes.yaml'}:2:9: channel 'desk': incoming webhooks edit nothing" in done.stdout
    (note,) = json.loads(basic.command("check", "--json").stdout)["notes"]
    assert (note["kind"], note["line"], note["column"]) == ("note", 2, 9)


def test_the_service_says_it_at_start(basic: Wirewatch) -> None:
    done = basic.command("run", "--once")
    assert done.returncode == 0
    assert "channel has its limits" in done.stderr
    assert "incoming webhooks edit nothing" in done.stderr
    assert "hunter2" not in done.stderr


def test_a_secret_that_is_not_set_is_told_with_its_place(user: Wirewatch) -> None:
    user.write("routes.yaml", BASIC)
    done = user.command("check")
    assert done.returncode == 2
    assert "routes.yaml:2:9: channel 'desk' cannot work: WIREWATCH_SECRET_DESK_SLACK is not set" in done.stderr


def test_send_test_says_what_is_wanting(basic: Wirewatch) -> None:
    done = basic.command("send-test", "desk")
    assert (done.returncode, done.stderr) == (0, "")
    assert "delivered to desk (slack-webhook, secret desk-slack)" in done.stdout
    assert "but: incoming webhooks edit nothing" in done.stdout


def test_send_test_to_a_webhook(user: Wirewatch, receiver: ReceiverServer) -> None:
    user.write(
        "routes.yaml",
        f"channels: {{hook: {{type: webhook, url: '{receiver.url()}', secret: hook}}}}\nroutes: [{{to: hook}}]\n",
    )
    user.environment["WIREWATCH_SECRET_HOOK"] = SIGNING_SECRET
    done = user.command("send-test", "hook")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(receiver.posts[0].body)["subject"] == "test"
    receiver.replies = [Reply(410)]
    gone = user.command("send-test", "hook")
    assert gone.returncode == 1
    assert "take the channel out of routes.yaml" in gone.stdout
