"""Why a request failed, in words for the person who looks after the feed or the receiver. Pure.

Words of ours only: what a server wrote reaches a reason shortened, on one
line and without credentials.
"""

from __future__ import annotations

import re
import socket
import ssl
from http import HTTPStatus
from os import strerror

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError

from monitor.web.guard import Refused

_LONGEST_URL = 200
_USER = re.compile(r"(?<=//)[^/?#]*@")
_TOKEN = re.compile(
    r"(?<=[?&;])([^=&;#]*(?:token|key|auth|secret|pass|sig|session|credential)[^=&;#]*=)[^&;#]*", re.IGNORECASE
)


def redacted(url: str) -> str:
    """A URL fit for logs and messages: without user, password and query parameters that look like secrets."""
    safe = _TOKEN.sub(r"\1***", _USER.sub("***@", url))
    shown = "".join(letter for letter in safe if letter.isprintable())
    return shown if len(shown) <= _LONGEST_URL else shown[:_LONGEST_URL] + "…"


def status_line(status: int) -> str:
    """`HTTP 503 Service Unavailable`, in the standard's words rather than the server's."""
    return f"HTTP {status} {HTTPStatus(status).phrase}" if status in set(HTTPStatus) else f"HTTP {status}"


def explain(error: aiohttp.ClientError | OSError | ValueError | RuntimeError, host: str) -> str:
    """What went wrong between us and `host`."""
    match error:
        case aiohttp.ClientProxyConnectionError():
            return f"the proxy: {_unconnected(error, error.host)}"
        case aiohttp.ClientHttpProxyError():
            return f"the proxy answers {status_line(error.status)}"
        case aiohttp.ClientConnectorError():  # before others: some of its children are SSL errors too
            return _unconnected(error, host)
        case aiohttp.ServerDisconnectedError():
            return "the server closed the connection without an answer"
        case aiohttp.ClientPayloadError(__cause__=ContentEncodingError()):
            return "the body is not packed as its Content-Encoding says"
        case aiohttp.ClientPayloadError() | RuntimeError():  # the latter from a stream whose connection is gone
            return "the answer broke off or was garbled on its way"
        case aiohttp.ClientResponseError():
            return f"the answer is not proper HTTP ({_first_words(error.message)})"
        case aiohttp.ClientOSError(errno=int(number)):
            return f"the connection broke ({strerror(number).lower()})"
        case aiohttp.InvalidURL() | ValueError():
            return f"{redacted(host)} is not a usable host name or address"
        case _:
            return f"the request failed ({type(error).__name__})"


def _unconnected(error: aiohttp.ClientConnectorError, host: str) -> str:
    cause = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error.os_error
    match cause:
        case Refused():
            where = f"{cause.address} is" if cause.address == host else f"{host} resolves to {cause.address},"
            return f"refused: {where} {cause.kind} (allow with WIREWATCH_ALLOW_NETS)"
        case PermissionError():
            return f"refused: {host} resolves to addresses that are not allowed (allow with WIREWATCH_ALLOW_NETS)"
        case socket.gaierror(errno=socket.EAI_AGAIN):
            return "the host name could not be looked up just now"
        case socket.gaierror():
            return "host name not found"
        case ssl.SSLCertVerificationError(verify_code=10):  # X509_V_ERR_CERT_HAS_EXPIRED
            return "certificate expired"
        case ssl.SSLCertVerificationError():
            return f"certificate not accepted: {cause.verify_message.rstrip('.')}"
        case ssl.SSLError():
            return f"no secure connection ({(cause.reason or 'closed').lower().replace('_', ' ')})"
        case OSError(errno=int(number)):
            return f"cannot connect: {strerror(number).lower()}"
        case _:
            return "cannot connect"


def _first_words(message: str) -> str:
    """The parser's own words; what follows them on the line or below it quotes the server."""
    return message.partition("\n")[0].partition(": b")[0].rstrip(":")[:80].lower()
