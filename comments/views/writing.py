"""Sending a comment: the form, on a page of its own or under a post, and what comes of it."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from blog.models import Post
from comments import confirmations, intake, markup, references
from comments.brakes import why_locked
from comments.commenters import commenter_of, introduce, remember, settle, update_typed
from comments.errors import CommentError, TooMany, TurnedAway
from comments.forms import CommentForm
from comments.models import Comment, Commenter
from comments.numbers import find_at_address
from comments.private_links import status_address
from comments.status import Status
from comments.tree import MAX_LEVEL
from comments.views.own import find_own
from comments.waiting import in_words
from core import ratelimit
from core.guarded import GuardedFormView, Refused
from core.guards import make_stamp, stamped_at
from core.network import network_digest

STAMP = "comment"
PREVIEWS: Final = 300  # of one network, which many may share
PREVIEWS_IN: Final = timedelta(minutes=10)
MANY_PREVIEWS: Final = "Very many previews came from your network. Nothing is lost."


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where a comment is about to be written, and by whom as far as that is known."""

    post: Post
    parent: Comment | None = None
    url: str
    continues: bool = False
    initial: dict[str, str] = field(default_factory=dict)


class CommentFormView(GuardedFormView):
    """The form on a page of its own, for the post or for a reply; its POST sends the comment.

    `?quote=1` fills in the parent's words. The button `preview` shows the text as it will stand
    and stores nothing. Template: comments/form.html; context: `post`, `parent`, `form`,
    `form_url`, `problem`, `preview`, `advice`, `locked` (why nobody but staff can reply).
    """

    purpose = STAMP
    kind = Post.Kind.POST

    @cached_property  # not in setup, where a database that is away would take the text with it
    def commenter(self) -> Commenter | None:
        """Whose cookie came with the request."""
        return commenter_of(self.request)

    def find(self, *, slug: str, number: str = "") -> Spot:
        """Under the post, or under the comment that the number leads to."""
        if not number:
            post = get_object_or_404(Post.objects.published(), slug=slug, kind=self.kind)
            return Spot(post=post, url=form_url(post, None))
        parent = find_at_address(self.kind, slug, number)
        if parent is None or not (parent.post.is_published and parent.post.shows_comments):
            raise Http404
        return Spot(
            post=parent.post,
            parent=parent,
            url=form_url(parent.post, parent),
            continues=self._goes_on(parent),
        )

    def subject(self, about: Spot) -> int:
        return about.post.pk

    def make_form(self, about: Spot, data: dict[str, Any] | None, stamp: str) -> CommentForm:
        initial = {**about.initial, "stamp": stamp}
        if self.request.GET.get("quote") and about.parent and about.parent.is_published:
            initial["text"] = quotation(about.parent)
        staff = staff_of(self.request)
        draft = draft_before(self.request, about.post, self.commenter, parent=about.parent)
        if data is None:
            advice = intake.advise(draft)
        else:  # the rest is asked for if it comes back
            advice = intake.Advice(to_accept=intake.to_accept(draft))
        return CommentForm(
            data,
            initial=initial,
            staff=staff is not None,
            commenter=self.commenter,
            advice=advice,
            previews=self._previews(),
        )

    def mistaken(self, about: Spot, form: CommentForm) -> HttpResponse:
        return self.page(about, form, status=200 if self._previews() else 400)

    def send(self, about: Spot, form: CommentForm) -> HttpResponse:
        if self._previews():
            self._require_calm()
            html = self._draft(about, form).html
            return self.page(about, form, preview=markup.trusted(references.unlink(html)))
        staff = staff_of(self.request)
        draft = self._draft(about, form)
        try:
            comment = intake.receive(draft, sender=self._sender(staff, self.commenter))
        except TurnedAway as error:
            raise Refused(str(error), 429 if isinstance(error, TooMany) else 403) from error
        except CommentError as error:
            raise Refused(str(error), 409) from error
        if not (staff or self.commenter or intake.is_from_its_writer(draft, comment)):
            if comment.is_published:
                return redirect(comment.get_absolute_url())
            return render(self.request, "comments/received.html", {"post": about.post})
        response = redirect(status_address(comment))
        if staff is None:
            self._remember(response, draft, comment, form)
            self._confirm(comment, form)
        settle(self.request, response, self.commenter)
        return response

    def _draft(self, about: Spot, form: CommentForm) -> intake.Draft:
        """What a valid form holds."""
        stamp = self.request.POST.get("stamp", "")
        return replace(
            _draft(about, form, staff_of(self.request), self.commenter),
            stamp=stamp,
            form_made_at=stamped_at(stamp, STAMP, about.post.pk),
            network=network_digest(self.request),
        )

    def _remember(
        self, response: HttpResponse, draft: intake.Draft, comment: Comment, form: CommentForm
    ) -> None:
        """Renew the cookie of a known commenter, or set one if that was asked for."""
        commenter = self.commenter
        if commenter is not None:
            update_typed(commenter, draft.name, draft.mail)
        elif form.cleaned_data["remember"]:
            commenter = introduce(comment)
            # Sent once more by the back button, now with the cookie, it is still the same.
            intake.know_again(draft, comment, sender=self._sender(None, commenter))
        else:
            return
        remember(self.request, response, commenter)
        if draft.accepted:
            intake.remember_acceptance(commenter, form.advice.to_accept)

    def _confirm(self, comment: Comment, form: CommentForm) -> None:
        """Have the address confirmed, if that was asked for; a fault here loses no comment."""
        if not form.cleaned_data.get("tell_me"):
            return
        remember = self.commenter is not None or form.cleaned_data["remember"]
        try:
            confirmations.ask(comment, remember=remember, network=network_digest(self.request))
        except Error:
            intake.logger.exception("A confirmation could not be sent.")

    def _sender(self, staff: Any, commenter: Commenter | None) -> str:
        """By what the same form is known again: account, cookie, or else the network."""
        if staff is not None:
            return str(staff.pk)
        return f"commenter:{commenter.pk}" if commenter else network_digest(self.request)

    def _goes_on(self, parent: Comment) -> bool:
        """Whether the sender wrote what is answered, by account or cookie."""
        staff = staff_of(self.request)
        if staff is not None:
            return parent.user_id == staff.pk
        return self.commenter is not None and parent.commenter_id == self.commenter.pk

    def page(
        self,
        about: Spot,
        form: CommentForm,
        *,
        problem: str = "",
        status: int = 200,
        preview: str = "",
    ) -> HttpResponse:
        form.advice = self._advice(about, form)
        locked = why_locked(about.parent, timezone.now()) if about.parent else ""
        is_staff = staff_of(self.request) is not None
        context = {
            "post": about.post,
            "parent": about.parent,
            "continues": about.continues,
            "is_beside": _is_beside(about),
            "form": form,
            "form_url": about.url,
            "problem": problem or _closed(about) or ("" if is_staff else locked),
            "locked": locked if is_staff else "",
            "preview": preview,
            "advice": form.advice,
        }
        response = render(self.request, "comments/form.html", context, status=status)
        settle(self.request, response, self.commenter)
        return response

    def _advice(self, about: Spot, form: CommentForm) -> intake.Advice:
        """On the words where there are any, else on what is known before them."""
        if not form.is_bound:
            return form.advice
        if form.is_valid():
            return intake.advise(self._draft(about, form))
        before = draft_before(self.request, about.post, self.commenter, parent=about.parent)
        return intake.advise(before)

    def _require_calm(self) -> None:
        """A preview counts against no limit of the author's; this only keeps scripts from it."""
        network = network_digest(self.request)
        hit = ratelimit.hit("preview", network, limit=PREVIEWS, per=PREVIEWS_IN)
        if not hit.passes:
            raise Refused(f"{MANY_PREVIEWS} Another one is possible in {in_words(hit.wait)}.", 429)

    def _previews(self) -> bool:
        return "preview" in self.request.POST


