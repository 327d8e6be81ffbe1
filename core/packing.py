"""gzip put together from parts that were compressed by themselves, so that one can be used again.

What is private of a page is put in uncompressed: how short a secret gets beside words that a
stranger chose would tell the stranger how much of it was guessed (the BREACH attack, 2013).

A part ends with a whole byte, and nothing after it refers to what was before (a full flush of
zlib): so parts stand behind each other in one stream. The check sum of the whole follows from
theirs: n more bytes multiply a CRC-32 by x^8n, modulo its polynomial, in the field of two elements.
So does zlib's crc32_combine, which Python does not have.
"""

import struct
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

LEVEL: Final = 4  # 6 takes two and a half times as long for 7 % less
UNCOMPRESSED: Final = 0
HEADER: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # deflated, no time, no name, by no known system
END: Final = b"\x03\0"  # an empty last block
POLYNOMIAL: Final = 0xEDB88320
ONE: Final = 1 << 31  # the highest bit is the lowest power


class Packed(NamedTuple):
    """A deflated part with what the end of a gzip file tells of it."""

    deflated: bytes
    crc: int
    size: int  # unpacked


class Part:
    """Bytes of a page. Once they were asked for packed, only that is kept."""

    __slots__ = ("_level", "_packed", "_raw")

    def __init__(self, raw: bytes, *, private: bool = False) -> None:
        self._raw = raw
        self._level = UNCOMPRESSED if private else LEVEL
        self._packed: Packed | None = None

    @classmethod
    def of(cls, packed: Packed) -> "Part":
        """One that is packed already."""
        part = cls(b"")
        part._packed = packed
        return part

    def packed(self) -> Packed:
        """The part deflated; the first time takes the processor 10 to 20 ms for each megabyte."""
        raw, packed = self._raw, self._packed  # in this order: another thread may be at it too
        if packed is None:
            packing = zlib.compressobj(self._level, zlib.DEFLATED, -zlib.MAX_WBITS)
            deflated = packing.compress(raw) + packing.flush(zlib.Z_FULL_FLUSH)
            self._packed = packed = Packed(deflated, zlib.crc32(raw), len(raw))
            self._raw = b""
        return packed

    def raw(self) -> bytes:
        """The part as it was."""
        raw, packed = self._raw, self._packed
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed.deflated) if packed else raw


def joined(parts: Iterable[Part]) -> Packed:
    """Parts as one."""
    crc, size, pieces = 0, 0, []
    for packed in (part.packed() for part in parts):
        crc = _times(_x_to_the_8(packed.size), crc) ^ packed.crc
        size += packed.size
        pieces.append(packed.deflated)
    return Packed(b"".join(pieces), crc, size)


def gzip_of(parts: Iterable[Part]) -> bytes:
    """One gzip file of all parts; the same bytes for the same parts."""
    whole = joined(parts)
    end = struct.pack("<LL", whole.crc, whole.size & 0xFFFFFFFF)
    return b"".join([HEADER, whole.deflated, END, end])


@lru_cache(maxsize=4096)
def _x_to_the_8(length: int) -> int:
    """x to the power of 8 times a length, by the powers of two in it."""
    product, power = ONE, ONE >> 8
    while length:
        if length & 1:
            product = _times(product, power)
        power = _times(power, power)
        length >>= 1
    return product


def _times(one: int, other: int) -> int:
    """The product of two polynomials modulo that of CRC-32."""
    product = 0
    while one:
        if one & ONE:
            product ^= other
        one = one << 1 & 0xFFFFFFFF
        other = other >> 1 ^ (POLYNOMIAL if other & 1 else 0)
    return product
