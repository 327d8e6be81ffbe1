"""The report form: shape of input only."""

from typing import Any, Final

from django import forms

from comments import markup
from moderation.models import Clause, Report
from moderation.reports import MAX_LENGTH

KINDS: Final = [choice for choice in Report.Reason.choices if choice[0] != Report.Reason.CLAUSE]


class ReportForm(forms.Form):
    """A reason, which may be a clause of the current policy, and words about it if wanted."""

    reason = forms.ChoiceField(
        widget=forms.RadioSelect,
        label="What is wrong with it?",
        error_messages={
            "invalid_choice": "This is not one of the available choices (any more): please choose"
            " again."
        },
    )
    text = forms.CharField(
        required=False,
        label="In your words",
        help_text=f"At most {MAX_LENGTH:,} characters; only moderators read them.",
        widget=forms.Textarea({"rows": 4, "maxlength": MAX_LENGTH}),
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="report-%s")
        self.clauses = {f"clause {clause.pk}": clause for clause in Clause.objects.current()}
        by_clause = [
            (value, f"Against clause {clause.number} of the policy: {clause.title}")
            for value, clause in self.clauses.items()
        ]
        reason: Any = self.fields["reason"]
        reason.choices = [*KINDS[:-1], *by_clause, KINDS[-1]]

    def clean(self) -> dict[str, Any]:
        """`reason` with the `clause` that it stands for, if it is one."""
        fields: dict[str, Any] = self.cleaned_data
        if clause := self.clauses.get(fields.get("reason", "")):
            fields.update(reason=Report.Reason.CLAUSE, clause=clause)
        return fields

    def clean_text(self) -> str:
        """The text as it will be stored, within the limit."""
        text = markup.normalise(self.cleaned_data["text"])
        if len(text) > MAX_LENGTH:
            raise forms.ValidationError(
                f"The text has {len(text):,} characters; {MAX_LENGTH:,} are possible."
            )
        return text
