"""What every channel promises, asked of each in `subjects`."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from monitor.channels import ChannelConfig
from monitor.channels.acts import TABLE
from monitor.errors import ChannelError
from monitor.model import AlertEvent, OpsEvent
from tests.channels.contract.subjects import SECRETS, SUBJECTS, Subject
from tests.channels.nasty import NASTY, URLS, alert
from tests.channels.samples import (
    ACKNOWLEDGED,
    COPY,
    CORRECTION,
    DIGEST,
    EXPIRED,
    HOLD,
    LOUDER,
    RAISED,
    RECOVERY,
    REFILE,
    RELEASE,
    TROUBLE,
    UPDATE,
    WITHDRAWAL,
    delivery,
)


@pytest.fixture(params=SUBJECTS)
async def subject(request: pytest.FixtureRequest) -> Subject:
    found = await SUBJECTS[request.param](request.getfixturevalue)
    assert isinstance(found, Subject)
    return found


def test_every_kind_is_asked() -> None:
    kinds = {get_args(kind.model_fields["type"].annotation)[0] for kind in get_args(get_args(ChannelConfig)[0])}
    assert kinds <= {name.split()[0] for name in SUBJECTS}


async def test_it_has_its_name_and_a_pace(subject: Subject) -> None:
    assert subject.channel.name == "desk"
    assert subject.channel.pace >= 0


async def test_it_takes_an_alert_through_its_life(subject: Subject) -> None:
    await subject.channel.open()
    root = await subject.channel.send(delivery(RAISED), None)
    life = (COPY, UPDATE, REFILE, LOUDER, ACKNOWLEDGED, CORRECTION, HOLD, RELEASE, WITHDRAWAL, EXPIRED)
    assert {event.kind for event in (RAISED, *life)} == TABLE.keys()
    for event in life:
        assert await subject.channel.send(delivery(event), root) == root
    await subject.channel.close()


@pytest.mark.parametrize("event", [COPY, REFILE, CORRECTION, WITHDRAWAL])
async def test_it_takes_news_of_an_alert_it_never_sent(subject: Subject, event: AlertEvent) -> None:
    await subject.channel.send(delivery(event), None)


@pytest.mark.parametrize("event", [TROUBLE, RECOVERY], ids=["trouble", "recovery"])
async def test_it_takes_notices_of_the_service(subject: Subject, event: OpsEvent) -> None:
    await subject.channel.send(delivery(event), None)


async def test_it_takes_a_digest(subject: Subject) -> None:
    await subject.channel.send(delivery(DIGEST), None)


async def test_it_takes_a_delivery_twice(subject: Subject) -> None:
    root = await subject.channel.send(delivery(RAISED), None)
    await subject.channel.send(delivery(RAISED), None)
    for _ in range(2):
        assert await subject.channel.send(delivery(CORRECTION), root) == root


async def test_it_finds_nothing_that_is_not_there(subject: Subject) -> None:
    assert await subject.channel.find(delivery(RAISED), None) is None
    root = await subject.channel.send(delivery(RAISED), None)
    assert await subject.channel.find(delivery(RAISED, "another"), None) is None
    assert await subject.channel.find(delivery(CORRECTION), root) is None


async def test_it_takes_any_text_and_any_url(subject: Subject) -> None:
    for number, (text, url) in enumerate(
        [(text, "") for text in NASTY.values()] + [("x", url) for url in URLS.values()]
    ):
        event = replace(alert(text, url), alert_id=f"a{number}")
        await subject.channel.send(delivery(event, f"d{number}"), None)


async def test_it_says_what_is_wrong_in_one_line(subject: Subject) -> None:
    with pytest.raises(ChannelError) as caught:
        await subject.away.send(delivery(RAISED), None)
    said = str(caught.value)
    assert 10 < len(said) < 300
    assert "\n" not in said
    assert not any(secret in f"{said} {caught.value.__cause__} {subject.away!r}" for secret in SECRETS)


async def test_closing_is_harmless(subject: Subject) -> None:
    for channel in (subject.channel, subject.away):
        await channel.close()
        await channel.close()
