"""What is packed in parts unpacks to all of them, by any reader of gzip."""

import gzip
import io
import random
import subprocess

import pytest

from core.packing import Part, gzip_of, joined

CHANCE = random.Random(5)  # noqa: S311


def some(size):
    return bytes(CHANCE.choices(b"abcdefgh <p>\n", k=size))


@pytest.mark.parametrize(
    "sizes",
    [
        [],
        [0],
        [1],
        [1000],
        [0, 0, 5],
        [5, 0],
        [70_000, 3, 70_000],
        [1, 2, 4, 8, 65_536],
        [300] * 50,
    ],
    ids=str,
)
def test_parts_are_one_file(sizes):
    raw = [some(size) for size in sizes]
    packed = gzip_of(map(Part, raw))
    assert gzip.decompress(packed) == b"".join(raw)
    # One member, as browsers want it, whose check sum was looked at.
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
        assert file.read() == b"".join(raw)
        assert file.read(1) == b""
    assert packed.count(b"\x1f\x8b\x08\0\0\0\0\0") == 1


def test_another_program_reads_it_too():
    raw = [some(5000) for _ in range(9)]
    unpacked = subprocess.run(
        ["gzip", "-dc"], input=gzip_of(map(Part, raw)), capture_output=True, check=True
    )
    assert unpacked.stdout == b"".join(raw)


def test_a_part_is_packed_once_and_the_same_parts_are_the_same_bytes():
    parts = [Part(some(5000)) for _ in range(3)]
    first = gzip_of(parts)
    assert parts[1].packed() is parts[1].packed()
    assert gzip_of(parts) == first
    assert gzip_of([parts[0], parts[2]]) != first


def test_what_is_packed_can_be_had_as_it_was():
    raw = [b"", some(9), some(70_000)]
    parts = [Part(one) for one in raw]
    assert [part.raw() for part in parts] == raw
    gzip_of(parts)
    assert [part.raw() for part in parts] == raw


def test_parts_that_are_joined_stand_in_another_file_as_they_are():
    raw = [some(5000) for _ in range(4)]
    middle = Part.of(joined(map(Part, raw[1:3])))
    assert gzip_of([Part(raw[0]), middle, Part(raw[3])]) == gzip_of(map(Part, raw))
    assert middle.raw() == raw[1] + raw[2]


def test_how_long_a_page_is_tells_nothing_of_what_is_private():
    """Each guess of a stranger's is as long as any other, right or wrong."""
    secret = b"<a href='/status/9f8e7d6c/'>" * 3
    of_guesses = {
        len(gzip_of([Part(b"Words. " * 99), Part(secret + guess, private=True)]))
        for guess in (b"/status/9f8e7d6c/", b"/status/0a1b2c3d/")
    }
    assert len(of_guesses) == 1
    assert secret in gzip_of([Part(b"Words. " * 99), Part(secret, private=True)])


def test_a_changed_byte_is_noticed():
    packed = bytearray(gzip_of([Part(b"a" * 50), Part(b"b" * 50)]))
    packed[-6] ^= 1
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(bytes(packed))
