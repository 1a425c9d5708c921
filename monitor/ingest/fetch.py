"""Feeds over HTTP: one polite GET that ends in time, in bounds, and with a reason when it fails.

aiohttp bounds each step of unpacking (gzip, deflate, br, zstd) and the size
and number of headers; what it leaves open is closed here: one deadline over
everything, a limit on the unpacked body, redirects followed by hand so that
each hop is judged, and the address of every connection (`web.guard`).
"""

from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from ssl import SSLContext
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.helpers import is_ip_address
from yarl import URL

from monitor.config import Network, unset_secret
from monitor.ingest import instead
from monitor.ingest.names import Names
from monitor.model import ANYONE, BAD_KEPT, Access, Fetched, FetchFailed, Page, Unchanged, Validators
from monitor.web import guard, headers
from monitor.web.reasons import explain, redacted, status_line

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_ENCODINGS = frozenset({"gzip", "deflate", "br", "zstd"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_WELL = frozenset({200, 203})
_BOMB = 25  # a feed packs to a tenth; what is 25 times as large unpacked was made to hurt
_SHORT = 1_000_000  # bytes; few bodies are longer, and only so many of these are read on at once:
_LONG_AT_ONCE = 3
_LONGEST_HEADER = 32 * 1024  # some sites send content security policies of over 8 KB
_KEEP_ALIVE = 3.0  # long enough for feeds of one host polled in a row, short enough for thousands of hosts


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of our time and memory one fetch may take."""

    deadline: float = 20.0
    """Seconds for everything, redirects and body included; waiting for a host's turn is not."""
    connect: float = 10.0
    """Seconds for one connection: name, TCP and TLS."""
    body: int = 10_000_000
    """Bytes, unpacked."""
    words: float = 2.0
    """Seconds for what comes with an error."""
    redirects: int = 5
    per_host: int = 1
    """Requests to one host (and port) at once."""
    gap: float = 0.0
    """Seconds between two fetches from one host, unless it is this machine; redirects are followed at once."""
    patience: float = 2.0
    """Seconds to wait for a host's turn. A host that keeps one request waiting for longer is not spared by
    holding back the others, and one feed that hangs must not hold up its neighbours."""


@dataclass(frozen=True, slots=True)
class _Redirect:
    target: URL
    permanent: bool


@dataclass(frozen=True, slots=True)
class _Question:
    """What each server on the way is asked."""

    start: URL
    validators: Validators
    access: Access


class HttpFetcher:
    """`ports.Fetcher` over HTTP, an async context manager.

    `user_agent` is sent as it is. `allowed` are networks that may be reached
    although not public. `secret` knows the secrets that feeds name; empty: it
    does not. `traces` hear of each request. `tls` and `resolver` take the place of the system's
    certificates and names. How many feeds are fetched at once is the caller's
    affair.
    """

    def __init__(
        self,
        user_agent: str,
        allowed: Sequence[Network] = (),
        limits: Limits = Limits(),
        *,
        secret: Callable[[str], str] = lambda _: "",
        traces: Sequence[aiohttp.TraceConfig] = (),
        tls: SSLContext | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._headers = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate, br, zstd"}
        self._allowed = tuple(allowed)
        self._limits = limits
        self._secret = secret
        self._traces = traces
        self._tls = tls
        self._resolver = resolver
        self._long = asyncio.Semaphore(_LONG_AT_ONCE)
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._spared: OrderedDict[str, float] = OrderedDict()
        """By host, until when; the first to end first."""

    async def __aenter__(self) -> Self:
        self._names = self._resolver or Names()
        self._session, self._public = self._opened(self._allowed), self._opened(())
        return self

    def _opened(self, allowed: Sequence[Network]) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,
            ssl=self._tls or True,
            resolver=self._names,
            socket_factory=guard.socket_factory(allowed),
            keepalive_timeout=_KEEP_ALIVE,
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, connect=self._limits.connect),
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
            trace_configs=list(self._traces),
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._public.close()
        await self._names.close()

    async def fetch(self, url: str, validators: Validators, access: Access = ANYONE) -> Fetched:
        """GET a feed, conditional on the validators of its last answer.

        `access` says how its server wants to be asked. A secret is told to
        nobody but the site that it is for; a certificate is believed unseen
        from nobody but the host that is asked first.

        Never raises for what a server or a network does: that is a
        `FetchFailed` whose reason names no credentials. `moved_to` is set when
        every redirect was permanent and the target answered well; `gone` when
        the feed itself, and not a passing redirect, answered 410.
        """
        trail: list[URL] = []
        if access.auth and not self._secret(access.auth.secret):
            return FetchFailed(unset_secret(access.auth.secret))
        try:
            await self._spare(URL(url).raw_host or "")
            fetched = await self._follow(_Question(URL(url), validators, access), trail)
        except aiohttp.ConnectionTimeoutError:
            fetched = FetchFailed(f"no connection within {self._limits.connect:g} s")
        except TimeoutError:
            fetched = FetchFailed(f"no complete answer within {self._seconds(access):g} s")
        except (aiohttp.ClientError, OSError, ValueError, RuntimeError) as error:
            fetched = FetchFailed(explain(error, trail[-1].raw_host or "" if trail else url))
        if isinstance(fetched, FetchFailed) and len(trail) > 1:
            return replace(fetched, reason=f"redirected to {redacted(str(trail[-1]))}: {fetched.reason}")
        return fetched

    async def _follow(self, question: _Question, trail: list[URL]) -> Fetched:
        """Ask the first address and whatever it redirects to; `trail` grows by each address asked."""
        url, left = question.start, self._seconds(question.access)
        permanent = True
        clock = asyncio.get_running_loop().time
        while True:
            if objection := self._objection(url, trail):
                return FetchFailed(objection)
            trail.append(url)
            async with self._turn(url):
                began = clock()
                async with asyncio.timeout(left):
                    if question.access.proxy and (refused := await self._behind_proxy(url, question.access)):
                        return FetchFailed(refused)
                    answer = await self._get(url, question)
                left -= clock() - began
            match answer:
                case _Redirect():
                    permanent = permanent and answer.permanent
                    url = answer.target
                case Page() | Unchanged() if permanent and len(trail) > 1:
                    return replace(answer, moved_to=str(url))
                case FetchFailed(gone=True):
                    return replace(answer, gone=permanent)
                case _:
                    return answer

    def _objection(self, url: URL, trail: Sequence[URL]) -> str:
        """Why an address is not to be asked; empty: it is."""
        if url.scheme not in ("http", "https") or not url.raw_host:
            shown = redacted(str(url))
            return f"redirects to {shown}, which is not http" if trail else f"{shown} is not an http address"
        if url in trail:
            return "redirects in a circle"
        if len(trail) > self._limits.redirects:
            return f"more than {self._limits.redirects} redirects"
        return ""

    async def _spare(self, host: str) -> None:
        """Wait until a host may be asked again."""
        if not self._limits.gap or guard.is_here(host):
            return
        now = asyncio.get_running_loop().time()
        at = max(now, self._spared.pop(host, now))
        self._spared[host] = at + self._limits.gap
        while (first := next(iter(self._spared))) != host and self._spared[first] <= now:
            del self._spared[first]
        await asyncio.sleep(at - now)

    @asynccontextmanager
    async def _turn(self, url: URL) -> AsyncIterator[None]:
        """The right to ask a host: one after the other, but never after waiting for longer than `patience`."""
        host = f"{url.raw_host}:{url.port}"
        turn = self._turns.setdefault(host, asyncio.Semaphore(self._limits.per_host))
        async with AsyncExitStack() as held:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.patience):
                    await held.enter_async_context(turn)
            yield

    async def _behind_proxy(self, url: URL, access: Access) -> str:
        """Why a proxy is not to be asked for an address: the guard sees that of the proxy only.

        A name that only the proxy knows is left to it.
        """
        host = url.raw_host or ""
        addresses = [host]
        if not is_ip_address(host):
            with suppress(OSError):
                addresses = [each["host"] for each in await self._names.resolve(host, 0, socket.AF_UNSPEC)]
        allowed = self._allowed if _may_be_ours(url, access) else ()
        kinds = (guard.refusal(address, allowed) for address in addresses if is_ip_address(address))
        kind = next(filter(None, kinds), "")
        return f"refused: {host} is {kind} (allow with WIREWATCH_ALLOW_NETS)" if kind else ""

    def _seconds(self, access: Access) -> float:
        return access.timeout or self._limits.deadline

    def _own_headers(self, url: URL, question: _Question) -> dict[str, str]:
        """What one feed's server is told beside what all are; elsewhere, only what we accept."""
        access, here = question.access, same_site(url, question.start)
        own = {name: value for name, value in access.headers if here or name.lower() == "accept"}
        if access.user_agent:
            own["User-Agent"] = access.user_agent
        auth = access.auth
        if auth and same_site(url, URL(auth.site)):
            secret = self._secret(auth.secret)
            basic = b64encode(f"{auth.user}:{secret}".encode()).decode()
            told = f"Basic {basic}" if auth.user else f"Bearer {secret}"
            own[auth.header or "Authorization"] = secret if auth.header else told
        return own

    async def _get(self, url: URL, question: _Question) -> Fetched | _Redirect:
        validators, access = question.validators, question.access
        known = (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified))
        conditions = {name: value for name, value in known if value}
        session = self._session if access.proxy or _may_be_ours(url, access) else self._public
        async with session.get(
            url,
            headers=self._own_headers(url, question) | conditions,
            allow_redirects=False,
            proxy=access.proxy or None,
            ssl=not (access.insecure and url.raw_host == question.start.raw_host),
        ) as response:
            status = response.status
            if status in _REDIRECTS and (location := response.headers.get("Location")):
                try:
                    return _Redirect(target(url, location), permanent=status in _PERMANENT)
                except ValueError:
                    return FetchFailed(f"redirects to {redacted(location)}, which is not an address", status)
            if status == 304 and conditions:
                still = headers.confirmed(validators, response.headers)
                return Unchanged(still, max_age=headers.max_age(response.headers))
            if status not in _WELL:
                wait = headers.retry_after(response.headers)
                said = await _said(response, self._limits.words)
                reason = ": ".join(filter(None, (status_line(status), instead.said(said) if said else "")))
                return FetchFailed(reason, status, wait, gone=status == 410, page=said)
            return await self._page(response, access.max_bytes or self._limits.body)

    async def _page(self, response: aiohttp.ClientResponse, limit: int) -> Page | FetchFailed:
        too_much = f"more than {limit / 1_000_000:g} MB"
        packed = ", ".join(response.headers.getall("Content-Encoding", ())).lower()
        if packed not in _ENCODINGS and any(encoding in packed for encoding in _ENCODINGS):
            return FetchFailed(f"packed as {redacted(packed)}, which we did not ask for", response.status)
        if (response.content_length or 0) > limit:
            return FetchFailed(too_much, response.status)
        body = bytearray()
        async with AsyncExitStack() as turn:
            async for chunk in response.content.iter_any():
                was_short = len(body) <= _SHORT
                body += chunk
                if len(body) > limit:
                    came = response.content.total_raw_bytes
                    bomb = f"a {packed} bomb: {came} bytes unpack to " if came * _BOMB < len(body) else ""
                    return FetchFailed(bomb + too_much, response.status)
                if was_short and len(body) > _SHORT:
                    await turn.enter_async_context(self._long)
        return Page(
            bytes(body),
            url=str(response.url.with_user(None)),
            content_type=_content_type(response),
            validators=headers.validators(response.headers),
            max_age=headers.max_age(response.headers),
            hub=_linked(response, "hub"),
            topic=_linked(response, "self"),
        )


