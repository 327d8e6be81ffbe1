"""The queue's pages, inside the admin."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from comments.errors import CommentError, StatusConflict
from comments.models import Comment
from comments.status import Status
from moderation import queue, services
from moderation.learning.store import progress
from moderation.models import Clause, SlowBranch
from moderation.permissions import NotAllowed, may_open_queue, moderatable
from moderation.policy.citing import ClauseOutOfDate
from moderation.record import record_of, who_was_first

CARDS_PER_PAGE: Final = 25

ACTS: Final[dict[str, tuple[Callable[..., Comment], str]]] = {
    "publish": (services.publish_comment, "Published as #{number}."),
    "reject": (services.reject_comment, "Rejected."),
    "spam": (services.mark_spam, "Marked as spam."),
    "remove": (services.remove_comment, "Removed."),
    "restore": (services.restore_comment, "Restored."),
    "hold": (services.hold_comment, "Back among what waits."),
    "keep": (services.dismiss_reports, "Kept; its reports are answered."),
}


TELLING: Final = frozenset({"reject"})  # acts whose form may carry a note to the commenter
CITING: Final = frozenset({"reject", "spam", "remove", "hold"})  # and those that may name a clause


@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    """The cards of one tab. Template: moderation/queue.html; context: `cards`, `tabs`, `page`.

    404 for who may decide on nothing.
    """
    user: Any = request.user
    if not may_open_queue(user):
        raise Http404
    status = request.GET.get("status", Status.PENDING.value)
    if status not in queue.TABS:
        raise Http404
    order = request.GET.get("order", queue.OLDEST)
    if order not in queue.ORDERS:
        raise Http404
    comments = queue.comments_in(user, status, order)
    page = Paginator(comments, CARDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "Queue",
        "status": status,
        "order": order,
        "orders": [(name, label) for name, (label, _) in queue.ORDERS.items()],
        "learned": progress() if status == Status.PENDING else None,
        "tabs": queue.counts(user),
        "page": page,
        "cards": queue.cards(page),
        "clauses": Clause.objects.current(),
    }
    return _render(request, "moderation/queue.html", context)


@require_safe
def card_page(request: HttpRequest, comment_id: int) -> HttpResponse:
    """One comment with its record. Template: moderation/card.html; context: `cards`, `log`,
    `slowed`.
    """
    comment: Comment = get_object_or_404(
        queue.with_context(moderatable(request.user)), pk=comment_id
    )
    context = {
        "title": "Comment",
        "cards": queue.cards([comment]),
        "clauses": Clause.objects.current(),
        "log": record_of(comment),
        "slowed": SlowBranch.objects.filter(head=comment).first(),
    }
    return _render(request, "moderation/card.html", context)


@require_POST
def act(request: HttpRequest, comment_id: int, name: str) -> HttpResponse:
    """Carry out one act for the version that the form was made for, and go back to the queue."""
    service, done = ACTS[name]
    try:
        version = int(request.POST.get("version", ""))
    except ValueError:
        version = 0  # no comment has it: answered as a conflict
    told: dict[str, Any] = {"note": request.POST.get("note", "")} if name in TELLING else {}
    if name in CITING:
        told["clause"] = _clause_named(request)
    try:
        comment = service(comment_id=comment_id, version=version, by=request.user, **told)
    except (NotAllowed, Comment.DoesNotExist) as error:
        raise Http404 from error
    except StatusConflict:
        messages.warning(request, _conflict(request, comment_id))
    except ClauseOutOfDate as error:
        messages.error(request, f"{error}{_note_in_vain(request)}")
    except CommentError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{comment.name}: {done.format(number=comment.number)}")
    return redirect(_back(request))


def _conflict(request: HttpRequest, comment_id: int) -> str:
    """Who was first, and the note that was written in vain."""
    comment: Comment = get_object_or_404(moderatable(request.user), pk=comment_id)
    return who_was_first(comment) + _note_in_vain(request)


def _note_in_vain(request: HttpRequest) -> str:
    note = request.POST.get("note", "").strip()
    return f" Your note: {note}" if note else ""


def _clause_named(request: HttpRequest) -> Clause | None:
    """The clause that the form names, of whichever version; None for none. 404 for another."""
    named = request.POST.get("clause", "")
    if not named:
        return None
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        raise Http404
    clause: Clause = get_object_or_404(Clause.objects.select_related("policy"), pk=int(named))
    return clause


def _back(request: HttpRequest) -> str:
    """The queue's tab, order and page that the form stood on; nothing else is taken."""
    query = QueryDict(mutable=True)
    for name in ("status", "order", "page"):
        if value := request.POST.get(name):
            query[name] = value
    return reverse("moderation:queue") + (f"?{query.urlencode()}" if query else "")


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), **context})
