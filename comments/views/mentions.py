"""Where other sites say that they link to a post (the W3C's Webmention)."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comments.mentions import NotTaken, TooManyWait, receive_mention
from core import ratelimit
from core.guarded import read_body
from core.network import network_digest
from core.site import current

# In an hour: from one network, about pages of one host, and altogether.
LIMITS: Final = {"network": 60, "host": 60, "all": 600}
HOUR: Final = timedelta(hours=1)


@csrf_exempt  # programs send it, without a cookie; it only has a page looked at
@never_cache
@require_POST
def take_mention(request: HttpRequest) -> HttpResponse:
    """`/webmention/`: 202, and a job looks; 404 where the site takes none."""
    if not current().takes_webmentions:
        raise Http404
    if problem := read_body(request):
        return _said(problem, 400)
    source, target = (request.POST.get(name, "").strip() for name in ("source", "target"))
    network = network_digest(request)
    try:
        if wait := _wait(network, source):
            return _too_many("Too many for now: please try again later.", wait)
        receive_mention(source=source, target=target, network=network)
    except TooManyWait as error:
        return _too_many(str(error), timedelta(days=1))
    except NotTaken as error:
        return _said(str(error), 400)
    return _said("Accepted. It will be looked at, and shown if a moderator agrees.", 202)


def _wait(network: str, source: str) -> timedelta | None:
    """How long to wait, if a limit is passed."""
    try:
        host = urlsplit(source).hostname or ""
    except ValueError:
        host = ""
    for kind, who in {"network": network, "host": host, "all": ""}.items():
        hit = ratelimit.hit(f"webmention {kind}", who, limit=LIMITS[kind], per=HOUR)
        if not hit.passes:
            return hit.wait
    return None


def _too_many(sentence: str, wait: timedelta) -> HttpResponse:
    response = _said(sentence, 429)
    response["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return response


def _said(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
