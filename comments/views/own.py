"""One's own comment, by a private link: what became of it, and what its writer may still do."""

from collections.abc import Callable
from typing import Any, ClassVar, Final, NamedTuple

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from comments import intake, own, waiting
from comments.brakes import why_locked
from comments.commenters import commenter_of
from comments.errors import CommentError, TooMany, TurnedAway
from comments.forms import AppealForm, EditForm, OwnForm
from comments.models import Appeal, Comment, Commenter, Place, Revision
from comments.private_links import comment_of
from comments.status import Status
from core.guarded import GuardedFormView, Refused

REDACTION: Final = Revision.Replacement.REDACTION


class Step(NamedTuple):
    """One thing that the writer may do now: its address and what the link says."""

    address: str
    label: str


def find_own(token: str) -> Comment:
    """The comment that a private link is for; raises Http404.

    With its post, its commenter and what it answers: one query.
    """
    comment_id = comment_of(token)
    if comment_id is None:
        raise Http404
    whole = Comment.objects.select_related("post", "parent", "answers", "commenter")
    comment: Comment = get_object_or_404(whole, pk=comment_id)
    return comment


@method_decorator(never_cache, name="dispatch")
class StatusView(View):
    """What became of one's comment, by an unguessable link; its text is always there.

    The same queries whatever happened to it, and one more for a browser with a commenter's cookie.
    Template: comments/status.html; context: `comment`, `answered`, `is_elsewhere`, `steps`,
    `revisions`, `taken_out` (whether a moderator took words out), `appeal`, `moved_from`,
    `explanation`, `usual_wait` in words or empty, `why` it waits.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        comment = find_own(token)
        revisions = list(comment.revisions.all())
        context = {
            "comment": comment,
            "answered": _answered(comment),
            "is_elsewhere": _is_elsewhere(comment, commenter_of(request)),
            "steps": next_steps(comment, token),
            "revisions": revisions,
            "taken_out": any(one.replaced_by == REDACTION for one in revisions),
            "appeal": Appeal.objects.filter(comment=comment).first(),
            "moved_from": earlier_places(comment),
            "explanation": intake.explain(comment),
            "usual_wait": _usual_wait() if comment.status == Status.PENDING else "",
            "why": waiting.why_it_waits(comment),
        }
        return _private(render(request, "comments/status.html", context))


class OwnFormView(GuardedFormView):
    """A form about one's own comment; a subclass says which act it is.

    Template: comments/own_form.html; context: `comment`, `form`, `problem`, and of the subclass
    `title`, `button`, `told`: what its writer has to know before sending.
    """

    purpose = "own comment"
    form_class: ClassVar[type[OwnForm]] = OwnForm
    title: ClassVar[str]
    button: ClassVar[str]

    def find(self, *, token: str) -> Comment:
        return find_own(token)

    def subject(self, about: Comment) -> int:
        return about.pk

    def initial(self, comment: Comment) -> dict[str, Any]:
        """What the form holds at first, beside stamp and version."""
        return {}

    def told(self, comment: Comment) -> str:
        """What its writer has to know before sending."""
        return ""

    def why_not(self, comment: Comment) -> str:
        """Why it can't be done now; empty if it can."""
        raise NotImplementedError

    def act(self, comment: Comment, version: int, form: Any) -> Comment:
        """Do it; raises CommentError."""
        raise NotImplementedError

    def make_form(self, about: Comment, data: dict[str, Any] | None, stamp: str) -> forms.Form:
        fresh = {"stamp": stamp, "version": about.version}
        return self.form_class(data, initial={**self.initial(about), **fresh}, auto_id="own-%s")

    def send(self, about: Comment, form: Any) -> HttpResponse:
        try:
            self.act(about, form.cleaned_data["version"], form)
        except TurnedAway as error:
            raise Refused(str(error), 429 if isinstance(error, TooMany) else 403) from error
        except CommentError as error:
            raise Refused(str(error), 409) from error
        return redirect(self._status_url())

    def page(
        self, about: Comment, form: Any, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        comment = find_own(self.kwargs["token"])  # as it is by now: shown beside the form
        if form.is_bound:
            form.data = {**form.data, "version": comment.version}
        context = {
            "comment": comment,
            "form": form,
            "problem": problem or self.why_not(comment),
            "title": self.title,
            "button": self.button,
            "told": self.told(comment),
            "status_url": self._status_url(),
        }
        return _private(render(self.request, "comments/own_form.html", context, status=status))

    def _status_url(self) -> str:
        return reverse("comments:status", args=[self.kwargs["token"]])


class NewTextView(OwnFormView):
    """Another text for it; a subclass says by which service."""

    form_class = EditForm

    def initial(self, comment: Comment) -> dict[str, Any]:
        return {"text": comment.text}


class EditView(NewTextView):
    """Another text while it waits, or shortly after publication."""

    title = "Edit your comment"
    button = "Save"

    def told(self, comment: Comment) -> str:
        if not comment.is_published:
            return "The new text is screened as the first one was. Earlier texts are kept."
        return (
            "Your comment is public. If the new text has a link more, or anything else that has to"
            " be looked at, it waits again, and readers see neither the old text nor the new one"
            " until a moderator has decided. Earlier texts are kept."
        )

    def why_not(self, comment: Comment) -> str:
        return own.why_no_edit(comment, timezone.now())

    def act(self, comment: Comment, version: int, form: Any) -> Comment:
        return own.edit_comment(**_asked(comment, version, form))


class ResubmitView(NewTextView):
    """Another text for a rejected comment, once."""

    title = "Change it and send it again"
    button = "Send again"

    def told(self, comment: Comment) -> str:
        return "This is possible once. A moderator sees what you changed."

    def why_not(self, comment: Comment) -> str:
        return own.why_no_resubmission(comment)

    def act(self, comment: Comment, version: int, form: Any) -> Comment:
        return own.resubmit_comment(**_asked(comment, version, form))


class AppealView(OwnFormView):
    """Another look at a rejection, a removal, or at being called spam, once."""

    form_class = AppealForm
    title = "Appeal"
    button = "Appeal"

    def told(self, comment: Comment) -> str:
        return "This is possible once. The comment waits again with your words beside it."

    def why_not(self, comment: Comment) -> str:
        return own.why_no_appeal(comment)

    def act(self, comment: Comment, version: int, form: Any) -> Comment:
        return own.appeal_decision(**_asked(comment, version, form))


class WithdrawView(OwnFormView):
    """Take it back for good."""

    title = "Withdraw your comment"
    button = "Withdraw"

    def told(self, comment: Comment) -> str:
        if comment.number is None:
            more = " What continues it goes with it." if own.goes_with(comment).exists() else ""
            return f"Nobody will decide on it, and it will not appear.{more} This can't be undone."
        return "Its text goes; its number and the replies to it stay. This can't be undone."

    def why_not(self, comment: Comment) -> str:
        return own.why_no_withdrawal(comment)

    def act(self, comment: Comment, version: int, form: Any) -> Comment:
        return own.withdraw_comment(comment_id=comment.pk, version=version)


def next_steps(comment: Comment, token: str) -> list[Step]:
    """What its writer may do now with the comment that `token` is for. At most four queries."""
    now = timezone.now()
    reasons_against: list[tuple[str, str, Callable[[], str]]] = [
        ("edit", _edit_label(comment), lambda: own.why_no_edit(comment, now)),
        ("resubmit", ResubmitView.title, lambda: own.why_no_resubmission(comment)),
        ("appeal", "Appeal against the decision", lambda: own.why_no_appeal(comment)),
        ("continue", "Continue it in another one", lambda: _why_no_more(comment)),
        ("withdraw", "Withdraw it", lambda: own.why_no_withdrawal(comment)),
    ]
    possible = [(name, label) for name, label, why_not in reasons_against if not why_not()]
    return [Step(reverse(f"comments:{name}", args=[token]), label) for name, label in possible]


def earlier_places(comment: Comment) -> list[Place]:
    """The numbers that a moved comment had before, with their posts. One query."""
    places = comment.places.select_related("post").order_by("allotted_at", "pk")
    here = (comment.post_id, comment.number)
    return [place for place in places if (place.post_id, place.number) != here]


def _asked(comment: Comment, version: int, form: Any) -> dict[str, Any]:
    """What a service that takes a text is called with."""
    return {"comment_id": comment.pk, "version": version, "text": form.cleaned_data["text"]}


def _edit_label(comment: Comment) -> str:
    if not comment.is_published or comment.published_at is None:
        return "Edit it"
    until = timezone.localtime(comment.published_at + own.EDIT_FOR)
    return f"Edit it, until {until:%H:%M} or until it is answered"


def _answered(comment: Comment) -> Comment | None:
    """What it replies to, which the depth limit may have put beside it. No query."""
    answered: Comment | None = comment.answers or comment.parent
    if answered is not None:
        answered.post = comment.post  # by constraint the same
    return answered


def _is_elsewhere(comment: Comment, reader: Commenter | None) -> bool:
    """Whether a confirmed address made the comment that of a commenter unknown to this browser."""
    holder = comment.commenter
    return holder is not None and holder.is_confirmed and holder != reader


def _why_no_more(comment: Comment) -> str:
    """At most one query."""
    goes_on = comment.status == Status.PENDING or comment.is_published
    if not goes_on or not comment.post.accepts_comments:
        return own.CLOSED
    return why_locked(comment, timezone.now()) if comment.user_id is None else ""


def _usual_wait() -> str:
    wait = waiting.usual_wait(timezone.now())
    return waiting.in_words(wait) if wait else ""


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
