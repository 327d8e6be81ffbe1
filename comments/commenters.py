"""Who a commenter is without an account: a signed cookie that holds an id and nothing typed.

The cookie is set by sending a comment with "remember me" ticked, or by confirming an address from
such a comment; never by reading. An answer to a request that carries it is private.
"""

from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from comments.models import Comment, Commenter
from core import private_cookies

COOKIE: Final = private_cookies.COMMENTER
SALT: Final = "comments.commenter"
LASTS: Final = timedelta(days=365)
DOUBLE_CLICK: Final = timedelta(minutes=1)


def commenter_of(request: HttpRequest) -> Commenter | None:
    """The commenter whose cookie the request carries; a query only if there is a cookie.

    One that is forged, too old, or whose commenter is gone counts as none: see `settle`.
    """
    try:
        signed = request.COOKIES[COOKIE]
        commenter_id = signing.TimestampSigner(salt=SALT).unsign(signed, max_age=LASTS)
    except (KeyError, signing.BadSignature):
        return None
    return Commenter.objects.filter(pk=int(commenter_id)).first()


def remember(request: HttpRequest, response: HttpResponse, commenter: Commenter) -> None:
    """Set the cookie, for a year from now."""
    signed = signing.TimestampSigner(salt=SALT).sign(str(commenter.pk))
    set_private_cookie(request, response, COOKIE, signed)


def set_private_cookie(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """A cookie that no script reads and no foreign form sends; for a year."""
    response.set_cookie(
        name, value, max_age=LASTS, secure=request.is_secure(), httponly=True, samesite="Lax"
    )


def settle(request: HttpRequest, response: HttpResponseBase, known: Commenter | None) -> None:
    """Clear a cookie that led to nobody, unless the response sets another."""
    if COOKIE in request.COOKIES and known is None and COOKIE not in response.cookies:
        response.delete_cookie(COOKIE, samesite="Lax")


def introduce(comment: Comment, *, at: datetime | None = None) -> Commenter:
    """The commenter for somebody without a cookie who sent `comment` and asks to be remembered.

    Sending the same form again leads to the same comment, for anybody on the same network. So the
    comment is given to its sender only within a minute; who comes later is made a new commenter,
    who owns nothing.
    """
    now = at or timezone.now()
    with transaction.atomic():
        comment = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
        is_fresh = comment.submitted_at > now - DOUBLE_CLICK
        known = comment.commenter
        if is_fresh and known is not None and not known.is_confirmed:
            return known
        made = Commenter.objects.create(name=comment.name, mail=comment.mail, created_at=now)
        if is_fresh and known is None:
            comment.commenter = made
            comment.save(update_fields=["commenter"])
        return made


def update_typed(commenter: Commenter, name: str, mail: str) -> None:
    """What the form is filled with next time; a confirmed name and address stay."""
    unconfirmed = Commenter.objects.filter(pk=commenter.pk, confirmed_at=None)
    unconfirmed.update(name=name, mail=mail or commenter.mail)
