"""The picture of a post for where its address is shared."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control

from blog.cards import card_digest, make_card
from blog.models import Post


@cache_control(public=True, max_age=31_536_000, immutable=True)
def card(request: HttpRequest, post_id: int, digest: str) -> HttpResponse:
    """`/card/7-0123….png`: only under its present digest, so that nobody has others drawn."""
    post = get_object_or_404(Post.objects.published(), pk=post_id)
    if card_digest(post) != digest:
        raise Http404
    return HttpResponse(make_card(post), content_type="image/png")
