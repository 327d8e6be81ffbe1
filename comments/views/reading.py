"""Reading a conversation: the post page with its views, one branch, and permalinks."""

import re
from datetime import datetime
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import mark_safe
from django.views import View

from blog.models import Post
from blog.views import PostView
from comments import page
from comments.commenters import commenter_of
from comments.models import Comment, CommentQuerySet
from comments.numbers import PATTERN, find_at_address
from comments.public_pages import (
    everybodys_page,
    from_nobody,
    key_of,
    path_of,
    valid_until,
)
from comments.structured import describe_comments
from comments.thread_parts import thread_parts
from comments.views.remembering import (
    is_personal,
    keep_private,
    offer_to_follow,
    visit_stamp,
)
from comments.views.writing import empty_form, form_url
from comments.visits import visits_of
from core import collector
from core.packed_answers import packed_answer
from core.packing import Part, gzip_of
from core.stored_pages import Built, Page, respond


class ConversationView(PostView):
    """A post with its conversation and the form. The same queries for any number of comments.

    `?view=chronological` and `?view=author` show the same numbers in one line, `?by=1.6` only what
    the writer of 1.6 published, `?page=2` the next hundred. To a request with the cookie of a
    commenter or of visits the page is private: it holds the commenter's own waiting comments, the
    form filled in, and `?view=new`; the thread in it is the stored one where that is the same.
    Template: comments/post.html; context: `post`, `leaf`, `place_of_thread`, `totals`, `shown`,
    `page_query`, `form`, `advice`, `visited_at`, `visit_stamp`, `is_personal`, `follow`
    (offer_to_follow).
    """

    template_name = "comments/post.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.commenter = commenter_of(request)
        self.is_for_all = not (is_personal(request) or request.user.is_authenticated)
        self.thread: Part | None = None  # the stored one, if it is what this reader gets

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        keep_private(request, response, self.commenter)
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_for_all:
            return respond(request, self._everybodys())
        parts = self._parts()
        return packed_answer(
            request, packed=lambda: gzip_of(parts), plain=lambda: b"".join(map(Part.raw, parts))
        )

    def _everybodys(self) -> Page:
        """The page as everybody gets it, stored or built now."""
        return everybodys_page(self.request, self.kind, self.kwargs["slug"], self._build)

    def _build(self) -> Built:
        """The page as everybody gets it, by a view of its own, which knows no reader."""
        view, began = type(self)(), timezone.now()
        view.setup(from_nobody(self.request), *self.args, **self.kwargs)
        with collector.at_rest():
            # What it is made of is gone before the collector looks for garbage again.
            parts = view._parts()
        post, thread = view.object, range(1, len(parts) - 1)
        return Built(key_of(post.pk), parts, valid_until(post, began), fragment=thread)

    def _parts(self) -> list[Part]:
        """The page. The thread is put in last: the engine would copy it a dozen times.

        Where the conversation is hidden the template has no place for it.
        """
        response: Any = super().get(self.request, *self.args, **self.kwargs)
        place, context = f"<!--{token_hex(16)}-->", response.context_data
        leaf = context["leaf"]
        if self.thread or leaf.entries or leaf.moved:
            context["place_of_thread"] = mark_safe(place)  # noqa: S308
        before, is_there, after = response.rendered_content.partition(place)
        thread = [self.thread] if self.thread else self._thread(leaf)
        return [self._around(before), *(thread if is_there else ()), self._around(after)]

    def _around(self, some: str) -> Part:
        return Part(some.encode(), private=not self.is_for_all)

    def _thread(self, leaf: page.Leaf) -> list[Part]:
        return thread_parts(leaf.entries, self.object, leaf.moved, self.commenter)

    def _stored_thread(self, visited_at: datetime | None) -> Part | None:
        """The thread as everybody gets it, if it is what this reader gets.

        Three queries at most, and those of the page for everybody if it has to be made.
        """
        post = self.object
        if self.is_for_all or not post.is_published or not path_of(self.request):
            return None
        if page.has_own(post, self.commenter) or page.has_newer(post, visited_at):
            return None
        return self._everybodys().fragment

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        post = self.object
        totals = page.totals(post)
        visited_at = visits_of(self.request).get(post.pk)
        self.thread = self._stored_thread(visited_at)
        shown, leaf = self._leaf(post, totals, visited_at)
        form = empty_form(self.request, post, self.commenter, is_public=self.is_for_all)
        kept = {key: self.request.GET[key] for key in ("view", "by") if key in self.request.GET}
        return super().get_context_data(
            leaf=page.mark_new(leaf, visited_at) if visited_at else leaf,
            shown=shown,
            totals=totals,
            page_query=f"{urlencode(kept)}&" if kept else "",
            form=form,
            advice=form.advice,
            form_url=form_url(post, None),
            visited_at=visited_at,
            visit_stamp=visit_stamp(post),
            is_personal=is_personal(self.request),
            follow=offer_to_follow(self.commenter, post),
            **kwargs,
        )

    def describe(self, context: dict[str, Any]) -> dict[str, Any]:
        """The post with the published comments of this page; to programs, which are nobody here,
        and so without the comments for a reader who is known.
        """
        described = super().describe(context)
        if not self.object.shows_comments or not self.is_for_all:
            return described
        shown = context["leaf"].entries
        about = describe_comments(self.object, shown, context["totals"].published)
        return {**described, **about}

    def _leaf(
        self, post: Post, totals: page.Totals, visited_at: datetime | None
    ) -> tuple[str, page.Leaf]:
        """The name of the chosen view and its page, empty where the thread is a stored one."""
        asked = self.request.GET.get("page", "1")
        if not asked.isascii() or not asked.isdigit():
            raise Http404
        shown, comments = self._view(post, visited_at)
        number = int(asked)
        if self.thread:
            count = totals.top_level if comments is None else comments.count()
            return shown, page.without_entries(number, count)
        whole = shown in {"threaded", "chronological"}
        waiting = page.own_waiting(post, self.commenter) if whole else ()
        if comments is None:
            return shown, page.threaded(post, number, totals.top_level, waiting)
        return shown, page.flat(post, comments, number, waiting)

    def _view(self, post: Post, visited_at: datetime | None) -> tuple[str, CommentQuerySet | None]:
        """The name of the chosen view and what stands in it one after another; None: the tree."""
        by, view = self.request.GET.get("by"), self.request.GET.get("view", "threaded")
        if view == "threaded" and not by:
            return view, None
        comments: CommentQuerySet = Comment.objects.filter(post=post).visible_to(self.request.user)
        if by:
            return "by", page.written_by(comments, _writer(post, by))
        match view:
            case "chronological":
                return view, comments
            case "new":
                new = page.published_since(comments, visited_at) if visited_at else comments.none()
                return view, new
            case "author":
                return view, comments.published().filter(user_id=post.author_id)
            case _:
                raise Http404


