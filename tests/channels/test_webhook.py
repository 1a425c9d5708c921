"""The webhook channel: what a receiver gets, that it can trust it, and what its answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from pydantic import TypeAdapter, ValidationError

from monitor.channels import ChannelConfig, event_json, missing
from monitor.channels.receiver import Receiver
from monitor.channels.webhook import WebhookChannel, WebhookConfig
from monitor.config import Settings
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.model import Event, Receipt
from tests.channels.contract.subjects import SIGNING_SECRET, nobody, settings
from tests.channels.nasty import events
from tests.channels.samples import AT, COPY, CORRECTION, DIGEST, RAISED, REFILE, TROUBLE, delivery, outside
from tests.servers.certificates import Authority
from tests.servers.receiver import Posted, ReceiverServer, Reply

CONFIG: TypeAdapter[Any] = TypeAdapter(ChannelConfig)
KNOWN = settings(SECRET_HOOK=SIGNING_SECRET)


def channel(url: str, given: Settings = KNOWN, tls: ssl.SSLContext | None = None) -> WebhookChannel:
    return WebhookChannel("desk", WebhookConfig(type="webhook", url=url, secret="hook"), outside(given, tls=tls))


def signature(post: Posted) -> str:
    """As the standard says, worked out apart from the library that signs."""
    key = base64.b64decode(SIGNING_SECRET.removeprefix("whsec_"))
    signed = f"{post.headers['webhook-id']}.{post.headers['webhook-timestamp']}.".encode() + post.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


# ── What the receiver gets ──────────────────────────────────────────────────


@pytest.mark.parametrize("event", [RAISED, COPY, REFILE, CORRECTION, DIGEST, TROUBLE])
async def test_each_event_is_a_signed_post(receiver: ReceiverServer, event: Event) -> None:
    root = Receipt("x")
    assert await channel(receiver.url()).send(delivery(event), root) == root
    (post,) = receiver.posts
    assert json.loads(post.body) == event_json.document(delivery(event))
    assert post.path == "/hook"
    assert post.headers["content-type"] == "application/json"
    assert post.headers["webhook-id"] == delivery(event).id
    assert post.headers["webhook-timestamp"] == str(int(AT) + 60)
    assert post.headers["webhook-signature"] == signature(post)


async def test_a_repeat_has_the_same_id_and_body(receiver: ReceiverServer) -> None:
    desk = channel(receiver.url())
    receiver.replies = [Reply(500)]
    with pytest.raises(Ambiguous):
        await desk.send(delivery(RAISED), None)
    assert await desk.find(delivery(RAISED), None) is None
    await desk.send(delivery(RAISED), None)
    first, second = receiver.posts
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


@given(events)
@how(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=30)
async def test_any_event_arrives_as_it_was_signed(receiver: ReceiverServer, event: Event) -> None:
    receiver.posts.clear()
    await channel(receiver.url()).send(delivery(event, "d1"), None)
    (post,) = receiver.posts
    assert post.headers["webhook-signature"] == signature(post)
    assert json.loads(post.body)["delivery_id"] == "d1"


# ── What its answers mean ───────────────────────────────────────────────────


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_accepted(receiver: ReceiverServer, status: int) -> None:
    receiver.replies = [Reply(status)]
    await channel(receiver.url()).send(delivery(RAISED), None)


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        pytest.param(Reply(400, "bad"), Permanent, r"answered 400 \(bad\)", id="400"),
        pytest.param(Reply(401), Closed, "is WIREWATCH_SECRET_HOOK the secret that it knows", id="401"),
        pytest.param(Reply(403), Closed, "does not let us in", id="403"),
        pytest.param(Reply(404), Closed, "nothing at this address: mend `url`", id="404"),
        pytest.param(Reply(405), Closed, "takes no POST", id="405"),
        pytest.param(Reply(408), Retryable, "answered 408", id="408"),
        pytest.param(Reply(410), Closed, "gone for good: take the channel out of routes.yaml", id="410"),
        pytest.param(Reply(413), Permanent, "answered 413", id="413"),
        pytest.param(Reply(429), Retryable, "answered 429", id="429"),
        pytest.param(Reply(500, "oh\nno"), Ambiguous, r"answered 500 \(oh no\)", id="500"),
        pytest.param(Reply(502), Ambiguous, "answered 502", id="502"),
        pytest.param(Reply(503), Retryable, "answered 503", id="503"),
        pytest.param(Reply(504), Ambiguous, "answered 504", id="504"),
        pytest.param(Reply(reset=True), Ambiguous, "gave no clear answer", id="reset"),
    ],
)
async def test_refused(receiver: ReceiverServer, reply: Reply, error: type[ChannelError], words: str) -> None:
    receiver.replies = [reply]
    with pytest.raises(error, match=f"Webhook: 127.0.0.1.*{words}"):
        await channel(receiver.url("/hook?key=hunter2")).send(delivery(RAISED), None)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(receiver: ReceiverServer, status: int) -> None:
    receiver.replies = [Reply(status, headers={"Location": receiver.url("/elsewhere")})]
    with pytest.raises(Closed, match="redirects are not followed"):
        await channel(receiver.url()).send(delivery(RAISED), None)
    assert [post.path for post in receiver.posts] == ["/hook"]


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("Wed, 30 Mar 2022 14:00:20 GMT", 20.0), ("soon", None), (None, None)]
)
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after(receiver: ReceiverServer, status: int, header: str | None, seconds: float | None) -> None:
    headers = {"Date": "Wed, 30 Mar 2022 14:00:00 GMT"} | ({"Retry-After": header} if header else {})
    receiver.replies = [Reply(status, headers=headers)]
    with pytest.raises(Retryable) as caught:
        await channel(receiver.url()).send(delivery(RAISED), None)
    assert caught.value.retry_after == seconds


# ── What happens on the way ─────────────────────────────────────────────────


async def test_an_answer_that_never_comes(receiver: ReceiverServer) -> None:
    receiver.replies = [Reply(lost=True)]
    with pytest.raises(Ambiguous, match="did not answer in time"):
        await Receiver("Webhook", receiver.url(), outside(KNOWN), {}, timeout=0.3).post("{}")
    assert len(receiver.posts) == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:{port}/", "cannot connect: connection refused"),
        ("http://nowhere.invalid/", "nowhere.invalid cannot be reached"),
    ],
)
async def test_nobody_there(url: str, words: str) -> None:
    with pytest.raises(Retryable, match=words):
        await channel(url.format(port=nobody())).send(delivery(RAISED), None)


async def test_a_private_address_is_not_connected_to(receiver: ReceiverServer) -> None:
    desk = channel(receiver.url().replace("127.0.0.1", "localhost"), Settings(secrets=KNOWN.secrets))
    with pytest.raises(Closed, match=r"a loopback address \(allow with WIREWATCH_ALLOW_NETS\)"):
        await desk.send(delivery(RAISED), None)
    assert receiver.posts == []


async def test_certificates_are_checked(authority: Authority, trust: ssl.SSLContext) -> None:
    with ReceiverServer(authority.server("127.0.0.1")) as server:
        await channel(server.url(), tls=trust).send(delivery(RAISED), None)
        with pytest.raises(Closed, match="certificate not accepted"):
            await channel(server.url()).send(delivery(RAISED), None)
        assert len(server.posts) == 1


# ── Configuration ───────────────────────────────────────────────────────────


def test_a_webhook_as_it_is_written() -> None:
    written = {"type": "webhook", "url": "https://hooks.example.org/wire?desk=1", "secret": "desk-hook"}
    assert CONFIG.validate_python(written) == WebhookConfig(
        type="webhook", url="https://hooks.example.org/wire?desk=1", secret="desk-hook"
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({"url": "hooks.example.org"}, "write an address such as", id="no scheme"),
        pytest.param({"url": "ftp://hooks.example.org"}, "write an address such as", id="another scheme"),
        pytest.param({"url": "https://user:pw@hooks.example.org/"}, "without user and password", id="password"),
        pytest.param({"secret": SIGNING_SECRET}, "never the secret itself", id="a secret in YAML"),
        pytest.param({"secret": "Desk_Hook"}, "write a name in small letters", id="capitals"),
        pytest.param({"method": "PUT"}, "Extra inputs", id="unknown key"),
    ],
)
def test_what_is_refused(given: dict[str, str], words: str) -> None:
    written = {"type": "webhook", "url": "https://hooks.example.org/", "secret": "hook", **given}
    with pytest.raises(ValidationError, match=words) as caught:
        CONFIG.validate_python(written)
    assert SIGNING_SECRET not in str([error["msg"] for error in caught.value.errors()])


@pytest.mark.parametrize(
    ("secret", "url", "words"),
    [
        pytest.param(SIGNING_SECRET, "https://hooks.example.org/", "", id="nothing"),
        pytest.param("", "https://hooks.example.org/", "WIREWATCH_SECRET_HOOK is not set (nor", id="no secret"),
        pytest.param("hunter2", "https://hooks.example.org/", "WIREWATCH_SECRET_HOOK is not a signing", id="no prefix"),
        pytest.param("whsec_aHVudGVyMg==", "https://hooks.example.org/", "24 to 64 bytes", id="too short"),
        pytest.param("whsec_!", "https://hooks.example.org/", "base64", id="not base64"),
        pytest.param(SIGNING_SECRET, "http://10.0.0.7/", "`url` is a private address (allow with", id="private"),
        pytest.param(SIGNING_SECRET, "http://127.0.0.1/", "", id="allowed"),
    ],
)
def test_missing(secret: str, url: str, words: str) -> None:
    said = missing(WebhookConfig(type="webhook", url=url, secret="hook"), settings(SECRET_HOOK=secret))
    assert words in said
    assert bool(said) is bool(words)
    assert "hunter2" not in said
