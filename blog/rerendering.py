"""Make the HTML of posts anew when the pipeline has changed; the source stays as it is."""

from collections.abc import Callable

from blog import markup
from blog.models import Post, PostQuerySet


def stale() -> PostQuerySet:
    """Posts whose HTML another version of the pipeline made."""
    return Post.objects.exclude(html_version=markup.VERSION)


def rerender(progress: Callable[[int], None]) -> int:
    """Render every stale post again; how many there were. It may be ended and begun again.

    No revision is made and no date changes. A text that somebody saves meanwhile keeps its own
    HTML. `progress` hears how many are behind us.
    """
    done = 0
    for pk in list(stale().order_by("pk").values_list("pk", flat=True)):
        post = Post.objects.filter(pk=pk).first()
        if post is not None:
            as_read = stale().filter(pk=pk, body=post.body, body_format=post.body_format)
            as_read.update(body_html=post.rendered_body(), html_version=markup.VERSION)
        done += 1
        progress(done)
    return done
