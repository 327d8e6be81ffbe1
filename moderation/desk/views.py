"""The queue's pages, inside the admin: looking, deciding, taking back."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from comments.errors import CommentError, StatusConflict
from comments.models import Comment
from moderation.context import summary_of
from moderation.desk import queue
from moderation.desk.acts import ACTS, MOVES, TICKED, DeskAct
from moderation.desk.acts_html import slow_mode_fields
from moderation.desk.braking import SLOW_MODES, read_end
from moderation.desk.card_html import cards_html
from moderation.desk.cards import Card, cards, with_context
from moderation.desk.claiming import claim_comment, end_claim, let_go
from moderation.desk.links import quote_answer
from moderation.desk.locking import lock_above
from moderation.desk.owing import drop, snooze
from moderation.desk.page_html import Desk, desk_of
from moderation.desk.record import Line, record_of, who_was_first
from moderation.desk.slowing import slow_modes_of, take_slow_mode_of_post_back
from moderation.desk.undoing import lately_done, undo_act, undoable, what_is_so_again
from moderation.desk.writers import note_person
from moderation.learning.store import progress
from moderation.models import CannedNote, Clause, FollowUp, LogEntry
from moderation.permissions import NotAllowed, may_open_queue, moderatable
from moderation.policy.citing import ClauseOutOfDate

CARDS_PER_PAGE: Final = 25
TICKED_AT_MOST: Final = 200


class Outcome(NamedTuple):
    """What came of one act: a sentence, and the log row by which it can be taken back."""

    level: int
    told: str
    entry_id: int | None = None


@require_safe
def queue_page(request: HttpRequest) -> HttpResponse:
    """The cards of one tab. Template: moderation/queue.html; context: `cards`, `tabs`, `page`,
    `lately` (what the user can still undo).

    404 for who may decide on nothing.
    """
    user: Any = request.user
    if not may_open_queue(user):
        raise Http404
    try:
        chosen = queue.Chosen.from_query(request.GET.dict())
    except queue.NoSuchFilter as error:
        raise Http404 from error
    tabs = queue.counts(user)
    counted = {tab: count for tab, _, count in tabs if count is not None}
    page = _page(request, user, chosen, counted)
    learned = progress() if chosen.tab == queue.WAITING else None
    desk = desk_of(request, _place(request), compares=bool(learned and learned.is_ready))
    shown = cards(page)
    context = {
        "title": "Queue",
        "chosen": chosen,
        "status": chosen.tab,
        "orders": [(name, label) for name, (label, _) in queue.ORDERS.items()],
        "learned": learned,
        "tabs": tabs,
        "page": page,
        "cards": shown,
        "ticked_acts": _for_ticked(shown),
        "lately": _lately(user),
        "queue_summary": summary_of(counted),
        **written(shown, desk),
    }
    return _render(request, "moderation/queue.html", context)


@require_safe
def card_page(request: HttpRequest, comment_id: int) -> HttpResponse:
    """One comment with its record. Template: moderation/card.html; context: `cards`, `log`,
    `undoable` (the rows that can be taken back), `slowed_post` (a Brake, or None) and the fields
    of its form, `slow_mode_fields`.
    """
    comment: Comment = get_object_or_404(with_context(moderatable(request.user)), pk=comment_id)
    log = record_of(comment)
    in_queue = request.GET.get("in") == "queue"  # a script puts the card there
    place = {} if in_queue else {"card": comment.pk}
    desk = desk_of(request, place, on_card=not in_queue, quoted=_quoted(request))
    slowed_post = slow_modes_of(comment.post).in_force(timezone.now()).first()
    shown = cards([comment])
    context = {
        "title": "Comment",
        "cards": shown,
        "log": log,
        "undoable": undoable([line.entry for line in log]),
        "slowed_post": slowed_post,
        "slow_mode_fields": slow_mode_fields(desk, slowed_post),
        **written(shown, desk),
    }
    return _render(request, "moderation/card.html", context)


@require_POST
def act(request: HttpRequest, comment_id: int, name: str) -> HttpResponse:
    """Carry out one act for the version that the form was made for, and go back to the queue.

    A script that accepts JSON gets the sentence and the row by which to undo it.
    """
    if not moderatable(request.user).filter(pk=comment_id).exists():
        raise Http404
    version = number_in(request.POST.get("version", ""))
    return _answer(request, [carry_out(request, ACTS[name], comment_id, version, by=request.user)])


@require_POST
def act_on_ticked(request: HttpRequest) -> HttpResponse:
    """The act that the pressed button names, for each `ticked` comment (`id:version`).

    With `all`, for each that was `shown`. Every comment is decided by itself.
    """
    if not may_open_queue(request.user):
        raise Http404
    chosen = ACTS.get(request.POST.get("act", ""))
    if chosen is None or chosen not in TICKED:
        raise Http404
    ticked = request.POST.getlist("shown" if request.POST.get("all") else "ticked")
    if not ticked:
        return _answer(request, [Outcome(messages.WARNING, "No comment is ticked.")])
    seen = dict(map(_id_and_version, ticked[:TICKED_AT_MOST]))
    theirs = set(moderatable(request.user).filter(pk__in=seen).values_list("pk", flat=True))
    done = [
        carry_out(request, chosen, pk, seen[pk], by=request.user) for pk in seen if pk in theirs
    ]
    return _answer(request, done)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back each act whose log row the form names as `entry`."""
    if not may_open_queue(request.user):
        raise Http404
    entries = [number_in(one) for one in request.POST.getlist("entry")][:TICKED_AT_MOST]
    return _answer(request, [take_back(entry_id, by=request.user) for entry_id in entries])


