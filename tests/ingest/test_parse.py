"""The pool of parsers: hostile documents cost themselves and nobody else."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from io import BytesIO

import psutil
import pytest

from monitor.ingest.frames import ANSWER, TASK, Task, frame, read_frame
from monitor.ingest.parse import LONGEST_BODY, ParserPool
from monitor.ingest.worker import serve
from monitor.model import Access, Article, Auth, Cadence, Item, Kind, Parsed, Priority, Span, Unreadable, Wire
from tests.ingest.documents import FEED, rss
from tests.items import NOON

GOOD = rss("<title>UPDATE 1-Lavrov meets Wang</title><guid>1</guid>")
SLOW = rss(f"<title>t</title><author>{'a' * 400_000}@</author>")
"""feedparser looks for mail addresses in time that grows with the square of the length."""


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    async with ParserPool() as pool:
        yield pool


def workers() -> list[psutil.Process]:
    """The parser processes of this test process."""
    return [child for child in psutil.Process().children() if "monitor.ingest.worker" in " ".join(_command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):  # ended, and perhaps not buried yet
        return []


async def until(met: Callable[[], bool]) -> None:
    """Wait for something that another process does; the test's own time limit ends it."""
    while not met():  # nothing tells us of another process
        await asyncio.sleep(0.02)


async def test_a_document_becomes_items(pool: ParserPool) -> None:
    parsed = await pool.parse(GOOD, "text/xml", FEED, NOON)
    assert isinstance(parsed, Parsed)
    (item,) = parsed.items
    assert (item.title, item.feed, item.source, item.seen_at) == (
        "UPDATE 1-Lavrov meets Wang",
        "meridian",
        "Meridian Wire",
        NOON,
    )
    assert (item.wire.kind, item.wire.number, item.headline) == (Kind.UPDATE, 1, "Lavrov meets Wang")


async def test_what_is_no_feed_is_said(pool: ParserPool) -> None:
    assert await pool.parse(b"<html></html>", "", FEED, NOON) == Unreadable("an HTML page")


async def test_workers_start_when_needed_and_serve_again_and_again(pool: ParserPool) -> None:
    assert workers() == []
    for _ in range(5):
        assert isinstance(await pool.parse(GOOD, "", FEED, NOON), Parsed)
    assert len(workers()) == 1


async def test_documents_are_read_side_by_side_by_as_many_workers_as_there_may_be() -> None:
    async with ParserPool(workers=2) as pool:
        answers = await asyncio.gather(*(pool.parse(GOOD, "", FEED, NOON) for _ in range(9)))
        assert all(isinstance(answer, Parsed) for answer in answers)
        assert len(workers()) == 2
    assert workers() == []


async def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_read() -> None:
    async with ParserPool(workers=1, seconds=0.5) as pool:
        assert await pool.parse(SLOW, "", FEED, NOON) == Unreadable("took longer than 0.5s to parse")
        assert workers() == []
        assert isinstance(await pool.parse(GOOD, "", FEED, NOON), Parsed)


HUNGRY = rss(f"<title>t</title>{'<a>' * 200_000}{'</a>' * 200_000}")
"""feedparser keeps a little of every element that is open."""
TOO_MUCH = Unreadable("needs more memory than a document may")


async def test_a_document_that_takes_too_much_memory_is_given_up_and_the_next_one_read() -> None:
    async with ParserPool(workers=1, memory=40 * 2**20) as pool:
        assert await pool.parse(HUNGRY, "", FEED, NOON) == TOO_MUCH
        assert isinstance(await pool.parse(GOOD, "", FEED, NOON), Parsed)


def test_memory_is_watched_where_the_kernel_does_not_hold_to_it() -> None:
    frames = frame(TASK.dump_json(Task("", FEED, NOON))) + frame(HUNGRY)
    watched = (
        "import sys\nfrom monitor.ingest import worker\nwith worker.watched(40 << 20):\n"
        "    worker.serve(sys.stdin.buffer, sys.stdout.buffer, 60)"
    )
    command = [
        "sh",
        "-c",
        '"$0" -c "$1"; exit $?',
        sys.executable,
        watched,
    ]  # a child of ours would begin with our peak
    done = subprocess.run(command, input=frames, capture_output=True, check=True)
    assert ANSWER.validate_json(read_frame(BytesIO(done.stdout)) or b"") == TOO_MUCH


async def test_a_document_over_the_limit_is_not_even_sent(pool: ParserPool) -> None:
    assert await pool.parse(b"x" * (LONGEST_BODY + 1), "", FEED, NOON) == Unreadable(
        "17 MB long; more than 17 MB are not read"
    )
    assert workers() == []


async def test_a_worker_that_dies_costs_its_document_only() -> None:
    async with ParserPool(workers=1, seconds=60) as pool:
        await pool.parse(GOOD, "", FEED, NOON)
        (worker,) = workers()
        reading = asyncio.create_task(pool.parse(SLOW, "", FEED, NOON))
        await until(lambda: worker.cpu_percent(0.1) > 5)
        worker.kill()
        answer = await reading
        assert answer == Unreadable(f"the parser gave up: it ended with status -{int(signal.SIGKILL)}")
        assert isinstance(await pool.parse(GOOD, "", FEED, NOON), Parsed)


