"""The record of all acts, with filters, and as a file."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog.models import Post
from core.moments import validate_day
from moderation.desk.braking import SLOW_MODES
from moderation.desk.record import Line, lines_of, with_overruled
from moderation.desk.slowing import has_people_wait, last_act_on, slow_modes_of
from moderation.desk.views import number_in
from moderation.models import Act, Clause, LogEntry
from moderation.permissions import decides_on_all, may_open_queue, may_sanction, moderatable
from moderation.post_field import PostField

ON_A_PAGE: Final = 50
AT_A_TIME: Final = 500  # rows of a file
COLUMNS: Final = (
    "at", "act", "by", "comment", "post", "number", "from", "to", "clause", "version", "note",
    "overrode", "undoes", "source",
)  # fmt: skip
BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel reads UTF-8 as something else
SEPARATORS: Final = {"comma": ",", "semicolon": ";"}
# What a spreadsheet would run. Where its separator is not that of the file, quotes keep nothing
# together (no field begins with them), and what follows one of these begins a cell.
FORMULAS: Final = {
    own: re.compile(rf"(^|[{others}\t\r\n])(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])|^(?=[\t\r])")
    for own, others in ((",", ";"), (";", ",;"))
}


class RecordForm(forms.Form):
    """What of the record is looked at; all of it by default."""

    act = forms.ChoiceField(choices=[("", "All acts"), *Act.choices], required=False)
    by = forms.ModelChoiceField(
        get_user_model().objects.none(), required=False, empty_label="Everybody"
    )
    post = PostField(posts=Post.objects.all(), required=False, label="Post (its address)")
    clause = forms.CharField(required=False, max_length=50, label="Clause (its key)")
    comment = forms.IntegerField(required=False, min_value=1, label="Comment (its id)")
    since = forms.DateField(
        required=False, widget=forms.DateInput({"type": "date"}), validators=[validate_day]
    )
    until = forms.DateField(
        required=False, widget=forms.DateInput({"type": "date"}), validators=[validate_day]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["by"].queryset = get_user_model().objects.filter(is_staff=True).order_by("username")

    def narrow(self, entries: "QuerySet[LogEntry]") -> "QuerySet[LogEntry]":
        """The acts that the form asks for."""
        given = self.cleaned_data
        named = {"act": given["act"], "comment_id": given["comment"]}
        named["actor_id"] = given["by"].pk if given["by"] else None
        named["post_id"] = given["post"].pk if given["post"] else None
        entries = entries.filter(**{name: value for name, value in named.items() if value})
        if given["clause"]:
            clauses = Clause.objects.filter(key=given["clause"]).values("pk")
            entries = entries.filter(clause_id__in=clauses)
        return _between(entries, given["since"], given["until"])


@require_safe
def record_page(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Acts, the latest first, before the act that `before` names; with `format=csv` all as a file
    (`parted=semicolon`: for spreadsheets whose lists are parted so).

    Nothing is counted, since the record only grows. Template: moderation/record.html; context:
    `form`, `log`, `query`, `before`, and `older`: where the next page begins, 0 on the last. Of one
    post also `post`, `slowed` (a Brake, or None) and `undoable`: the act on slow mode to be taken
    back.
    """
    user: Any = request.user
    if not may_open_queue(user):
        raise Http404
    form = RecordForm(request.GET)
    entries = form.narrow(_theirs(user)) if form.is_valid() else LogEntry.objects.none()
    if request.GET.get("format") == "csv":
        return _as_file(entries, SEPARATORS.get(request.GET.get("parted", ""), ","))
    before = number_in(request.GET.get("before", ""))
    found = list(with_overruled(_before(entries, before))[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    query = request.GET.copy()
    query.pop("before", None)
    post = form.cleaned_data.get("post") if form.is_valid() else None
    context = {
        **admin.site.each_context(request),
        "title": "Record",
        "form": form,
        "log": lines_of(shown),
        "query": query.urlencode(),
        "before": before,
        **(_of_post(post, user) if post else {}),
        "older": shown[-1].pk if len(found) > ON_A_PAGE else 0,
    }
    return render(request, "moderation/record.html", context)


def _theirs(user: Any) -> "QuerySet[LogEntry]":
    """Acts on what the user decides on; on no comment and no own post for who decides on all."""
    if decides_on_all(user):
        return LogEntry.objects.all()
    own_posts = Q(act__in=SLOW_MODES) | Q(act=Act.UNDONE)
    own_posts &= Q(comment_id=None, post_id__in=Post.objects.filter(author=user).values("pk"))
    return LogEntry.objects.filter(Q(comment_id__in=moderatable(user).values("pk")) | own_posts)


def _of_post(post: Post, user: Any) -> dict[str, Any]:
    """What holds of a whole conversation, for who may change it."""
    if not may_sanction(user, post):
        return {}
    return {
        "post": post,
        "slowed": slow_modes_of(post).in_force(timezone.now()).first(),
        "nobody_waits": not has_people_wait(),
        "undoable": last_act_on(post),
    }


def _before(entries: "QuerySet[LogEntry]", pk: int) -> "QuerySet[LogEntry]":
    """The latest first, from an act on; 0: from the last one."""
    return (entries.filter(pk__lt=pk) if pk else entries).order_by("-pk")


def _between(
    entries: "QuerySet[LogEntry]", since: date | None, until: date | None
) -> "QuerySet[LogEntry]":
    """Whole days of the site's time zone, as moments: so the index of `at` can answer."""
    if since:
        entries = entries.filter(at__gte=_midnight(since))
    return entries.filter(at__lt=_midnight(until + timedelta(days=1))) if until else entries


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _as_file(entries: "QuerySet[LogEntry]", separator: str) -> StreamingHttpResponse:
    rows = _rows(entries, separator)
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="record.csv"'
    return response


class _Echo:
    """What csv writes into: it gives each row back."""

    def write(self, row: str) -> str:
        return row


def _rows(entries: "QuerySet[LogEntry]", separator: str) -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=separator, quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK + writer.writerow(COLUMNS)
    last = 0
    while some := list(with_overruled(entries.filter(pk__gt=last).order_by("pk"))[:AT_A_TIME]):
        last = some[-1].pk
        for line in lines_of(some):
            yield writer.writerow(_cell(value, separator) for value in _values(line))


def _values(line: Line) -> Iterable[object]:
    entry, clause = line.entry, line.clause
    yield from (entry.at.isoformat(), entry.act, line.actor, entry.comment_id, entry.post_id)
    yield from (entry.number, entry.status_before, entry.status_after)
    yield from (clause, clause.policy.version) if clause else ("", "")
    yield from (line.note, line.overrode, entry.undoes_id, entry.source_id)


def _cell(value: object, separator: str = ",") -> str:
    return FORMULAS[separator].sub(r"\1'", "" if value is None else str(value))
