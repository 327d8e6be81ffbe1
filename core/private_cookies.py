"""The names of the cookies that say who a reader is: an answer to one belongs to nobody else."""

from django.conf import settings

# Of readers without an account; `comments` sets them.
COMMENTER = "commenter"
VISITS = "visits"


def private_cookies() -> frozenset[str]:
    """All that this site sets."""
    staff = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"}
    return frozenset({COMMENTER, VISITS, *staff})
