"""The rules in the admin: a list, a form for each kind, a rehearsal before saving."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from core.jobs import worker_missing
from moderation.jobs import enqueue_rehearsal
from moderation.models import Rehearsal, Rule
from moderation.rules import rehearsal
from moderation.rules.forms import PREFIX, form_for
from moderation.rules.services import Proposal, describe_change, put_back_rule, save_rule, summary
from moderation.screening.kind import Kind, kinds
from moderation.screening.parameters import UnreadableParameters, form_fields, read

READ_ONLY = ("shown", "state", "shown_effect", "clause", "summary_line")
FLIPS_SHOWN = 200


@admin.register(Rule)
class RuleAdmin(admin.ModelAdmin):
    """Rules of every kind. A new one begins with its kind, or as a copy.

    Buttons beside Save: "Rehearse" keeps what was typed and tries it on the last 90 days;
    "Put back as shipped" on the one rule that each kind came with, which can't be deleted.
    """

    list_display = ("shown", "state", "shown_effect", "clause", "summary_line")
    list_filter = ("is_on", "effect")
    ordering = ("kind", "pk")
    actions = None
    change_form_template = "moderation/rule.html"
    change_list_template = "moderation/rules.html"

    @admin.display(description="Rule", ordering="kind")
    def shown(self, rule: Rule) -> str:
        kind = kinds().get(rule.kind)
        label = kind.label if kind else rule.kind
        return f"{rule.title} ({label})" if rule.title else label

    @admin.display(description="State", ordering="is_on")
    def state(self, rule: Rule) -> str:
        trouble = _trouble(rule)
        on = "on" if rule.is_on else "off"
        return format_html("{}<br><strong>{}</strong>", on, trouble) if trouble else on

    @admin.display(description="Effect", ordering="effect")
    def shown_effect(self, rule: Rule) -> str:
        return rule.get_effect_display()

    @admin.display(description="What it looks at")
    def summary_line(self, rule: Rule) -> str:
        return summary(rule.kind, rule.parameters)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.rehearsal_page)
        own = [path("rehearsals/<int:rehearsal_id>/", page, name="moderation_rehearsal")]
        return [*own, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What came with the program is switched off instead."""
        is_shipped = obj is not None and bool(obj.shipped_as)
        return not is_shipped and super().has_delete_permission(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        name = obj.kind if obj else _asked_kind(request)
        return form_for(kinds().get(name), name, _asked_proposal(request, obj))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self._may_write(request, obj):
            return [(None, {"fields": READ_ONLY})]
        name = obj.kind if obj else _asked_kind(request)
        kind = kinds().get(name)
        plain = (None, {"fields": ("is_on", "effect", "clause", "title")})
        fields = [PREFIX + one for one in form_fields(kind.takes)] if kind else []
        return [("What it looks at", {"fields": fields}), plain] if fields else [plain]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self._may_write(request, obj) else READ_ONLY

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; its other buttons; and without a kind the choice of one."""
        rule = self.get_object(request, object_id) if object_id else None
        if object_id is None and self.has_add_permission(request) and not _asked_kind(request):
            return self._choose_kind(request)
        if request.method == "POST" and self._may_write(request, rule):
            if "_shipped" in request.POST and rule is not None:
                return self._put_back(request, rule)
            if "_rehearse" in request.POST and (answer := self._rehearse(request, rule)):
                return answer
        kind = kinds().get(rule.kind if rule else _asked_kind(request))
        more = {
            "kind": kind,
            "rule": rule,
            "trouble": _trouble(rule) if rule else (kind.trouble() if kind else ""),
            "not_rehearsed": rehearsal.why_not_rehearsed(kind) if kind else "",
            "may_write": self._may_write(request, rule),
            "show_save_and_add_another": False,
        }
        return super().changeform_view(
            request, object_id, form_url, {**(extra_context or {}), **more}
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.stored_before = Proposal.of(Rule.objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Each value as it was and as it is: the history says what changed, not only where."""
        return describe_change(form.stored_before, form.proposal())

    def rehearsal_page(self, request: HttpRequest, rehearsal_id: int) -> HttpResponse:
        """How far a rehearsal is and what it found; its POST cancels it or saves the rule.

        Template: moderation/rehearsal.html; context: `rehearsal`, `counts`, `flips`, `proposed`.
        """
        if not self.has_change_permission(request):
            raise Http404
        rows = Rehearsal.objects.select_related("rule", "asked_by")
        one: Rehearsal = get_object_or_404(rows, pk=rehearsal_id)
        if request.method == "POST":
            return self._answer(request, one)
        return self._rehearsal_page(request, one)

    def _rehearsal_page(self, request: HttpRequest, one: Rehearsal) -> HttpResponse:
        proposal = Proposal(**one.proposal)
        kind = kinds().get(proposal.kind)
        flips = one.flips.select_related("comment__post")[: FLIPS_SHOWN + 1]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Rehearsal: {kind.label if kind else proposal.kind}",
            "opts": self.opts,
            "rehearsal": one,
            "counts": rehearsal.count_flips(one),
            "flips": flips[:FLIPS_SHOWN],
            "more_flips": len(flips) > FLIPS_SHOWN,
            "change": describe_change(Proposal(**one.was) if one.was else None, proposal),
            "worker_missing": worker_missing() if one.is_open else "",
            "form_address": _form_address(one),
            "days": rehearsal.LOOK_BACK.days,
            "left_out": _left_out(one),
        }
        return render(request, "moderation/rehearsal.html", context)

    def _answer(self, request: HttpRequest, one: Rehearsal) -> HttpResponse:
        if "cancel" in request.POST:
            rehearsal.cancel_rehearsal(one.pk)
            return redirect("admin:moderation_rehearsal", one.pk)
        if problem := _why_not_saved(one):
            messages.error(request, problem)
            return redirect("admin:moderation_rehearsal", one.pk)
        if one.rule is None and not self.has_add_permission(request):
            raise Http404
        user: Any = request.user
        saved = save_rule(rule=one.rule, proposal=Proposal(**one.proposal), by=user)
        Rehearsal.objects.filter(pk=one.pk).update(rule=saved)
        messages.success(request, f"The rule “{self.shown(saved)}” is saved as it was rehearsed.")
        return redirect("admin:moderation_rule_changelist")

    def _choose_kind(self, request: HttpRequest) -> HttpResponse:
        if asked := request.GET.get("kind"):
            messages.error(request, f"There is no kind of rule “{asked}”. Choose one of these.")
        context = {
            **self.admin_site.each_context(request),
            "title": "Add a rule",
            "opts": self.opts,
            "kinds": sorted(kinds().values(), key=lambda kind: kind.label),
        }
        return render(request, "moderation/rule_kinds.html", context)

    def _put_back(self, request: HttpRequest, rule: Rule) -> HttpResponse:
        if not rule.shipped_as or rule.shipped_as not in kinds():
            messages.error(request, "This rule did not come with the program: nothing was changed.")
        else:
            user: Any = request.user
            put_back_rule(rule=rule, by=user)
            messages.success(request, f"The rule “{self.shown(rule)}” is as it was shipped.")
        return redirect("admin:moderation_rule_change", rule.pk)

    def _rehearse(self, request: HttpRequest, rule: Rule | None) -> HttpResponse | None:
        """Start a rehearsal of what was typed; None where the form has faults to be shown."""
        form = self.get_form(request, rule)(request.POST, instance=rule)
        if form.kind is None or not form.is_valid():
            return None
        user: Any = request.user
        stored = Rule.objects.get(pk=rule.pk) if rule else None  # the form has changed its own
        one = rehearsal.start_rehearsal(rule=stored, proposal=form.proposal(), by=user)
        enqueue_rehearsal(one.pk)
        return redirect("admin:moderation_rehearsal", one.pk)

    def _may_write(self, request: HttpRequest, rule: Rule | None) -> bool:
        if rule is None:
            return bool(self.has_add_permission(request))
        return bool(self.has_change_permission(request, rule))


