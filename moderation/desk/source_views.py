"""The sources at the desk: all links ever posted, their hosts, and one source with its note."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_safe

from comments.errors import CommentError
from moderation.desk import source_list
from moderation.desk.views import number_in
from moderation.models import Source
from moderation.permissions import NotAllowed, may_note_source, may_open_queue
from moderation.sources.noting import note_source


class SourceNoteForm(forms.ModelForm):
    """The note, for the moment that it was last written."""

    class Meta:
        model = Source
        fields = ["note", "dealt_with", "tell_writers"]
        widgets = {"note": forms.Textarea({"rows": 3})}


@require_safe
def sources_page(request: HttpRequest) -> HttpResponse:
    """Sources, the last seen first; with `q` those with such words, with `host` those of one host,
    with `by=host` the hosts by name.

    Template: moderation/sources.html; context: `part`, `by_host`, `q`, `host`, `next`.
    """
    user: Any = request.user
    if not may_open_queue(user):
        raise Http404
    given = {name: _typed(request, name) for name in ("q", "host", "after")}
    by_host = request.GET.get("by") == "host"
    sources = source_list.found(source_list.sources_of(user), given["q"])
    if given["host"]:
        sources = sources.filter(host=given["host"])
    part = (
        source_list.hosts(sources, user, given["after"])
        if by_host
        else source_list.newest(sources, user, number_in(given["after"]))
    )
    context = {"title": "Sources", "part": part, "by_host": by_host, **given}
    return _render(request, "moderation/sources.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def source_page(request: HttpRequest, source_id: int) -> HttpResponse:
    """One source: where it was posted, by whom, how that was answered; and its note.

    Template: moderation/source.html; context: `source`, `part`, `counts`, `form`, `may_note`.
    """
    user: Any = request.user
    if not may_open_queue(user):
        raise Http404
    sources = source_list.sources_of(user).select_related("noted_by")
    source: Source = get_object_or_404(sources, pk=source_id)
    form = SourceNoteForm(request.POST if request.method == "POST" else None, instance=source)
    if request.method == "POST" and form.is_valid() and _note(request, source_id, form):
        return redirect("moderation:source", source_id)
    context = {
        "title": "Source",
        "source": source,
        "part": source_list.places(source, user, number_in(request.GET.get("after", ""))),
        "counts": source_list.counts_of(source, user),
        "form": form,
        "seen_at": request.POST.get("seen_at") or _seen(source),
        "may_note": may_note_source(user, source),
    }
    return _render(request, "moderation/source.html", context)


def _note(request: HttpRequest, source_id: int, form: SourceNoteForm) -> bool:
    """Keep the note; what is wrong is said above the form, which has the words then."""
    user: Any = request.user
    try:
        seen_at = parse_datetime(request.POST.get("seen_at", ""))
    except ValueError:
        seen_at = None
    try:
        note_source(source_id=source_id, seen_at=seen_at, by=user, **form.cleaned_data)
    except NotAllowed as error:
        raise Http404 from error
    except CommentError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, "The note is kept.")
    return True


def _typed(request: HttpRequest, name: str) -> str:
    """Without what no text of the database holds."""
    return request.GET.get(name, "").replace("\0", "").strip()[:255]


def _seen(source: Source) -> str:
    return source.noted_at.isoformat() if source.noted_at else ""


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), **context})
