"""How authors are called where readers see them, and where the list of their posts is."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import slugify

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def name_of(author: "User") -> str:
    """The full name, else the name of the account."""
    return author.get_full_name() or author.get_username()


def slug_of(author: "User") -> str:
    """What the list of an author's posts is found by; empty for a name of signs alone."""
    return slugify(name_of(author), allow_unicode=True)


def path_of(author: "User") -> str:
    """Where the list of an author's posts is while there are any; empty without a slug."""
    slug = slug_of(author)
    return reverse("blog:author", args=[slug]) if slug else ""
