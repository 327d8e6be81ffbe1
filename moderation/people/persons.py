"""By what a person can be known who has no account: an address's digest, a pattern for names."""

from typing import Final

from django.utils.crypto import salted_hmac

from comments import names
from core.message import ascii_domain

ANYTHING: Final = "*"
LEAST: Final = 3  # letters and digits of a pattern, else it would be about nearly everybody


def digest_of_mail(mail: str) -> str:
    """A keyed digest, the same however the address is cased and its domain written."""
    mailbox, _, domain = mail.strip().casefold().rpartition("@")
    plain = f"{mailbox}@{ascii_domain(domain)}"
    return salted_hmac("sanctioned mail", plain, algorithm="sha256").hexdigest()


def is_pattern_wide(pattern: str) -> bool:
    """Whether a pattern says too little to be about somebody."""
    return len(names.skeleton(pattern)) < LEAST


def fits_pattern(name: str, pattern: str) -> bool:
    """Whether a name looks like the pattern, in which `*` stands for anything or nothing.

    Letters are compared as the eye takes them (comments.names), so a look-alike does not help. In
    time proportional to the name, whatever the pattern.
    """
    likenesses = names.skeletons(name)
    return any(_fits(one, parts) for one in likenesses for parts in _variants(pattern))


def _variants(pattern: str) -> set[tuple[str, ...]]:
    """The literal parts of a pattern as skeletons, however it is cased."""
    cased = (pattern, pattern.lower(), pattern.upper(), pattern.title())
    return {tuple(map(names.skeleton, one.split(ANYTHING))) for one in cased}


def _fits(likeness: str, parts: tuple[str, ...]) -> bool:
    first, *middle = parts
    if not middle:
        return likeness == first
    *middle, last = middle
    end = len(likeness) - len(last)
    if not likeness.startswith(first) or not likeness.endswith(last):
        return False
    place = len(first)
    for part in middle:
        found = likeness.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return place <= end
