"""The base of feeds, to be asked for often: nothing is rendered for who has the present state."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition


@method_decorator(cache_control(public=True, no_cache=True), name="dispatch")
class ConditionalFeedView(View):
    """A feed of what `scope` says, in the format of the address's `suffix`; 304 where possible.

    A subclass names the module `feeds`: its `state_of` is asked for the state of a scope, and its
    `make_feed` for the feed only where that state is not what the reader has.
    """

    feeds: Any

    def scope(self, **where: str) -> Any:
        """What the feed is about, or Http404."""
        raise NotImplementedError

    def get(self, request: HttpRequest, suffix: str, **where: str) -> HttpResponse:
        scope = self.scope(**where)
        state = self.feeds.state_of(scope)
        address = request.build_absolute_uri(request.path)

        def answer(request: HttpRequest) -> HttpResponse:
            feed = self.feeds.make_feed(
                scope, state, suffix=suffix, feed_url=address, absolute=request.build_absolute_uri
            )
            response = HttpResponse(content_type=feed.content_type)
            if hub := feed.feed.get("hub"):
                response["Link"] = f'<{hub}>; rel="hub", <{address}>; rel="self"'
            feed.write(response, "utf-8")
            return response

        guarded: Any = condition(lambda _: state.etag(address), lambda _: state.modified)
        response: HttpResponse = guarded(answer)(request)
        return response
