"""Values to bytes and back: JSON, compressed against a dictionary of what every value repeats."""

from __future__ import annotations

import zlib
from typing import Final, Generic, TypeVar

import structlog
from pydantic import ConfigDict, TypeAdapter

from monitor.errors import StoreError
from monitor.model import BadAnswer, Delivery, FeedState, Receipt, Record, Silence, Story, Subscription, Tally

T = TypeVar("T")

log: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("store")

# Saves a third of a record. What is stored can only be read with these very
# bytes, and with the defaults of the types, which are left out: never change them.
_DICTIONARY: Final = (
    b'{"delivery":{"id":"","lane":"","channel":"","event":{"kind":"raised","at":0.0,"alert_id":"","story_id":"",'
    b'"rules":[""],"severity":2,"item":{"key":"","feed":"","guid":"","source":"","url":"","title":"","kind":"news",'
    b'"published":0.0,"seen_at":0.0},"relation":"new","hits":[{"rule":"","field":"title","start":0,"end":0,"text":"",'
    b'"entity":""}],"card":{"headline":"","url":"","source":"","published":0.0,"seen_at":0.0,"severity":1,'
    b'"kind":"news","status":"live","rules":[""],"spellings":[""],"excerpts":[{"field":"body","text":"",'
    b'"marks":[[0,0]]}],"carriers":[],"note":""},"manner":"ping","changes":[],"note":""},"created_at":0.0,'
    b'"not_before":0.0},"at":0.0,"reason":"","attempts":0}'
    b'{"id":"","version":1,"opened_at":0.0,"last_at":0.0,"headline":"","carriers":[{"item":"","source":"",'
    b'"url":"https://www.","title":"","relation":"new","at":0.0}],"alerts":[],"status":"live","wire_number":0}'
    b'{"item":{"key":"","revision":"","feed":"","source":"","guid":"https://www.","url":"https://www.","title":"",'
    b'"body":" the of to and in a on for that said with is was by at as from has have it its his he be are after who '
    b'will not were been had this they their which would than more about people government minister president",'
    b'"author":"","categories":["World"],"lang":"en","published":null,"updated":null,"seen_at":17,"wire":{'
    b'"headline":[0,],"copy":[0,],"text":[0,],"kind":"news","number":0,"genre":"","slug":"","place":"","credit":"",'
    b'"byline":"","note":"","embargo":null}},"story_id":"","relation":"new","evidence":"","matches":[],"outcome":{'
    b'"fate":"no rule matched","reason":""},"alerts":[]}'
)

_BARE: Final = -zlib.MAX_WBITS
"""Deflate without zlib's header and sum, which took ten bytes."""


_JSON: Final = ConfigDict(ser_json_inf_nan="constants", ser_json_bytes="base64", val_json_bytes="base64")


class Codec(Generic[T]):
    """Packs values of one type."""

    def __init__(self, kind: type[T]) -> None:
        self._name = kind.__name__
        # In a list, for a dataclass takes no configuration from outside.
        self._adapter = TypeAdapter(list[kind], config=_JSON)  # type: ignore[valid-type]

    def pack(self, value: T) -> bytes:
        """Raises StoreError for text that is not Unicode (lone surrogates)."""
        squeeze = zlib.compressobj(wbits=_BARE, zdict=_DICTIONARY)
        try:
            return squeeze.compress(self._adapter.dump_json([value], exclude_defaults=True)) + squeeze.flush()
        except ValueError as error:
            raise StoreError(f"this {self._name} cannot be stored: {error}") from error

    def unpack(self, blob: bytes) -> T:
        """Raises StoreError for bytes that another version of Wirewatch, or something else, wrote."""
        expand = zlib.decompressobj(wbits=_BARE, zdict=_DICTIONARY)
        try:
            text = expand.decompress(blob)
            (value,) = self._adapter.validate_json(text if expand.eof else b"cut short")
        except (zlib.error, ValueError) as error:
            raise StoreError(f"this is no {self._name} that this version of Wirewatch can read") from error
        return value

    def unpack_any(self, blob: bytes, key: str) -> T | None:
        """The value, or None with a line in the log for bytes that say nothing: for what work can go on without."""
        try:
            return self.unpack(blob)
        except StoreError as error:
            log.error("unreadable, and taken for nothing", key=key, reason=str(error))
            return None


RECORD: Final = Codec(Record)
STORY: Final = Codec(Story)
TALLY: Final = Codec(Tally)
SILENCE: Final = Codec(Silence)
STATE: Final = Codec(FeedState)
BAD: Final = Codec(BadAnswer)
DELIVERY: Final = Codec(Delivery)
RECEIPT: Final = Codec(Receipt)
SUBSCRIPTION: Final = Codec(Subscription)
