"""Sanctions in the admin: a list, one more, and an end to one. None is changed: log and row agree.

`?comment=ID` at the page that adds one fills in whom and where from that comment.
"""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from blog.models import Post
from comments.errors import CommentError
from comments.models import Comment
from comments.numbers import find_numbered
from core.moments import validate_moment
from moderation.models import Clause, Sanction
from moderation.models.sanctions import citation
from moderation.people.persons import is_pattern_wide
from moderation.people.sanctions import Person, lift_sanction, sanction_person, trust_commenter
from moderation.permissions import (
    NotAllowed,
    may_open_queue,
    may_sanction,
    moderatable,
    sanctionable,
)
from moderation.post_field import PostField

SITE, POST, BRANCH = "site", "post", "branch"
TRUST = Sanction.Effect.TRUST.value
IDENTITY, MAIL, NETWORK, NAME = (one.value for one in Sanction.Target)


def clauses() -> list[tuple[str, str]]:
    """The clauses of the policy that holds, by key, and none. One query."""
    return [("", "none"), *((one.key, str(one)) for one in Clause.objects.current())]


class SanctionForm(forms.ModelForm):
    """Whom, what, where, until when and why. Saved by the services alone."""

    user: ClassVar[Any]  # who fills it in: set by the admin on a class of its own
    comment: ClassVar[Comment | None]  # what it was opened from

    target = forms.ChoiceField(label="Whom", widget=forms.RadioSelect)
    effect = forms.ChoiceField(
        label="What", choices=Sanction.Effect.choices, widget=forms.RadioSelect
    )
    mail = forms.EmailField(
        required=False,
        help_text="Kept while the sanction is in force, for moderators only; afterwards a digest.",
    )
    pattern = forms.CharField(
        required=False,
        max_length=80,
        label="Name",
        help_text="The whole name, or a pattern with * for anything. Look-alike letters count.",
    )
    scope = forms.ChoiceField(
        label="Where",
        choices=[(SITE, "On the whole site"), (POST, "Under a post"), (BRANCH, "In a branch")],
        widget=forms.RadioSelect,
    )
    post = PostField(posts=Post.objects.none(), required=False, help_text="Its address.")
    number = forms.CharField(
        required=False,
        label="Branch",
        help_text="The number of the comment under that post that the branch begins with: 1.2",
    )
    clause = forms.ChoiceField(
        required=False,
        choices=clauses,
        help_text="Of the policy as it holds now; the person reads its number and title.",
    )
    comment_id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Sanction
        fields = ("effect", "mail", "pattern", "post", "until_at", "clause", "note")
        widgets: ClassVar = {
            # The admin's own has no labels, and its calendar needs inline styles.
            "until_at": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "note": forms.Textarea({"rows": 4}),
        }
        help_texts: ClassVar = {
            "until_at": "Empty: until it is lifted.",
            "note": (
                "To the person, who reads it above the form. Of a name or an address that was only"
                " typed the note is not shown. For trust it is not used."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Post.objects.all()
        if not may_sanction(self.user, None):
            posts = posts.filter(author=self.user)
            self.fields["scope"].choices = self.fields["scope"].choices[1:]  # type: ignore[attr-defined]
        self.fields["post"].posts = posts  # type: ignore[attr-defined]
        self.fields["target"].choices = targets(self.comment)  # type: ignore[attr-defined]
        self.initial = {**suggestion(self.comment), **self.initial}

    def clean(self) -> dict[str, Any]:
        """The parts have to fit each other; what is wrong is said at its field."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        target, scope = given.get("target"), given.get("scope")
        if target == MAIL and not given.get("mail") and "mail" not in self.errors:
            self.add_error("mail", "Please give the address.")
        if target == NAME and is_pattern_wide(given.get("pattern") or ""):
            self.add_error("pattern", "Please give a name or pattern of three letters or more.")
        if given.get("effect") == TRUST and target != IDENTITY:
            self.add_error(
                "effect", "Only a remembered or confirmed commenter can be trusted: see “Whom”."
            )
        if scope in {POST, BRANCH} and not given.get("post") and "post" not in self.errors:
            self.add_error("post", "Please choose the post.")
        if given.get("until_at") and given["until_at"] <= timezone.now():
            self.add_error("until_at", "This time is over already.")
        if scope == BRANCH and given.get("post"):
            given["branch"] = self._head(given["post"], given.get("number", ""))
        return given

    def clean_until_at(self) -> Any:
        until_at = self.cleaned_data["until_at"]
        if until_at is not None:
            validate_moment(until_at)
        return until_at

    def _head(self, post: Post, number: str) -> Comment | None:
        head = find_numbered(post, number.strip().lstrip("#"))
        if head is None:
            self.add_error("number", "There is no comment with this number under that post.")
        return head

    def _get_validation_exclusions(self) -> set[str]:
        """The row is made by a service; what the form can't know is not judged here."""
        return {field.name for field in Sanction._meta.get_fields()}

    def person(self) -> Person:
        """Whom the form names."""
        given, comment = self.cleaned_data, self.comment
        match given["target"]:
            case "mail":
                return Person(mail=given["mail"])
            case "name":
                return Person(pattern=given["pattern"])
            case "network" if comment is not None:
                return Person(network=comment.network)
            case _:
                return Person(commenter=comment.commenter if comment is not None else None)

    def make(self) -> Sanction:
        """Have the service make it. Raises NotAllowed and CommentError."""
        given, scope = self.cleaned_data, self.cleaned_data["scope"]
        person = self.person()
        terms: dict[str, Any] = {
            "by": self.user,
            "post": given["post"] if scope == POST else None,
            "branch": given.get("branch") if scope == BRANCH else None,
            "until_at": given["until_at"],
            "occasion": self.comment,
        }
        if given["effect"] == TRUST and person.commenter is not None:
            return trust_commenter(commenter=person.commenter, **terms)
        words = {"clause": given["clause"], "note": given["note"]}
        return sanction_person(person=person, effect=given["effect"], **words, **terms)


def targets(comment: Comment | None) -> list[tuple[str, str]]:
    """By what somebody can be named: what the comment tells, else only what can be typed."""
    found = []
    if comment is not None and comment.commenter is not None:
        found.append((IDENTITY, f"The commenter {comment.commenter}"))
    if comment is not None and comment.network:
        found.append((NETWORK, "The network that the comment came from; others may share it"))
    return [*found, (MAIL, "A mail address"), (NAME, "A name or pattern")]


def suggestion(comment: Comment | None) -> dict[str, Any]:
    """What the form holds at first."""
    if comment is None:
        return {"scope": SITE}
    known = comment.commenter is not None
    number = comment.number or (comment.parent.number if comment.parent else "")
    return {
        "target": IDENTITY if known else (MAIL if comment.mail else NAME),
        "mail": comment.mail,
        "pattern": comment.name,
        "scope": POST,
        "post": comment.post.slug,
        "number": number,
        "comment_id": comment.pk,
    }


class InForce(admin.SimpleListFilter):
    """In force or over."""

    title = "in force"
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Over or lifted"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": "In force"}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        in_force = Sanction.objects.in_force(timezone.now())
        if self.value() == "no":
            return queryset.exclude(pk__in=in_force.values("pk"))
        return queryset.filter(pk__in=in_force.values("pk"))


@admin.register(Sanction)
class SanctionAdmin(admin.ModelAdmin):
    list_display = ("whom", "effect", "where", "until_at", "cited", "made_by", "made_at")
    list_filter = (InForce, "effect", "target")
    list_select_related = ("commenter", "post", "branch__post", "made_by")
    ordering = ("-pk",)
    actions = None
    list_per_page = 50
    show_full_result_count = False
    change_form_template = "moderation/sanction_change.html"
    shown = (
        "whom", "effect", "where", "until_at", "cited", "note", "occasion", "made_by", "made_at",
        "lifted_at",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sanction]:
        return sanctionable(request.user).with_clauses()

    @admin.display(description="Clause")
    def cited(self, sanction: Any) -> str:
        """Its number and title; its key alone where no version that was published has it."""
        return citation(sanction.clause_number, sanction.clause_title) or sanction.clause or "-"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return self.shown
        asked = ("target", "mail", "pattern", "effect", "scope", "post", "number")
        return (*asked, "until_at", "clause", "note", "comment_id")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.shown if obj is not None else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        traits = {"user": request.user, "comment": occasion(request)}
        return type("SanctionFormOfUser", (SanctionForm,), traits)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Sanction, form: Any, change: bool) -> None:
        try:
            made = form.make()
        except NotAllowed as error:
            raise Http404 from error
        for field in Sanction._meta.concrete_fields:
            setattr(obj, field.attname, getattr(made, field.attname))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """There is nothing related."""

    def get_urls(self) -> Any:
        lift = self.admin_site.admin_view(require_POST(self.lift))
        return [path("<int:sanction_id>/lift/", lift, name="moderation_lift"), *super().get_urls()]

    def lift(self, request: HttpRequest, sanction_id: int) -> HttpResponse:
        """End one, and go back to the list."""
        try:
            lift_sanction(sanction_id=sanction_id, by=request.user)  # type: ignore[arg-type]
        except (NotAllowed, Sanction.DoesNotExist) as error:
            raise Http404 from error
        except CommentError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, "Lifted.")
        return redirect(reverse("admin:moderation_sanction_changelist"))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        sanction = context.get("original")
        context["can_lift"] = sanction is not None and sanction.is_in_force(timezone.now())
        return super().render_change_form(request, context, *args, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_open_queue(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_open_queue(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_open_queue(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def occasion(request: HttpRequest) -> Comment | None:
    """The comment that the page was opened from, if the user may decide on it."""
    given = request.POST.get("comment_id") or request.GET.get("comment", "")
    if not given.isascii() or not given.isdigit():
        return None
    related = moderatable(request.user).select_related("commenter", "post", "parent")
    comment: Comment | None = related.filter(pk=int(given)).first()
    return comment
