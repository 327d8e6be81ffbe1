"""The first page that the keeper of a new site fills in."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db import transaction

from core.choices import search_language_of, time_zone_choices
from core.models import SiteSettings
from core.site import save_site

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class TimeZoneSelect(forms.Select):
    """A list of time zones by region, with the present one even if it has an older name."""

    def __init__(self) -> None:
        super().__init__(choices=time_zone_choices())

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        groups: Any = super().optgroups(name, value, attrs)
        if any(option["selected"] for _, options, _ in groups for option in options):
            return groups
        kept = [(None, [self.create_option(name, one, one, True, 0)], -1) for one in value if one]
        return [*kept, *groups]


class FirstRunForm(forms.ModelForm):
    """Title, author and what a start needs beside them; the rest can wait."""

    author = forms.CharField(
        label="Your name",
        max_length=150,
        help_text="As it shall stand under what you write.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    class Meta:
        model = SiteSettings
        fields = ["title", "tagline", "language", "time_zone"]
        widgets: ClassVar = {"time_zone": TimeZoneSelect}

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