@require_POST
def claim(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Say "I'm on it", or with `let_go` end that; answered as an act is."""
    user: Any = request.user
    if request.POST.get("let_go"):
        let_go(comment_id=comment_id, by=user)
        return _answer(request, [Outcome(messages.SUCCESS, "You are not on it any more.")])
    try:
        taken = claim_comment(comment_id=comment_id, by=user)
    except (NotAllowed, Comment.DoesNotExist) as error:
        raise Http404 from error
    except CommentError as error:
        return _answer(request, [Outcome(messages.WARNING, str(error))])
    told = f"{taken.comment.name}: others see that you are on it."
    return _answer(request, [Outcome(messages.SUCCESS, told)])


@require_POST
def note(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Keep a note on whoever wrote a comment."""
    user: Any = request.user
    try:
        note_person(comment_id=comment_id, text=request.POST.get("text", ""), by=user)
    except (NotAllowed, Comment.DoesNotExist) as error:
        raise Http404 from error
    except CommentError as error:
        messages.error(request, f"{error}{_reply_in_vain(request)}")
    else:
        messages.success(request, "The note is kept.")
    return redirect("moderation:card", comment_id)


@require_POST
def snooze_reply(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Put a reply off by the days given."""
    days = number_in(request.POST.get("days", ""))
    return _owed(request, lambda user: snooze(follow_up_id=follow_up_id, days=days, by=user))


@require_POST
def drop_reply(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """Owe a reply no longer."""
    return _owed(request, lambda user: drop(follow_up_id=follow_up_id, by=user))


def _owed(request: HttpRequest, act: Callable[[Any], FollowUp]) -> HttpResponse:
    try:
        owed = act(request.user)
    except (NotAllowed, FollowUp.DoesNotExist) as error:
        raise Http404 from error
    except CommentError as error:
        messages.error(request, str(error))
    else:
        until = owed.snoozed_until
        said = f"put off until {until:%-d %B %Y}" if until and not owed.dropped_at else "dropped"
        messages.success(request, f"The reply to {owed.comment.name} is {said}.")
    return redirect(_back(request))


def _quoted(request: HttpRequest) -> str:
    """The answer that a reply is to begin with, where the address names one that is public."""
    named = number_in(request.GET.get("quote", ""))
    if not named:
        return ""
    answer = Comment.objects.public().select_related("post").filter(pk=named).first()
    return quote_answer(answer) if answer is not None else ""


def carry_out(
    request: HttpRequest, act: DeskAct, comment_id: int, version: int, *, by: Any
) -> Outcome:
    """One act on one comment by what the form holds; what is wrong is a sentence.

    404 for what is not theirs.
    """
    began = timezone.now()
    try:
        terms = {name: READ[name](request) for name in act.takes}
        comment = act.service(comment_id=comment_id, version=version, by=by, **terms)
    except (NotAllowed, Comment.DoesNotExist) as error:
        raise Http404 from error
    except StatusConflict:
        return Outcome(messages.WARNING, _conflict(request, comment_id))
    except ClauseOutOfDate as error:
        return Outcome(messages.ERROR, f"{error}{words_in_vain(request)}")
    except CommentError as error:
        written = _reply_in_vain(request) + (words_in_vain(request) if act.of_branch else "")
        return Outcome(messages.ERROR, f"{error}{written}")
    told = f"{comment.name}: {act.done.format(number=comment.number)}{end_claim(comment.pk, by=by)}"
    told += lock_above(comment) if act.name == "unlock" else ""
    return Outcome(messages.SUCCESS, told, _last_of(by, comment, began))


def take_back(entry_id: int, *, by: Any) -> Outcome:
    """Undo one act; why it can't be is a sentence. 404 for what is not theirs."""
    try:
        entry = LogEntry.objects.get(pk=entry_id)
        what, status = _undone(entry, by)
    except (NotAllowed, ObjectDoesNotExist) as error:
        raise Http404 from error
    except CommentError as error:
        return Outcome(messages.WARNING, str(error))
    told = f"{what}: taken back; {what_is_so_again(entry.act, status)}."
    return Outcome(messages.SUCCESS, told)


def _undone(entry: LogEntry, by: Any) -> tuple[str, str]:
    """Undo an act on a comment, or on a conversation; whose it was, and a comment's status."""
    if entry.comment_id is None and entry.act in SLOW_MODES:
        return f"“{take_slow_mode_of_post_back(entry=entry, by=by).title}”", ""
    comment = undo_act(entry_id=entry.pk, by=by)
    return comment.name, comment.status


def _last_of(user: Any, comment: Comment, began: datetime) -> int | None:
    """The row of the act that was just done; None for a reply to what was public already."""
    own = LogEntry.objects.filter(comment_id=comment.pk, actor_id=user.pk, at__gte=began)
    return own.order_by("-pk").values_list("pk", flat=True).first()


def _answer(request: HttpRequest, outcomes: list[Outcome]) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        told = [
            {"level": messages.DEFAULT_TAGS[one.level], "told": one.told, "entry": one.entry_id}
            for one in outcomes
        ]
        return JsonResponse({"outcomes": told})
    for level, told_of_it in _summed_up(outcomes):
        messages.add_message(request, level, told_of_it)
    return redirect(_back(request))


def _summed_up(outcomes: list[Outcome]) -> list[tuple[int, str]]:
    """A sentence for each; of many that went well, their number."""
    well = [one for one in outcomes if one.level == messages.SUCCESS]
    rest = [(one.level, one.told) for one in outcomes if one.level != messages.SUCCESS]
    if len(well) > 3:
        return [(messages.SUCCESS, f"{len(well)} comments: done."), *rest]
    return [*((one.level, one.told) for one in well), *rest]


def _conflict(request: HttpRequest, comment_id: int) -> str:
    """Who was first, and the words that were written in vain."""
    comment = Comment.objects.get(pk=comment_id)
    return who_was_first(comment) + words_in_vain(request) + _reply_in_vain(request)


def words_in_vain(request: HttpRequest) -> str:
    """What was typed into a form that changed nothing, to be sent again."""
    note, reason = _note(request), _reason(request)
    return "".join(
        f" Your {what}: {words}" for what, words in (("note", note), ("reason", reason)) if words
    )


def _reply_in_vain(request: HttpRequest) -> str:
    text = request.POST.get("text", "").strip()
    return f" Your text: {text}" if text else ""


def _note(request: HttpRequest) -> str:
    """The canned note that was chosen, with what was typed below it."""
    chosen = CannedNote.objects.filter(pk=number_in(request.POST.get("canned", ""))).first()
    typed = request.POST.get("note", "").strip()
    return "\n\n".join(words for words in (chosen.text if chosen else "", typed) if words)


def _clause(request: HttpRequest) -> Clause | None:
    """The clause that the form names, of whichever version; None for none. 404 for another."""
    named = request.POST.get("clause", "")
    if not named:
        return None
    clauses = Clause.objects.select_related("policy")
    clause: Clause = get_object_or_404(clauses, pk=number_in(named))
    return clause


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "")


def _reason(request: HttpRequest) -> str:
    """Why a branch is locked or slowed; `reason` is a filter of the queue, where forms go back."""
    return request.POST.get("why", "").strip()


def _until(request: HttpRequest) -> datetime | None:
    """The time typed, in the zone of the site; None for none. Raises NotPossibleNow."""
    return read_end(request.POST.get("until", ""))


READ: Final[dict[str, Callable[[HttpRequest], Any]]] = {
    "clause": _clause,
    "note": _note,
    "text": _text,
    "reason": _reason,
    "until": _until,
    "minutes": lambda request: number_in(request.POST.get("minutes", "").strip()),
    "brake": lambda request: number_in(request.POST.get("brake", "")),
}


def number_in(typed: str) -> int:
    """A whole number of a form; 0, which nothing has, for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


def _id_and_version(ticked: str) -> tuple[int, int]:
    pk, _, version = ticked.partition(":")
    return number_in(pk), number_in(version)


def _for_ticked(shown: Iterable[Card]) -> list[DeskAct]:
    """The acts for all ticked comments that fit at least one of those shown."""
    fitting = {act.name for card in shown for act in card.acts}
    return [act for act in TICKED if act.name in fitting]


def _lately(user: Any) -> list[Line]:
    """What the user did just now and can take back, with the names of the writers."""
    entries = lately_done(user)
    names = dict(
        Comment.objects.filter(pk__in=[one.comment_id for one in entries]).values_list("pk", "name")
    )
    return [Line(one, names.get(one.comment_id, ""), "", None) for one in entries]


def written(shown: Sequence[Card], desk: Desk) -> dict[str, Any]:
    """The cards as HTML, what other forms of their page hold, and what the help lists."""
    return {
        "cards_html": cards_html(shown, desk),
        "desk": desk,
        "all_acts": ACTS.values(),
        "moves": MOVES,
    }


def _page(request: HttpRequest, user: Any, chosen: queue.Chosen, known: dict[str, int]) -> Page:
    """One page of cards; a whole tab that asks for something was counted already."""
    comments = with_context(queue.chosen_by(user, chosen))
    paginator = Paginator(comments, CARDS_PER_PAGE)
    count = None if chosen.narrows else known.get(chosen.tab)
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get("page"))


def _place(request: HttpRequest) -> dict[str, str]:
    """Where in the queue this is, for its forms to lead back to."""
    return {name: request.GET[name] for name in queue.PLACE if request.GET.get(name)}


def _back(request: HttpRequest) -> str:
    """Where the form stood: the queue's tab, order and page, a card, or the record of a post."""
    if card := number_in(request.POST.get("card", "")):
        return reverse("moderation:card", args=[card])
    if post := number_in(request.POST.get("record", "")):
        return f"{reverse('moderation:record')}?post={post}"
    query = QueryDict(mutable=True)
    for name in queue.PLACE:
        if value := request.POST.get(name):
            query[name] = value
    return reverse("moderation:queue") + (f"?{query.urlencode()}" if query else "")


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), **context})