async def test_a_worker_that_died_at_rest_is_replaced() -> None:
    async with ParserPool(workers=1) as pool:
        await pool.parse(GOOD, "", FEED, NOON)
        (worker,) = workers()
        worker.kill()
        await until(lambda: not _command(worker))
        answers = [await pool.parse(GOOD, "", FEED, NOON) for _ in range(2)]
        assert isinstance(answers[-1], Parsed)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its address space")
async def test_why_a_worker_could_not_start_is_said() -> None:
    async with ParserPool(workers=1, memory=2**99) as pool:
        answer = await pool.parse(GOOD, "", FEED, NOON)
    assert isinstance(answer, Unreadable)
    assert answer.reason.startswith("the parser gave up: OverflowError")


async def test_an_idle_worker_is_let_go() -> None:
    async with ParserPool(idle=0.05) as pool:
        await pool.parse(GOOD, "", FEED, NOON)
        await until(lambda: workers() == [])
        assert isinstance(await pool.parse(GOOD, "", FEED, NOON), Parsed)


async def test_a_worker_that_a_large_document_has_swollen_is_let_go(pool: ParserPool) -> None:
    large = rss(f"<title>t</title><description>{'word ' * 500_000}</description>")
    assert isinstance(await pool.parse(large, "", FEED, NOON), Parsed)
    await until(lambda: workers() == [])


async def test_a_cancelled_parse_leaves_nothing_running_and_the_pool_whole() -> None:
    async with ParserPool(workers=1, seconds=60) as pool:
        reading = asyncio.create_task(pool.parse(SLOW, "", FEED, NOON))
        await until(lambda: any(worker.cpu_percent(0.1) > 5 for worker in workers()))
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert isinstance(await pool.parse(GOOD, "", FEED, NOON), Parsed)


def start_worker(seconds: float) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "monitor.ingest.worker", str(seconds), str(2**30)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def test_a_worker_ends_with_its_parent() -> None:
    with start_worker(10) as worker:
        assert worker.stdin
        worker.stdin.close()
        assert worker.wait(30) == 0


def test_an_orphan_does_not_spin_on() -> None:
    with start_worker(0.2) as worker:
        assert worker.stdin
        worker.stdin.write(frame(TASK.dump_json(Task("", FEED, NOON))) + frame(SLOW))
        worker.stdin.close()
        assert worker.wait(30) == -signal.SIGALRM


# ── What is said between them ───────────────────────────────────────────────


def answers_to(*bodies: bytes) -> list[Parsed | Article | Unreadable]:
    """What a worker answers, its loop run in this process."""
    task = frame(TASK.dump_json(Task("text/xml; charset=utf-8", replace(FEED, lang="en"), NOON)))
    answers = BytesIO()
    serve(BytesIO(b"".join(task + frame(body) for body in bodies)), answers, seconds=30)
    answers.seek(0)
    found = []
    while (answer := read_frame(answers)) is not None:
        found.append(ANSWER.validate_json(answer))
    return found


def test_a_worker_answers_task_after_task() -> None:
    first, second = answers_to(GOOD, b"no feed")
    assert isinstance(first, Parsed)
    assert first.items[0].lang == "en"
    assert second == Unreadable("plain text, not a feed: “no feed”")


def test_a_task_cut_off_is_not_answered() -> None:
    answers = BytesIO()
    serve(BytesIO(frame(b"{}")), answers, seconds=30)
    assert answers.getvalue() == b""


@pytest.mark.parametrize(
    "answer",
    [
        Unreadable("empty"),
        Parsed(items=()),
        Parsed(
            items=(
                Item(
                    key="k",
                    revision="r",
                    feed="f",
                    source="s",
                    guid="g",
                    url="u",
                    title="Zero\u200bwidth e\u0301 \U0001f30d",
                    body="b\n",
                    author="a",
                    categories=("c", "d"),
                    lang="en",
                    published=None,
                    updated=0.1,
                    seen_at=NOON,
                    wire=Wire(Span(0, 3), Span(1, 2), Span(1, 1), Kind.EMBARGO, 3, "live", embargo=NOON),
                ),
            ),
            title="t",
            version="rss20",
            cadence=Cadence(60.0, (0, 23), (6,)),
            problems=("p",),
        ),
    ],
    ids=["unreadable", "empty", "full"],
)
def test_answers_arrive_as_they_were_sent(answer: Parsed | Unreadable) -> None:
    assert ANSWER.validate_json(ANSWER.dump_json(answer)) == answer


def test_tasks_arrive_as_they_were_sent() -> None:
    access = Access(headers=(("Accept-Language", "en"),), auth=Auth("agency", user="desk"), insecure=True)
    task = Task("text/xml", replace(FEED, access=access, priority=Priority.HIGH, tags=("a", "b")), NOON, "slices")
    assert TASK.validate_json(TASK.dump_json(task)) == task


@pytest.mark.slow
async def test_hostile_documents_end_and_good_ones_are_read_after_each() -> None:
    inside = [
        b"&lt;!--" * 100_000,
        b"<![CDATA[" + b"<!--" * 150_000 + b"]]>",
        b"<![CDATA[" * 70_000,
        b"<" * 400_000,
        b"<a>" * 100_000,
        b"&lt;div&gt;" * 100_000,
        b"& " * 300_000,
        b"<!x" * 100_000,
        b"&#xD800;" * 50_000,
    ]
    async with ParserPool(seconds=3) as pool:
        for content in inside:
            body = rss("<title>t</title><description>X</description>").replace(b"X", content)
            await pool.parse(body, "", FEED, NOON)
            assert isinstance(await pool.parse(GOOD, "", FEED, NOON), Parsed)
