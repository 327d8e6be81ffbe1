"""An answer packed with gzip for who takes it."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

HTML: Final = "text/html; charset=utf-8"
REFUSED: Final = re.compile(r"\s*q=0(?:\.0*)?\s*")


def packed_answer(
    request: HttpRequest,
    *,
    packed: Callable[[], bytes],
    plain: Callable[[], bytes],
    content_type: str = HTML,
) -> HttpResponse:
    """One of the two, whichever the request takes. It hangs on the request's cookies."""
    takes_gzip = accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    response = HttpResponse(packed() if takes_gzip else plain(), content_type=content_type)
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    return response


@lru_cache(maxsize=256)
def accepts_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip and does not refuse it."""
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == "gzip":
            return not REFUSED.fullmatch(quality)
    return False
