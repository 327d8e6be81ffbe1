"""Since my last visit: when a reader last said of each post "I have read this", in a signed cookie.

The time moves only when the reader presses the button, never by reading: a page opened by mistake,
or by a program, forgets nothing. It becomes the time at which the page with that button was made,
so what was published while the reader read it is still new. Seconds are rounded down: what came in
the same one is shown twice rather than missed. The last 50 posts are kept.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import base36_to_int, int_to_base36

from comments.commenters import LASTS, set_private_cookie
from core import private_cookies

COOKIE: Final = private_cookies.VISITS
SALT: Final = "comments.visits"
POSTS: Final = 50  # less than 1.2 KB


def visits_of(request: HttpRequest) -> dict[int, datetime]:
    """The time of the last visit by post, oldest first; empty for an unreadable cookie."""
    try:
        signer = signing.TimestampSigner(salt=SALT)
        packed = signer.unsign(request.COOKIES[COOKIE], max_age=LASTS)
    except (KeyError, signing.BadSignature):
        return {}
    pairs = (pair.split("-") for pair in packed.split("."))
    return {base36_to_int(post): _moment(base36_to_int(second)) for post, second in pairs}


def record_visit(request: HttpRequest, response: HttpResponse, post_id: int, at: datetime) -> None:
    """Set the cookie with the visits so far and this one."""
    visits = {pk: time for pk, time in visits_of(request).items() if pk != post_id}
    kept = dict(list({**visits, post_id: at}.items())[-POSTS:])
    signed = signing.TimestampSigner(salt=SALT).sign(_pack(kept))
    set_private_cookie(request, response, COOKIE, signed)


def settle(request: HttpRequest, response: HttpResponseBase) -> None:
    """Clear a cookie that can't be read, unless the response sets another."""
    if COOKIE in request.COOKIES and not visits_of(request) and COOKIE not in response.cookies:
        response.delete_cookie(COOKIE, samesite="Lax")


def _pack(visits: Mapping[int, datetime]) -> str:
    return ".".join(
        f"{int_to_base36(pk)}-{int_to_base36(int(time.timestamp()))}" for pk, time in visits.items()
    )


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, tz=UTC)
