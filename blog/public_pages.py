"""Pages that show the site as a whole, the same to everybody: lists, the archive, the map.

They hang on all that is public, and so on the counter `site` alone; by the clock each holds until
the next post or page appears. Such a page has an entity tag and no Last-Modified: of two changes in
one second a time would tell one.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog.models import Post
from core.compiled import Compiled, Given
from core.packed_answers import HTML
from core.packing import Part
from core.stored_pages import Built, page_of, respond

PAGE_NUMBER: Final = re.compile(r"[1-9][0-9]{0,5}")
SITE: Final = "site"  # the triggers' key for what any page may show
DAY: Final = timedelta(days=1)

View = Callable[..., Any]


def for_everybody(view: View, *, content_type: str = HTML, names_host: bool = False) -> View:
    """The view, with its page stored, and "unchanged" for who has it (core.stored_pages).

    The view answers 200 or raises, and shows nothing that depends on more than path, `?page=` and
    what `site` counts; if it `names_host`, on the host that was asked too.
    """

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def build() -> Built:
            began = timezone.now()
            response = view(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
            return Built(SITE, [Part(response.content)], holds_until(began))

        page = page_of(_name_of(request, names_host=names_host), lambda: SITE, build)
        return respond(request, page, content_type)

    return answer


def holds_until(moment: datetime) -> datetime:
    """Until when no post and no page appears by the clock; a day at most. One query."""
    appearing = _APPEARING.tuples(moment=moment)
    return min([moment + DAY, *(at for (at,) in appearing)])


_APPEARING: Final = Compiled(
    lambda: (
        Post.objects.filter(status__in=Post.PUBLIC, published_at__gt=Given("moment"))
        .order_by("published_at")
        .values_list("published_at")[:1]
    )
)


def _name_of(request: HttpRequest, *, names_host: bool) -> str:
    """What a page is stored by; empty for a number that is none, which is answered all the same."""
    place = request.build_absolute_uri(request.path) if names_host else request.path
    if "page" not in request.GET:
        return f"{place}?"
    number = request.GET["page"]
    return f"{place}?page={number}" if PAGE_NUMBER.fullmatch(number) else ""
