"""Which headers go out: security headers that Django 5.2 does not send by itself, and what
"not modified" says.

SECURE_CSP has the name and shape of Django 6's setting, whose middleware will replace this one
when the floor is 6.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
# RFC 9110, 15.4.5. The rest stands by the bytes that the reader has: it hangs on the release, which
# is in the tag of a page (core.stored_pages). A Content-Length would have to be theirs.
OF_UNCHANGED: Final = frozenset({
    "cache-control", "content-location", "date", "etag", "expires", "last-modified",
    "strict-transport-security", "vary",
})  # fmt: skip


def unchanged(get_response: GetResponse) -> GetResponse:
    """Middleware, the outermost: "not modified" says no more than a reader has to know anew."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            for name in list(response.headers):
                if name.lower() not in OF_UNCHANGED:
                    del response.headers[name]
        return response

    return middleware


def security_headers(get_response: GetResponse) -> GetResponse:
    """Middleware: a Content-Security-Policy and a Permissions-Policy on every answer."""
    policy = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.SECURE_CSP.items())

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()"
        )
        return response

    return middleware
