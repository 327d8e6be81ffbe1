"""The report form: shape of input only."""

from typing import Any

from django import forms

from comments import markup
from moderation.models import Report
from moderation.reports import MAX_LENGTH


class ReportForm(forms.Form):
    """A reason, and words about it if wanted."""

    reason = forms.ChoiceField(
        choices=Report.Reason.choices, widget=forms.RadioSelect, label="What is wrong with it?"
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

    def clean_text(self) -> str:
        """The text as it will be stored, within the limit."""
        text = markup.normalise(self.cleaned_data["text"])
        if len(text) > MAX_LENGTH:
            raise forms.ValidationError(
                f"The text has {len(text):,} characters; {MAX_LENGTH:,} are possible."
            )
        return text
