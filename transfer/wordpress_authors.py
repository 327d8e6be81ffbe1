"""Accounts for the authors of an export: names under posts, unable to sign in."""

import re
from itertools import count
from typing import TYPE_CHECKING, Final

from django.contrib.auth import get_user_model
from django.utils.text import slugify

from blog.author_names import path_of
from transfer.models import ImportedItem
from transfer.old_paths import leave_redirects, numbered
from transfer.origin import Origin, external_id
from transfer.report import Report
from transfer.wordpress_html import plain_text
from transfer.wxr import Fields

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KIND: Final = ImportedItem.Kind.AUTHOR
NOT_IN_USERNAMES: Final = re.compile(r"[^\w.+-]+")


class Authors:
    """Who wrote what: one given account, or one inactive account for each author of the blog.

    An account that no import of this blog made is never used: a file must not be able to speak in
    the name of the people who are here.
    """

    def __init__(self, origin: Origin, exported: dict[str, Fields], only: "User | None") -> None:
        self.origin, self.exported, self.only = origin, exported, only
        self._known: dict[str, User] = {}

    def find(self, login: str, report: Report) -> "User":
        """The account for a WordPress login, made where there is none yet."""
        if login not in self._known:
            author = self._author(login, report)
            if path := path_of(author):
                leave_redirects(self._old_paths(login), path, report)
            self._known[login] = author
        return self._known[login]

    def _author(self, login: str, report: Report) -> "User":
        if self.only is not None:
            return self.only
        return self._made_before(login) or self._make(login, report)

    def _old_paths(self, login: str) -> list[str]:
        number = self.exported.get(login, {}).get("wp:author_id", "")
        nicename = slugify(login.replace(".", "-"))  # as WordPress makes it
        return [*([f"/author/{nicename}/"] if nicename else []), *numbered("author", number)]

    def _made_before(self, login: str) -> "User | None":
        object_id = self.origin.find(KIND, external_id(login))
        return get_user_model().objects.filter(pk=object_id or 0).first()

    def _make(self, login: str, report: Report) -> "User":
        first, last = _names(self.exported.get(login, {}))
        user = get_user_model()(
            username=_free_username(login), first_name=first, last_name=last, is_active=False
        )
        user.set_unusable_password()
        user.save()
        self.origin.remember(KIND, {external_id(login): user.pk}, replace=True)
        report.add("authors", "made: inactive account")
        return user


def _names(fields: Fields) -> tuple[str, str]:
    """First and last name if together they are the name the blog shows; else that name alone."""
    first, last, shown = (
        plain_text(fields.get(f"wp:author_{name}", ""))[:150]
        for name in ("first_name", "last_name", "display_name")
    )
    if shown in {"", f"{first} {last}".strip()}:
        return first, last
    return shown, ""


def _free_username(login: str) -> str:
    """The login, without what would make it a mail address, in a form nobody has here."""
    wanted = NOT_IN_USERNAMES.sub("-", login.partition("@")[0]).strip("-")[:140] or "author"
    users = get_user_model().objects
    for number in count(1):
        username = wanted if number == 1 else f"{wanted}-{number}"
        if not users.filter(username__iexact=username).exists():
            return username
    raise AssertionError("count() has no end")
