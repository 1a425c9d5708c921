"""One poll of a feed, from claimed to planned anew.

    claim ─▶ fetch ─▶ parse ─▶ survey ─▶ its items down the line (`pipeline.take`), oldest first
         ─▶ finish: validators, health and next poll, after the last item

A crash anywhere repeats harmless steps: what was committed is recognised as
seen, and validators are saved only once everything they vouch for is safe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor import pages, survey
from monitor.alerts.ops import notices
from monitor.desk import Desk
from monitor.errors import Contended, StoreUnavailable, StoreUnfit
from monitor.ingest import arrivals, furniture, habits, health, instead, schedule, websub
from monitor.model import (
    UNTAUGHT,
    Delivery,
    Feed,
    FeedState,
    FetchFailed,
    Habits,
    Item,
    OpsEvent,
    Page,
    Parsed,
    Validators,
)
from monitor.observe.logs import logger
from monitor.pipeline import Line, take
from monitor.ports import Claim

log = logger("visit")


@dataclass(frozen=True, slots=True)
class Intake:
    """How many items of a document were new or changed, and how many of these could not be taken."""

    new: int
    skipped: int
    habits: Habits = UNTAUGHT
    """What is known of the feed's habits after it."""


async def poll(line: Line, claim: Claim) -> None:
    """Poll one claimed feed and commit what is new.

    Raises StoreError when the store fails; the claim then lapses and the feed
    is polled again.
    """
    desk, state = line.in_force.desk, claim.state
    feed = desk.feeds.get(state.id)
    if feed is None:  # dropped from feeds.yaml since it was claimed
        return
    line.metrics.lateness.observe(max(0.0, line.clock() - state.next_poll) if state.next_poll else 0.0)
    validators = schedule.validators(feed, state, line.clock())
    answer = await line.fetcher.fetch(schedule.address(feed, state), validators, feed.access)
    result = schedule.Polled(answer, None, state.body_hash, 0, in_full=validators == Validators())
    if isinstance(answer, Page):
        body_hash = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
        if body_hash != state.body_hash or not state.seeded:
            slices = state.slices if schedule.known(feed, state) else ""
            parsed = await line.parser.parse(answer.body, answer.content_type, feed, line.clock(), slices, state.habits)
            result = replace(result, parsed=parsed, body_hash=body_hash)
            if isinstance(parsed, Parsed):
                line.metrics.documents.labels(read="sliced" if parsed.known else "whole").inc()
                known = furniture.remembered(parsed.furniture, state.furniture)
                taught = replace(state, furniture=known, habits=habits.remembered(state.habits, parsed.shared))
                intake = await take_in(line, desk, feed, taught, parsed.items, parsed.known, parsed.deleted)
                again = intake.skipped or habits.reads_otherwise(state.habits, intake.habits)
                slices = "" if again else parsed.slices
                result = replace(result, new=intake.new, furniture=known, slices=slices, habits=intake.habits)
    await _finish(line, desk, claim, result)


async def fail(line: Line, claim: Claim, reason: str) -> None:
    """Book a poll that met what nobody foresaw as a failed one. Raises StoreError."""
    desk = line.in_force.desk
    if claim.state.id in desk.feeds:
        await _finish(line, desk, claim, schedule.Polled(FetchFailed(reason), None, claim.state.body_hash, 0))


async def _finish(line: Line, desk: Desk, claim: Claim, result: schedule.Polled) -> None:
    state, feed = claim.state, desk.feeds[claim.state.id]
    pushed = await line.store.subscription(state.id) if line.base and state.hub else None
    known = websub.told(state, pushed)
    after = schedule.after_poll(feed, known, result, line.clock(), line.random(), line.excused())
    after = websub.relaxed(feed, websub.discovered(after, result.answer, result.parsed), pushed, line.clock())
    line.metrics.polls.labels(result=schedule.result_name(result)).inc()
    told = _notices(desk, state, after, line.clock())
    if bad := instead.kept(result.answer, result.fault, line.clock()):
        await line.store.keep_bad(state.id, bad)
    await line.store.put(told)
    line.queued({notice.channel for notice in told})
    await line.store.finish(claim, after)
    if pushed and pushed.proven and result.new:  # its hub did not tell
        latest = await line.store.subscription(state.id)  # its lease may have been renewed meanwhile
        if latest and latest.is_called(pushed.token):
            await line.store.note_push(replace(latest, proven=False))
    if line.base and (after.hub or pushed) and not websub.stands(pushed, after, line.base):
        await line.store.look_after([after.id], line.clock())


async def take_in(
    line: Line,
    desk: Desk,
    feed: Feed,
    state: FeedState,
    items: Sequence[Item],
    known: Sequence[str] = (),
    deleted: Sequence[str] = (),
    *,
    pushed: bool = False,
) -> Intake:
    """Commit the items of one document, polled or `pushed` by a hub, that are new or changed.

    `known` are keys of those that stand as they were, `deleted` of those that it says are no more.
    """
    items = [*items, *await survey.withdrawn(line.store, feed, deleted, line.clock())]
    seen = await line.store.seen(feed.id, [item.key for item in items])
    brought = await survey.look(line.store, feed, state, items, known, seen, line.clock(), pushed=pushed)
    recurring = frozenset(state.furniture)
    new = skipped = 0
    until = pages.deadline()
    for item in items:
        arrival = brought.arrivals.get(item.key)
        if arrival is None:
            continue
        try:
            whole = item if arrival.hushed else await line.with_page(feed, item, until)
            taken = await take(line, desk, furniture.marked(whole, recurring), seen.get(item.key), arrival)
            new += taken and not arrival.restless and arrival.hushed not in (arrivals.RENAMED, arrivals.OLDER)
        except (StoreUnavailable, StoreUnfit, Contended):
            raise
        except Exception as error:  # the feed goes on; the item is tried again when its document changes
            log.exception("item skipped", feed=feed.id, item=item.key)
            skipped += 1
            line.metrics.items.labels(fate="skipped").inc()
            await line.store.put(_skipped(desk, item, error, line.clock()))
    keys = [*known, *(item.key for item in items)]
    shown = max(len(keys), state.items)  # a hub may send one entry of many, and a document may be cut off
    await line.store.still_there(feed.id, keys, line.clock(), shown)
    return Intake(new, skipped, brought.habits)


def _skipped(desk: Desk, item: Item, error: Exception, now: float) -> list[Delivery]:
    text = f"an item was skipped, {item.url or item.guid} : {error!r}"
    return notices(
        desk.ops, OpsEvent(now, f"feed {item.feed}", text), f"skipped {item.feed} {item.key} {item.revision}"
    )


def _notices(desk: Desk, before: FeedState, after: FeedState, now: float) -> list[Delivery]:
    """What operators are told of a feed whose health changed with this poll, or whose ways were found out."""
    told: list[Delivery] = []
    if notice := health.notice(desk.feeds[after.id], before, after, now):
        event = OpsEvent(now, f"feed {after.id}", notice.text, notice.recovered)
        told += notices(desk.ops, event, f"{after.id} {after.health} {notice.since}")
    if text := habits.notice(before.habits, after.habits):
        told += notices(desk.ops, OpsEvent(now, f"feed {after.id}", text), f"{after.id} {text}")
    return told
