"""The form of a draft: its words and its clauses. Shape of input only."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from moderation.models import Clause, Policy


class DraftForm(forms.ModelForm):
    """The words above the clauses, and the moment of the draft that the form was made for."""

    seen_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Policy
        fields = ["introduction", "short_form", "must_accept"]
        widgets = {
            "introduction": forms.Textarea({"rows": 5}),
            "short_form": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_at"] = self.instance.changed_at.isoformat()

    def clean(self) -> dict[str, Any]:
        """Refuse a form that was made for an earlier state; all that was typed stays in it."""
        fields: dict[str, Any] = super().clean() or self.cleaned_data
        if fields.get("seen_at") != self.instance.changed_at:
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["seen_at"] = self.instance.changed_at.isoformat()
            self.data = data
            raise ValidationError(
                "Somebody else changed the draft since you opened it. Nothing was saved: compare"
                " what you typed with the draft as it is now, and save again to replace that."
            )
        return fields


class ClauseForm(forms.ModelForm):
    """One clause. Its place is typed, since dragging needs a script."""

    place = forms.IntegerField(
        required=False,
        min_value=1,
        label="Number",
        help_text="Type another to move it; empty: after the others.",
        widget=forms.NumberInput({"class": "vIntegerField", "min": "1"}),
    )

    class Meta:
        model = Clause
        fields = ["title", "text", "key"]
        widgets = {"text": forms.Textarea({"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["place"] = self.instance.number
            self.fields["key"].disabled = True

    def clean_key(self) -> str:
        """The key that was typed, else one made from the title."""
        typed: str = self.cleaned_data["key"]
        if typed or not self.cleaned_data.get("title"):
            return typed
        made = slugify(self.cleaned_data["title"])[:50].strip("-")
        if not made[:1].isalpha():
            raise ValidationError(
                "No key can be made from this title. Please type one: small letters a to z, digits"
                " and hyphens, a letter first."
            )
        return made

    def validate_constraints(self) -> None:
        """Nothing: the form set compares the keys, in words, and sees which clauses go.

        Newer versions of Django ask this of each form; older ones leave out what an inline form
        shares with the others by themselves.
        """


class ClauseFormSet(forms.BaseInlineFormSet):
    """All clauses of a draft; the numbers that were typed say the order, gaps and all."""

    def clean(self) -> None:
        """At least one clause, and no key twice."""
        super().clean()
        if any(self.errors):
            return
        kept = self.kept()
        if not kept:
            raise ValidationError("A policy needs at least one clause.")
        seen: set[str] = set()
        for clause in kept:
            if clause.key in seen:
                raise ValidationError(
                    f"Two clauses have the key “{clause.key}”. A key is what rules name a clause"
                    " by: give one of them another, or another title."
                )
            seen.add(clause.key)

    def validate_unique(self) -> None:
        """Keys are compared in `clean`, in words; numbers are given when all is stored."""

    def kept(self) -> list[Clause]:
        """The clauses that the form leaves, in order.

        Of two with the same number the one that was moved there stands where it was to go.
        """
        return [form.instance for form in sorted(self._forms_kept(), key=_place)]

    def _forms_kept(self) -> Iterator[forms.ModelForm]:
        for form in self.forms:
            is_there = form.instance.pk or form.has_changed()
            if is_there and form not in self.deleted_forms:
                yield form


def _place(form: forms.ModelForm) -> tuple[float, int]:
    place = form.cleaned_data.get("place")
    if place is None:
        return (float("inf"), 0)
    if not form.instance.pk:
        return (place, -1)
    moved = place - form.instance.number
    return (place, (moved > 0) - (moved < 0))
