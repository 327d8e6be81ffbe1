"""The first page that the keeper of a new site fills in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction

from core.choices import search_language_of
from core.models import SiteSettings
from core.site import save_site

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class FirstRunForm(forms.ModelForm):
    """Title, author and what a start needs beside them; the rest can wait."""

    author = forms.CharField(
        label="Your name", max_length=150, help_text="As it shall stand under what you write."
    )

    class Meta:
        model = SiteSettings
        fields = ["title", "tagline", "language", "time_zone"]

    field_order = ["title", "tagline", "author", "language", "time_zone"]

    def set_up(self, by: "User") -> SiteSettings:
        """Store the site's first settings, and the name of their author, in one transaction."""
        site: SiteSettings = self.instance
        site.search_language = search_language_of(site.language)
        first, _, last = self.cleaned_data["author"].rpartition(" ")
        by.first_name, by.last_name = (first, last) if first else (last, "")
        with transaction.atomic():
            by.save(update_fields=["first_name", "last_name"])
            save_site(site)
        return site

    def clean_author(self) -> Any:
        return " ".join(self.cleaned_data["author"].split())
