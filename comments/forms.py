"""The comment form: shape of input only. Limits are settings; who may send is not judged here."""

from typing import Any

from django import forms
from django.conf import settings

from comments import markup
from comments.intake import Advice
from comments.models import Appeal, Commenter


class WrittenField(forms.CharField):
    """A field that refuses no character: what can't be stored becomes something that can."""

    def to_python(self, value: Any) -> str:
        return markup.writable(super().to_python(value) or "")


class TickOf(forms.CheckboxInput):
    """A box whose value is what was ticked: one that was made for another label does not count."""

    def __init__(self, value: str) -> None:
        super().__init__(check_test=lambda ticked: ticked == value)
        self.value = value

    def format_value(self, value: Any) -> str:
        """Always its own."""
        return self.value

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was sent; nothing unless ticked."""
        return data.get(name, "")


class AcceptedField(forms.CharField):
    """A tick without which nothing is sent."""

    def __init__(self, label: str, *, required: bool) -> None:
        super().__init__(label=label, required=required, widget=TickOf(label))

    def clean(self, value: Any) -> bool:
        """Whether it is ticked, or the error that it has to be."""
        if value == self.label or not self.required:
            return bool(value == self.label)
        if value:
            raise forms.ValidationError(
                "The policy has changed since this page was made. Please read it, and tick again."
            )
        raise forms.ValidationError("Please tick that you have read it. Your text is kept.")


class CommentForm(forms.Form):
    """Name, text, optional mail. A signed-in member of staff writes under the account's name.

    `advice` is what stands above the form; what it asks to accept has to be ticked, unless the form
    only `previews`.
    """

    name = WrittenField(max_length=80, widget=forms.TextInput({"autocomplete": "name"}))
    mail = forms.EmailField(
        required=False,
        label="Mail",
        help_text="Never shown.",
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    text = WrittenField(strip=False, widget=forms.Textarea({"rows": 8}))
    continues = forms.BooleanField(
        required=False, initial=True, label="This continues my comment above"
    )
    remember = forms.BooleanField(
        required=False,
        label="Remember me in this browser",
        help_text="With a cookie, for a year. Your comments that wait then stand in their place.",
    )
    tell_me = forms.BooleanField(
        required=False,
        label="Tell me about answers",
        help_text="And what becomes of the comment, by mail. First a link comes to confirm the"
        " address, at most one a day; every mail after it has a link that stops them.",
    )
    website = WrittenField(
        required=False,
        label="Leave this empty",
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )  # not shown: a program that fills in every field gives itself away
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        initial: dict[str, Any] | None = None,
        staff: bool = False,
        commenter: Commenter | None = None,
        advice: Advice | None = None,
        previews: bool = False,
    ) -> None:
        remembered = {"name": commenter.name, "mail": commenter.mail} if commenter else {}
        super().__init__(data, initial={**remembered, **(initial or {})}, auto_id="comment-%s")
        self.commenter = commenter
        self.advice = advice or Advice()
        self.fields["text"].help_text = (
            f"At most {settings.COMMENT_MAX_LENGTH:,} characters. *emphasis*, **strong**,"
            " > quotes, lists, `code` and links work."
        )
        for name in _not_asked(staff, commenter):
            del self.fields[name]
        if self.advice.to_accept:
            accepted = AcceptedField(self.advice.to_accept, required=not previews)
            self.fields["accepted"] = accepted

    @property
    def limit(self) -> int:
        """How many characters the text may have."""
        limit: int = settings.COMMENT_MAX_LENGTH
        return limit

    @property
    def holds(self) -> str:
        """For the script: whose words the form holds, if any: what was typed, or a quotation."""
        return "typed" if self.is_bound else "quotation" if self.initial.get("text") else ""

    @property
    def typed(self) -> list[forms.BoundField]:
        """The fields to type in, in order."""
        return [self[name] for name in ("name", "mail", "text") if name in self.fields]

    @property
    def accepted(self) -> forms.BoundField | None:
        """The tick without which nothing is sent, if one is asked for."""
        return self["accepted"] if "accepted" in self.fields else None

    @property
    def ticks(self) -> list[forms.BoundField]:
        """What may be ticked about oneself."""
        return [self[name] for name in ("tell_me", "remember") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """An address to confirm has to be there."""
        fields: dict[str, Any] = self.cleaned_data
        if fields.get("tell_me") and not fields.get("mail") and not self.has_error("mail"):
            self.add_error("mail", "Please give the address to confirm.")
        return fields

    def clean_name(self) -> str:
        """One line of visible characters; the others are left out of it."""
        name = markup.plain_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("Please give a name that can be seen.")
        return name

    def clean_text(self) -> str:
        """The text as it will be stored, within the limit."""
        return _within_limit(self.cleaned_data["text"])


class OwnForm(forms.Form):
    """What every form about one's own comment carries: its stamp, and the version it was made for.

    A version that is missing or no number is 0, which no comment has.
    """

    version = forms.CharField(required=False, widget=forms.HiddenInput)
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_version(self) -> int:
        """The version as a number."""
        version = self.cleaned_data["version"]
        return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0


class EditForm(OwnForm):
    """Another text for a comment, within the same limits as the first."""

    text = WrittenField(strip=False, widget=forms.Textarea({"rows": 12}))

    def clean_text(self) -> str:
        """The text as it will be stored, within the limit."""
        return _within_limit(self.cleaned_data["text"])


class AppealForm(OwnForm):
    """Why a decision should be looked at again."""

    text = WrittenField(
        strip=False,
        label="Why should a moderator look again?",
        help_text=f"At most {Appeal.MAX_LENGTH:,} characters; only moderators read them.",
        widget=forms.Textarea({"rows": 6}),
    )

    def clean_text(self) -> str:
        """The words as they will be stored, within the limit."""
        text = markup.normalise(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError("Please say why.")
        if len(text) > Appeal.MAX_LENGTH:
            raise forms.ValidationError(
                f"The text has {len(text):,} characters; {Appeal.MAX_LENGTH:,} are possible."
            )
        return text


def _not_asked(staff: bool, commenter: Commenter | None) -> tuple[str, ...]:
    """The fields about oneself that are answered already."""
    if staff:
        return ("name", "mail", "remember", "tell_me")
    if commenter is None:
        return ()
    return ("remember", "tell_me") if commenter.is_confirmed else ("remember",)


def _within_limit(text: str) -> str:
    text = markup.normalise(text)
    if not text:
        raise forms.ValidationError("There is no text yet.")
    limit = settings.COMMENT_MAX_LENGTH
    if len(text) > limit:
        raise forms.ValidationError(
            f"The text has {len(text):,} characters; {limit:,} are possible. Nothing is lost:"
            " shorten it, or send it in two comments."
        )
    return text
