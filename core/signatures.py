"""Signed bodies between programs: an HMAC over a time and the bytes, both ways the same."""

import hashlib
import hmac
from typing import Final

# Seconds by which the clocks of two machines may differ, and a request be late.
TOLERANCE: Final = 300


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """What goes into the header beside the timestamp (seconds since 1970): `v1=` and 64 digits."""
    digest = hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def is_signed(secret: str, timestamp: str, signature: str, body: bytes, *, now: float) -> bool:
    """Whether who knows the secret signed these bytes within the last five minutes."""
    if not (secret and timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return False
    if abs(now - int(timestamp)) > TOLERANCE:
        return False
    return hmac.compare_digest(sign(secret, int(timestamp), body).encode(), signature.encode())
