"""Bodies are decoded within bounds."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import AsyncIterator

import pytest

from newsletter.collect.body import STEP, bounded
from newsletter.errors import FetchError

URL = "https://portal.example/x"
TEXT = b"Pressemitteilung " * 20_000


def chunks(body: bytes, size: int) -> AsyncIterator[bytes]:
    async def give() -> AsyncIterator[bytes]:
        for start in range(0, len(body), size):
            yield body[start : start + size]

    return give()


def raw_deflate(body: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(body) + compressor.flush()


ENCODED = {
    "plain": ("", TEXT),
    "identity": ("identity", TEXT),
    "gzip": ("gzip", gzip.compress(TEXT)),
    "Gzip": (" GZIP ", gzip.compress(TEXT)),
    "x-gzip": ("x-gzip", gzip.compress(TEXT)),
    "two members": ("gzip", gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:])),
    "padded": ("gzip", gzip.compress(TEXT) + b"\0" * 512),
    "deflate": ("deflate", zlib.compress(TEXT)),
    "raw deflate": ("deflate", raw_deflate(TEXT)),
}


@pytest.mark.parametrize("size", [1, 7, 1_000, 5_000_000])
@pytest.mark.parametrize("name", ENCODED)
async def test_decoding(name: str, size: int) -> None:
    encoding, body = ENCODED[name]
    body_chunks = chunks(body, max(size, len(body) // 5_000))
    assert await bounded(body_chunks, encoding, URL) == TEXT


@pytest.mark.parametrize("length", [STEP - 1, STEP, STEP + 1, 3 * STEP, 3 * STEP + 258])
async def test_nothing_stays_inside_the_decoder(length: int) -> None:
    body = random.Random(length).randbytes(997) * (length // 997 + 1)
    assert await bounded(chunks(gzip.compress(body[:length]), 4096), "gzip", URL) == body[:length]


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x" * 1000])
async def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(FetchError, match="not asked for") as caught:
        await bounded(chunks(b"x", 1), encoding, URL)
    assert len(str(caught.value)) < 200


async def test_a_bomb_is_stopped_at_the_bound() -> None:
    compressor = zlib.compressobj(9, wbits=31)
    bomb = b"".join(compressor.compress(b"\0" * 1_000_000) for _ in range(200)) + compressor.flush()
    assert len(bomb) < 250_000
    with pytest.raises(FetchError, match="larger than 5 MB"):
        await bounded(chunks(bomb, 65_536), "gzip", URL)


async def test_a_body_without_compression_is_bounded_too() -> None:
    with pytest.raises(FetchError, match=r"larger than 0\.1 MB"):
        await bounded(chunks(b"x" * 100_001, 1_000), "", URL, 100_000)
    assert len(await bounded(chunks(b"x" * 100_000, 1_000), "", URL, 100_000)) == 100_000


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (gzip.compress(TEXT)[:-200], "breaks off"),
        (b"no gzip at all", "damaged"),
        (gzip.compress(TEXT)[:1], "breaks off"),
    ],
)
async def test_half_a_body_is_none(body: bytes, said: str) -> None:
    with pytest.raises(FetchError, match=said):
        await bounded(chunks(body, 64), "gzip", URL)


async def test_an_empty_body_needs_no_decoding() -> None:
    assert await bounded(chunks(b"", 1), "gzip", URL) == b""
