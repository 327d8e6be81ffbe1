"""Reading a conversation: the post page and permalinks."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views import View

from blog.models import Post
from blog.views import PostView
from comments.models import Comment
from comments.numbers import find_place
from comments.thread import arrange
from comments.views.writing import empty_form, form_url


class ConversationView(PostView):
    """A post with its conversation and the form. Two queries for any number of comments.

    Template: comments/post.html; context: `post`, `entries`, `published_count`, `form`.
    """

    template_name = "comments/post.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        post = self.object
        comments = list(Comment.objects.filter(post=post).visible_to(self.request.user))
        for comment in comments:
            comment.post = post  # one row for all: permalinks ask for it
        return super().get_context_data(
            entries=arrange(comments, settings.COMMENT_DISPLAY_DEPTH),
            published_count=sum(comment.is_published for comment in comments),
            form=empty_form(self.request, post),
            form_url=form_url(post, None),
            **kwargs,
        )


class PageConversationView(ConversationView):
    """The same for a page."""

    kind = Post.Kind.PAGE


class PermalinkView(View):
    """`<post url>c/1.6/`: to the place on the post's page, also for a removed or moved comment."""

    kind = Post.Kind.POST

    def get(self, request: HttpRequest, slug: str, number: str) -> HttpResponse:
        post = get_object_or_404(Post.objects.published(), slug=slug, kind=self.kind)
        place = find_place(post, number)
        if place is None or not place.comment.post.is_published:
            raise Http404
        return redirect(f"{place.comment.post.get_absolute_url()}#{place.comment.anchor}")
