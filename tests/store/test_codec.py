"""What is stored can be read again, and nothing else can."""

from __future__ import annotations

import math
from base64 import b85decode
from dataclasses import replace

import pytest

from monitor.errors import StoreError
from monitor.model import FeedState, Receipt
from monitor.store.codec import RECEIPT, RECORD, STATE
from tests.items import an_item
from tests.store.made import a_record

SHORTEST = RECORD.pack(a_record(an_item(), "s"))


def test_values_come_back() -> None:
    state = FeedState("a", next_poll=math.inf, title="世界 \U0001f5de")
    assert STATE.unpack(STATE.pack(state)) == state


def test_what_an_earlier_version_stored_is_read() -> None:
    stored = (
        "rPNCff-n#U;Hz)}k+#sl5nSL3qls}*nNbN+jKzox?rw`94_^zHZD+dr{(n6->v}s%IWms`2H>%wVc&OYOwpk%4z>;io#{+>86-mXZHL`mW1P"
        "IeZue{~MW%gBNsoEh08v(kSQy;VMV3jYKU&OJGizc+*W8fDWG|np%u->putbokK-}tts8gOk5_1-S_BU~#sS)n_+$G$p`{*ON!PHxPl=b;>-"
        "Up~pBN*z349)AHE899IsY&!-P}(P<QiQrs^oLcoxdQ"
    )
    assert RECORD.unpack(b85decode(stored)) == a_record(an_item(), "s")


def test_a_summary_takes_little() -> None:
    body = "Two foreign ministers met on Wednesday and spoke of trade, sanctions and the order of the world. " * 6
    assert len(RECORD.pack(a_record(an_item(body=body), "s"))) < 500


@pytest.mark.parametrize(
    "blob",
    [b"", b"nonsense", SHORTEST[:-5], RECEIPT.pack(Receipt("r"))],
    ids=["empty", "nonsense", "cut", "another type"],
)
def test_what_cannot_be_read_is_an_error_of_the_store(blob: bytes) -> None:
    with pytest.raises(StoreError, match="no Record that this version of Wirewatch can read"):
        RECORD.unpack(blob)


def test_text_that_is_not_unicode_is_refused_by_name() -> None:
    with pytest.raises(StoreError, match="this Record cannot be stored"):
        RECORD.pack(a_record(replace(an_item(), title="\ud800"), "s"))