class PageConversationView(ConversationView):
    """The same for a page."""

    kind = Post.Kind.PAGE


class PermalinkView(View):
    """`<post url>c/1.6/`: to the place on the post's page, also for a removed or moved comment."""

    kind = Post.Kind.POST

    def get(self, request: HttpRequest, slug: str, number: str) -> HttpResponse:
        comment = public_comment(self.kind, slug, number)
        on_page = page.page_of(comment)
        query = f"?page={on_page}" if on_page > 1 else ""
        return redirect(f"{comment.post.get_absolute_url()}{query}#{comment.anchor}")


class BranchView(View):
    """One branch on a page of its own, with what it answers above it.

    To a request with a commenter's cookie it is private, and holds their waiting comments.
    Template: comments/branch.html; context: `post`, `head`, `ancestors`, `entries`, `reader`
    (whose cookie it is), `follow` (offer_to_follow).
    """

    kind = Post.Kind.POST

    def get(self, request: HttpRequest, slug: str, number: str) -> HttpResponse:
        head = public_comment(self.kind, slug, number)
        if head.number != number or head.post.slug != slug:
            return redirect(head.get_absolute_url() + "branch/")
        commenter = commenter_of(request)
        ancestors, entries = page.branch(head, page.own_waiting(head.post, commenter))
        context = {
            "post": head.post,
            "head": head,
            "ancestors": ancestors,
            "entries": entries,
            "reader": commenter,
            "follow": offer_to_follow(commenter, head.post, head),
        }
        response = render(request, "comments/branch.html", context)
        keep_private(request, response, commenter)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response


def public_comment(kind: str, slug: str, number: str) -> Comment:
    """The comment that a number under a published post leads to, wherever it is by now.

    With its post. Raises Http404, also where the author hides the conversation. One query.
    """
    comment = find_at_address(kind, slug, number)
    if comment is None or not _is_to_be_seen(comment.post):
        raise Http404
    return comment


def _is_to_be_seen(post: Post) -> bool:
    return post.is_published and post.shows_comments


def _writer(post: Post, number: str) -> Comment:
    """The published comment whose writer was asked for; nobody else's name is looked up."""
    if not re.fullmatch(PATTERN, number):
        raise Http404
    published = Comment.objects.filter(post=post).published()
    return get_object_or_404(published, number=number)
