"""The comment form: shape of input only. Limits are settings; who may send is not judged here."""

from typing import Any

from django import forms
from django.conf import settings

from comments import markup


class WrittenField(forms.CharField):
    """A field that refuses no character: what can't be stored becomes something that can."""

    def to_python(self, value: Any) -> str:
        return markup.writable(super().to_python(value) or "")


class CommentForm(forms.Form):
    """Name, text, optional mail. A signed-in member of staff writes under the account's name."""

    name = WrittenField(max_length=80, widget=forms.TextInput({"autocomplete": "name"}))
    mail = forms.EmailField(
        required=False,
        label="Mail",
        help_text="Optional; never shown.",
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    text = WrittenField(strip=False, widget=forms.Textarea({"rows": 8}))
    continues = forms.BooleanField(
        required=False, initial=True, label="This continues my comment above"
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, initial: dict[str, Any] | None = None, staff: bool = False
    ) -> None:
        super().__init__(data, initial=initial, auto_id="comment-%s")
        self.fields["text"].help_text = (
            f"At most {settings.COMMENT_MAX_LENGTH:,} characters. *emphasis*, **strong**,"
            " > quotes, lists, `code` and links work."
        )
        if staff:
            del self.fields["name"], self.fields["mail"]

    @property
    def limit(self) -> int:
        """How many characters the text may have."""
        limit: int = settings.COMMENT_MAX_LENGTH
        return limit

    @property
    def typed(self) -> list[forms.BoundField]:
        """The fields to type in, in order."""
        return [self[name] for name in ("name", "mail", "text") if name in self.fields]

    def clean_name(self) -> str:
        """One line of visible characters; the others are left out of it."""
        name = markup.plain_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("Please give a name that can be seen.")
        return name

    def clean_text(self) -> str:
        """The text as it will be stored, within the limit."""
        text = markup.normalise(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError("There is no text yet.")
        limit = settings.COMMENT_MAX_LENGTH
        if len(text) > limit:
            raise forms.ValidationError(
                f"The text has {len(text):,} characters; {limit:,} are possible. Nothing is lost:"
                " shorten it, or send it in two comments."
            )
        return text
