"""Who is called otherwise from now on is still found where they were, whoever changed the name.

Receivers, since accounts are Django's: the admin's page saves them, and so does the first page that
the keeper of a new site fills in, which can't know of posts.
"""

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from django.contrib.auth import get_user_model

from blog.archive import authors_called
from blog.author_names import path_of, slug_of
from blog.old_addresses import leave_redirect

if TYPE_CHECKING:
    from django.contrib.auth.models import User

NAMES: Final = frozenset({"username", "first_name", "last_name"})


def note_old_name(*, instance: "User", raw: bool, update_fields: Any, **_: object) -> None:
    """Receiver of `pre_save`: keep where the list of somebody's posts is, if there is one.

    Two queries; none for a new account and where no name is saved.
    """
    was: Any = None
    if instance.pk and not raw and (update_fields is None or NAMES & set(update_fields)):
        was = get_user_model().objects.filter(pk=instance.pk).first()
    has_list = was is not None and path_of(was) and was in authors_called(slug_of(was))
    instance.was_called = was if has_list else None  # type: ignore[attr-defined]


def leave_old_name(*, instance: "User", **_: object) -> None:
    """Receiver of `post_save`: the list and its feeds stay found, unless another is called so."""
    was = instance.__dict__.pop("was_called", None)
    now = path_of(instance)
    if was is None or not now or path_of(was) == now:
        return
    if not authors_called(slug_of(was)):
        leave_redirect(old_path=unquote(path_of(was)), new_path=now)