def _linked(response: aiohttp.ClientResponse, relation: str) -> str:
    """Where the answer's Link header leads by this relation (RFC 8288); empty: nowhere."""
    try:
        link = response.links.get(relation)
    except ValueError:  # somewhere in it is no address
        return ""
    return str(link["url"]) if link else ""


async def _said(response: aiohttp.ClientResponse, wait: float) -> Page | None:
    """What came with an error, if anything; the error stands though that takes too long or cannot be unpacked."""
    body = bytearray()
    with suppress(aiohttp.ClientError, TimeoutError):
        async with asyncio.timeout(wait):
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > BAD_KEPT:
                    break
    if not body:
        return None
    return Page(bytes(body[: BAD_KEPT + 1]), str(response.url.with_user(None)), _content_type(response))


def _content_type(response: aiohttp.ClientResponse) -> str:
    return response.headers.get("Content-Type", "").encode("ascii", "replace").decode("ascii")


def _may_be_ours(url: URL, access: Access) -> bool:
    """Whether an address may be in an allowed network: a feed is no licence to send us anywhere in it."""
    return not access.home or url.raw_host == URL(access.home).raw_host


def same_site(here: URL, site: URL) -> bool:
    """Whether it is where a secret belongs: the same origin, or its secure twin."""
    if here.raw_host != site.raw_host:
        return False
    return here.origin() == site.origin() or (here.scheme == "https" and here.is_default_port())


def target(here: URL, location: str) -> URL:
    """Where a redirect leads. Credentials stay within the origin that they were written for."""
    there = here.join(URL(location)).with_fragment(None)
    if not there.raw_host:
        return there
    there = there.with_user(None)
    return there.with_user(here.user).with_password(here.password) if there.origin() == here.origin() else there
