"""One's own comment, by a private link."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from comments.models import Comment

STATUS_SALT = "comments.status"


def status_address(comment: Comment) -> str:
    """The private status page of a comment: nobody can guess it, whoever has it is the writer."""
    return reverse("comments:status", args=[signing.dumps(comment.pk, salt=STATUS_SALT)])


@method_decorator(never_cache, name="dispatch")
class StatusView(View):
    """What became of one's comment, by an unguessable link; its text is always there.

    Template: comments/status.html; context: `comment`.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            comment_id = signing.loads(token, salt=STATUS_SALT)
        except signing.BadSignature as error:
            raise Http404 from error
        comment = get_object_or_404(Comment.objects.select_related("post"), pk=comment_id)
        response = render(request, "comments/status.html", {"comment": comment})
        response["X-Robots-Tag"] = "noindex"
        return response
