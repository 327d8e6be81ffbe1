"""Forms about mails: which ones come, and how often."""

from collections.abc import Sequence
from typing import Any

from django import forms

from comments.mail_kinds import Frequency, MailKind
from comments.models import Commenter, Mute, Subscription


class ConfirmForm(forms.Form):
    """What the holder of an address wishes, beside confirming it."""

    often = forms.ChoiceField(
        label="Tell me about answers, and what becomes of my comments",
        choices=Frequency,
        widget=forms.RadioSelect,
        required=False,
    )
    follow = forms.ChoiceField(
        label="Answers to what?",
        choices=[
            ("", "to my own comments"),
            ("branch", "and every comment in this thread"),
            ("post", "and every comment on this post"),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)


class PreferencesForm(forms.Form):
    """How often mails of each kind come, and what is to be ended of what is followed or muted."""

    unfollow = forms.MultipleChoiceField(
        label="Stop following", required=False, widget=forms.CheckboxSelectMultiple
    )
    unmute = forms.MultipleChoiceField(
        label="Hear again of", required=False, widget=forms.CheckboxSelectMultiple
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        commenter: Commenter,
        follows: Sequence[Subscription],
        mutes: Sequence[Mute],
        stamp: str,
    ) -> None:
        often = {kind.value: getattr(commenter, kind.value) for kind in MailKind}
        super().__init__(data, initial={**often, "stamp": stamp}, auto_id="mails-%s")
        kinds = {
            kind.value: forms.ChoiceField(
                label=kind.label, choices=Frequency, widget=forms.RadioSelect
            )
            for kind in MailKind
        }
        self.fields = {**kinds, **self.fields}
        _offer(self.fields, "unfollow", [(one.pk, what_is_followed(one)) for one in follows])
        _offer(self.fields, "unmute", [(one.pk, one.post.title) for one in mutes])

    @property
    def frequencies(self) -> dict[str, str]:
        """What was chosen for each kind."""
        return {kind: self.cleaned_data[kind] for kind in MailKind.values}


def what_is_followed(one: Subscription) -> str:
    """A post, or a branch of one, by its name."""
    if one.branch is None:
        return one.post.title if one.post else ""
    return f"{one.branch.post.title}: below {one.branch.number or 'a comment'}"


def _offer(fields: dict[str, Any], name: str, choices: list[tuple[int, str]]) -> None:
    """Choices for a field; without any there is no field."""
    if choices:
        fields[name].choices = choices
    else:
        del fields[name]
