"""The policy in the admin: versions to read, one draft to write, a look at it, and a button."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from moderation.models import Clause, Policy, Rule
from moderation.permissions import NotAllowed, may_publish_policy, may_read_policy
from moderation.policy.changes import changes_between
from moderation.policy.forms import ClauseForm, ClauseFormSet, DraftForm
from moderation.policy.services import (
    PolicyProblem,
    arrange_clauses,
    discard_draft,
    publish_policy,
    start_draft,
)

LIST = "admin:moderation_policy_changelist"
REVIEW = "admin:moderation_policy_review"


class ClauseInline(admin.StackedInline):
    """The clauses of a version: fields in the draft, words in what is published."""

    model = Clause
    form = ClauseForm
    formset = ClauseFormSet
    extra = 1
    ordering = ["number"]
    verbose_name_plural = "clauses"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return ["place", "title", "text", "key"] if _is_written(request, obj) else ["text", "key"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_read_policy(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_written(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_written(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_written(request, obj)


class PolicyAdmin(admin.ModelAdmin):
    """Who may publish writes the draft, who may view reads; nobody changes what is published."""

    form = DraftForm
    inlines = [ClauseInline]
    list_display = ["__str__", "published_at", "must_accept"]
    ordering = ["-version"]  # the draft, without one, comes first
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_read_policy(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_read_policy(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_written(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Locked while it is saved, so that two who save at once are told."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            return Policy.objects.select_for_update().filter(pk=found.pk).first()  # gone: a 404
        return found

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        words = ["introduction", "short_form", "must_accept"]
        return [*words, "seen_at"] if _is_written(request, obj) else words

    def save_model(self, request: HttpRequest, obj: Policy, form: ModelForm, change: bool) -> None:
        obj.write(obj.introduction, obj.short_form)
        obj.changed_at = timezone.now()
        obj.save()

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: Any, change: bool
    ) -> None:
        formset.save(commit=False)  # tells the admin's history what is new, changed and gone
        arrange_clauses(form.instance, formset.kept())

    def response_change(self, request: HttpRequest, obj: Policy) -> HttpResponse:
        if "_continue" in request.POST:
            return super().response_change(request, obj)
        messages.success(request, "The draft is saved. Readers do not see it yet.")
        return redirect(REVIEW, obj.pk)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            "title": "Comment policy",
            "current": Policy.objects.current(),
            "draft": Policy.objects.draft(),
            "may_publish": may_publish_policy(request.user),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("start/", wrap(require_POST(self.start)), name="moderation_policy_start"),
            path(
                "<int:policy_id>/review/",
                wrap(require_safe(self.review)),
                name="moderation_policy_review",
            ),
            path(
                "<int:policy_id>/publish/",
                wrap(require_POST(self.publish)),
                name="moderation_policy_publish",
            ),
            path(
                "<int:policy_id>/discard/",
                wrap(require_POST(self.discard)),
                name="moderation_policy_discard",
            ),
        ]
        return [*own, *super().get_urls()]

    def start(self, request: HttpRequest) -> HttpResponseBase:
        """A draft from the current version, or the one that is there."""
        user: Any = request.user
        try:
            draft = start_draft(by=user)
        except NotAllowed as error:
            raise Http404 from error
        except PolicyProblem as problem:
            messages.warning(request, str(problem))
            return redirect(LIST)
        return redirect("admin:moderation_policy_change", draft.pk)

    def review(self, request: HttpRequest, policy_id: int) -> HttpResponse:
        """The draft as readers would see it, and what differs from the current version.

        Template: moderation/policy_review.html; context: `policy`, `clauses`, `changes`,
        `current`, `unenforced` (rules whose clause would be gone), `may_publish`.
        """
        if not may_read_policy(request.user):
            raise Http404
        draft = get_object_or_404(Policy, pk=policy_id, version=None)
        clauses = list(draft.clauses.order_by("number"))
        current = Policy.objects.current()
        before = list(current.clauses.order_by("number")) if current else []
        context = {
            **self.admin_site.each_context(request),
            "title": "The draft of the comment policy",
            "policy": draft,
            "clauses": clauses,
            "current": current,
            "changes": changes_between(current or Policy(), before, draft, clauses),
            "unenforced": rules_without_clause(clauses),
            "may_publish": may_publish_policy(request.user),
        }
        return render(request, "moderation/policy_review.html", context)

    def publish(self, request: HttpRequest, policy_id: int) -> HttpResponseBase:
        """Make the draft the current version."""
        user: Any = request.user
        try:
            policy = publish_policy(policy_id=policy_id, changed_at=_seen_at(request), by=user)
        except NotAllowed as error:
            raise Http404 from error
        except PolicyProblem as problem:
            messages.error(request, str(problem))
            return _back(policy_id)
        messages.success(request, f"Version {policy.version} is published and holds from now on.")
        return redirect(LIST)

    def discard(self, request: HttpRequest, policy_id: int) -> HttpResponseBase:
        """Throw the draft away."""
        user: Any = request.user
        try:
            discard_draft(policy_id=policy_id, changed_at=_seen_at(request), by=user)
        except NotAllowed as error:
            raise Http404 from error
        except PolicyProblem as problem:
            messages.error(request, str(problem))
            return _back(policy_id)
        messages.success(request, "The draft is discarded.")
        return redirect(LIST)


def rules_without_clause(clauses: list[Clause]) -> "QuerySet[Rule]":
    """The rules that name a clause which is not among these. One query."""
    named = Rule.objects.exclude(clause="")
    return named.exclude(clause__in=[clause.key for clause in clauses]).order_by("pk")


def _is_written(request: HttpRequest, policy: Policy | None) -> bool:
    """Whether this is a draft in the hands of somebody who may write it."""
    return may_publish_policy(request.user) and policy is not None and policy.is_draft


def _seen_at(request: HttpRequest) -> Any:
    """The moment that the form was made for; one that nothing has, if it is missing."""
    try:
        seen = parse_datetime(request.POST.get("changed_at", ""))
    except ValueError:
        seen = None
    return seen if seen and timezone.is_aware(seen) else timezone.now()


def _back(policy_id: int) -> HttpResponseBase:
    still_there = Policy.objects.filter(pk=policy_id, version=None).exists()
    return redirect(reverse(REVIEW, args=[policy_id]) if still_there else reverse(LIST))
