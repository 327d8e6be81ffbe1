"""Is a form really ours? Checks that need no cookie, so that a cached page can hold the form."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest

STAMP_MAX_AGE = 30 * 24 * 3600  # seconds


def comes_from_here(request: HttpRequest) -> bool:
    """False when the browser says that another site, or an opaque one, sent this request.

    A client that sends neither Origin nor Sec-Fetch-Site passes: the form's stamp is its proof.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        sent_from = urlsplit(origin)
    except ValueError:  # brackets that hold no address
        return False
    if request.is_secure() and sent_from.scheme != "https":
        return False
    return sent_from.netloc.lower() == request.get_host().lower()


def make_stamp(purpose: str, subject: int | str) -> str:
    """A signed word: this site issued a `purpose` form for `subject` now. No reader in it."""
    return signing.TimestampSigner(salt=f"stamp:{purpose}").sign(str(subject))


def is_stamped(stamp: str, purpose: str, subject: int | str) -> bool:
    """Whether make_stamp made this for the same purpose and subject in the last 30 days."""
    return stamped_at(stamp, purpose, subject) is not None


def stamped_at(stamp: str, purpose: str, subject: int | str) -> datetime | None:
    """The second in which make_stamp made this; None unless is_stamped."""
    signer = signing.TimestampSigner(salt=f"stamp:{purpose}")
    try:
        if signer.unsign(stamp, max_age=STAMP_MAX_AGE) != str(subject):
            return None
    except signing.BadSignature:
        return None
    seconds = signing.b62_decode(stamp.split(signer.sep)[-2])
    return datetime.fromtimestamp(seconds, tz=UTC)