def _trouble(rule: Rule) -> str:
    """Why a rule does not do what it says, in a sentence; empty if it does."""
    kind: Kind[Any] | None = kinds().get(rule.kind)
    if kind is None:
        return (
            f"This release has no kind of rule “{rule.kind}”. While it is on, every comment waits."
        )
    try:
        read(kind.takes, rule.parameters)
    except UnreadableParameters as error:
        return f"It can't be read: {error} While it is on, every comment waits."
    return kind.trouble()


def _asked_kind(request: HttpRequest) -> str:
    """The kind that a new rule is to have; empty where none was asked for that there is."""
    if rehearsed := _asked_row(request, "rehearsal", Rehearsal.objects.all()):
        return str(rehearsed.proposal["kind"])
    if copied := _asked_row(request, "copy", Rule.objects.all()):
        return copied.kind if copied.kind in kinds() else ""
    asked = request.GET.get("kind", "")
    return asked if asked in kinds() else ""


def _asked_proposal(request: HttpRequest, rule: Rule | None) -> Proposal | None:
    """What the form is to show at first: of a rehearsal, or of a rule to copy."""
    if rehearsed := _asked_row(request, "rehearsal", Rehearsal.objects.all()):
        return Proposal(**rehearsed.proposal)
    if rule is None and (copied := _asked_row(request, "copy", Rule.objects.all())):
        return Proposal.of(copied)
    return Proposal.of(rule) if rule else None


def _asked_row(request: HttpRequest, name: str, rows: "QuerySet[Any]") -> Any:
    """The row that the address names by its id, or None."""
    asked = request.GET.get(name, "")
    return rows.filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None


def _form_address(one: Rehearsal) -> str:
    """The form, filled in as it was when it was sent to be rehearsed."""
    if one.rule_id:
        address = reverse("admin:moderation_rule_change", args=[one.rule_id])
    else:
        address = reverse("admin:moderation_rule_add")
    return f"{address}?rehearsal={one.pk}"


def _why_not_saved(one: Rehearsal) -> str:
    """Why the rehearsed rule can't be saved as it stands; empty if it can."""
    if one.is_open:
        return "The rehearsal is not at its end yet: nothing was saved."
    if one.was and one.rule is None:
        return "The rule was deleted meanwhile: nothing was saved."
    if one.rule is not None and one.rule.changed_at > one.asked_at:
        return (
            "The rule was changed since this rehearsal began: nothing was saved. Go back to the"
            " form and rehearse it again."
        )
    return ""


def _left_out(one: Rehearsal) -> list[str]:
    """What this rehearsal could not know, in sentences."""
    left = []
    for name in dict.fromkeys([one.proposal["kind"], *(row["kind"] for row in one.rules)]):
        kind = kinds().get(name)
        if kind and (why := rehearsal.why_not_rehearsed(kind)):
            left.append(f"{kind.label}: {why}")
    return left
