"""The forms that authors write with."""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from blog.markup import images_in
from blog.models import Autosave, Picture, Post
from blog.models.autosave import KEPT
from blog.pictures import check_upload
from blog.raster import NotAPicture
from blog.tagging import as_words, names_in
from core.differences import Piece, compare

# Of the form, not of the post.
OWN_FIELDS = frozenset(["slot", "read_version"])
DATED = frozenset(["published_at", "comments_close_at"])


class PostForm(forms.ModelForm):
    """A post, the version of it that was read, and the slot where its text is autosaved.

    `autosave`: an unsaved text to go on with. `conflict`: what differs from a text that somebody
    saved meanwhile; the form it is shown with would save over that knowingly.
    """

    autosave: Autosave | None = None
    slot = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)
    read_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    tag_words = forms.CharField(
        label="Tags",
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="With commas between. New ones are made.",
    )

    class Meta:
        model = Post
        fields = ["title", "slug", "body", "status"]
        widgets = {"body": forms.Textarea(attrs={"class": "writing", "rows": 24})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if self.autosave:
            kept = {name: getattr(self.autosave, name) for name in KEPT}
            kwargs["initial"] = {**(kwargs.get("initial") or {}), **kept}
        super().__init__(*args, **kwargs)
        # As it is stored: validation will change the instance.
        self.stored_html = self.instance.body_html if self.instance.is_published else ""
        self.conflict: list[Piece] = []
        if "slot" in self.fields:
            unsaved = self.autosave
            self.fields["slot"].initial = unsaved.slot if unsaved else secrets.token_hex(16)
            version = unsaved.based_on if unsaved and unsaved.based_on else self.instance.version
            self.fields["read_version"].initial = version

        if "tag_words" in self.fields and self.instance.pk:
            self.fields["tag_words"].initial = as_words(list(self.instance.tags.all()))
        self._name_dates_and_times()

    def _name_dates_and_times(self) -> None:
        """The admin shows the words beside them, and ties them to nothing."""
        for name in DATED & self.fields.keys():
            label = self.fields[name].label
            for part, widget in zip(
                ("date", "time"), self.fields[name].widget.widgets, strict=True
            ):
                widget.attrs["aria-label"] = f"{label}: {part}"

    @property
    def changes_the_post(self) -> bool:
        """Whether anything of the post itself is another."""
        return bool(set(self.changed_data) - OWN_FIELDS)

    def clean_tag_words(self) -> str:
        words: str = self.cleaned_data["tag_words"]
        if any(len(name) > 100 for name in names_in(words)):
            raise ValidationError("A tag has at most 100 characters.")
        return words

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk:
            self._refuse_what_was_read_earlier(cleaned)
        if cleaned.get("status") in Post.PUBLIC:
            self._refuse_pictures_without_words(cleaned)
        return cleaned

    def _refuse_what_was_read_earlier(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("read_version") in (None, self.instance.version):
            return
        self.conflict = compare(
            self.instance.body.replace("\r\n", "\n"),
            cleaned.get("body", "").replace("\r\n", "\n"),
        )
        again: Any = self.data
        self.data = again = again.copy()
        again[self.add_prefix("read_version")] = str(self.instance.version)
        raise ValidationError(
            "This post was saved elsewhere after you opened it here. Nothing is lost: your text"
            " is below, theirs in the history. Save again to put yours in its place.",
            code="conflict",
        )

    def _refuse_pictures_without_words(self, cleaned: dict[str, Any]) -> None:
        body_format = cleaned.get("body_format") or self.instance.body_format
        html = Post(body=cleaned.get("body", ""), body_format=body_format).rendered_body()
        known = _wordless(self.stored_html)  # what was public before need not be mended now
        wordless = [source for source in _wordless(html) if source not in known]
        if wordless:
            self.add_error("body", _ask_for_words(wordless))


class PictureForm(forms.ModelForm):
    """A file to upload."""

    file = forms.FileField(
        help_text="JPEG, PNG, WebP or GIF. Place and camera are taken out of what readers get."
    )

    class Meta:
        model = Picture
        fields: list[str] = []

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            check_upload(file, file.name)
        except NotAPicture as error:
            raise ValidationError(str(error)) from error
        return file


def _wordless(html: str) -> list[str]:
    return [one.get("src", "") for one in images_in(html) if not one.get("alt", "").strip()]


def _ask_for_words(wordless: list[str]) -> str:
    count = "A picture has" if len(wordless) == 1 else f"{len(wordless)} pictures have"
    return (
        f"{count} no words for readers who can't see it: {', '.join(wordless)}. Before publishing"
        " write what it shows between the brackets, as in ![A red door](…)."
    )