class ContinueView(CommentFormView):
    """One's own comment continued, by the private link that proves whose it is."""

    def find(self, *, token: str) -> Spot:  # type: ignore[override]
        """The comment of a status page's token, waiting or published; raises Http404."""
        own = find_own(token)
        if not own.post.is_published:
            raise Http404
        return Spot(
            post=own.post,
            parent=own,
            url=reverse("comments:continue", args=[token]),
            continues=True,
            initial={"name": own.name},
        )


def quotation(comment: Comment) -> str:
    """A published comment's words as a quote with its number, to be answered below."""
    lines = [f"> {line}".rstrip() for line in comment.text.splitlines()]
    return "\n".join([f"#{comment.number}:", "", *lines, "", ""])


def _draft(spot: Spot, form: CommentForm, staff: Any, commenter: Commenter | None) -> intake.Draft:
    return intake.make_draft(
        post=spot.post,
        parent=spot.parent,
        name=intake.account_name(staff) if staff else form.cleaned_data["name"],
        mail="" if staff else form.cleaned_data["mail"],
        text=form.cleaned_data["text"],
        user=staff,
        commenter=None if staff else commenter,
        continues=spot.continues and form.cleaned_data["continues"],
        trap=form.cleaned_data["website"],
        accepted=form.cleaned_data.get("accepted", False),
    )


def staff_of(request: HttpRequest) -> Any:
    """The signed-in member of staff who sends this, or None."""
    user = request.user
    return user if user.is_authenticated and user.is_active and user.is_staff else None


def _is_beside(spot: Spot) -> bool:
    """Whether the reply will stand beside what it answers, since there are no levels below."""
    return spot.parent is not None and spot.parent.level >= MAX_LEVEL


def _closed(spot: Spot) -> str:
    if not spot.post.accepts_comments:
        return "Comments on this post are closed."
    if spot.parent is None or spot.parent.is_published:
        return ""
    if spot.continues and spot.parent.status == Status.PENDING:
        return ""
    return "This comment is no longer there to be answered."


def empty_form(
    request: HttpRequest, post: Post, commenter: Commenter | None = None, *, is_public: bool = False
) -> CommentForm:
    """A form to fill in, stamped for this post; any page of the post may hold it.

    With a commenter it is filled with name and address: then the page has to be private. On a page
    that `is_public` it says nothing of this reader.
    """
    return CommentForm(
        initial={"stamp": make_stamp(STAMP, post.pk)},
        staff=staff_of(request) is not None,
        commenter=commenter,
        advice=intake.advise(draft_before(request, post, commenter, is_public=is_public)),
    )


def draft_before(
    request: HttpRequest,
    post: Post,
    commenter: Commenter | None,
    *,
    parent: Comment | None = None,
    is_public: bool = False,
) -> intake.Draft:
    """What is known before anything is written.

    Of a page that `is_public` what is said of it may be kept for others: it names nobody.
    """
    nobody = {"user": None, "commenter": None, "network": ""}
    reader = {
        "user": staff_of(request),
        "commenter": commenter,
        "network": network_digest(request),
    }
    who: dict[str, Any] = nobody if is_public else reader
    return intake.Draft(post=post, parent=parent, name="", mail="", text="", html="", **who)


def form_url(post: Post, parent: Comment | None) -> str:
    """Where the form is and where it is sent to: for the post, or for a reply to `parent`."""
    page = "" if post.kind == Post.Kind.POST else "page-"
    if parent is None:
        return reverse(f"comments:{page}comment", args=[post.slug])
    return reverse(f"comments:{page}reply", args=[post.slug, parent.number])
