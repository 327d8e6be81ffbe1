"""Keeping what is typed: one row for each open form."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from blog.models import Autosave, Post
from blog.models.autosave import KEPT, AutosaveQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SHOWN: Final = 5


def keep_text(
    *, slot: str, post: Post | None, based_on: int, texts: Mapping[str, str], by: "User"
) -> Autosave | None:
    """Keep the texts of one form. None if that form was saved meanwhile.

    The caller has checked that `by` may edit the post. Two queries.
    """
    kept = {name: texts.get(name, "") for name in KEPT}
    changed = {**kept, "post": post, "based_on": based_on, "saved_at": timezone.now()}
    found, is_new = Autosave.objects.get_or_create(user=by, slot=slot, defaults=changed)
    if is_new:
        return found
    # Saved as a post in the same moment, it stays used up.
    if not Autosave.objects.waiting().filter(pk=found.pk).update(**changed):
        return None
    return found


def use_up(*, slot: str, by: "User") -> None:
    """The form of this slot was saved: its text is no longer needed."""
    spent = {**dict.fromkeys(KEPT, ""), "used_at": timezone.now(), "saved_at": timezone.now()}
    Autosave.objects.update_or_create(user=by, slot=slot, defaults=spent)


def waiting_for(user: "User", post: Post | None) -> list[Autosave]:
    """What `user` typed for a post (or for new ones) and did not save, newest first."""
    waiting: AutosaveQuerySet = Autosave.objects.waiting().filter(user=user, post=post)
    return [one for one in waiting[: 2 * SHOWN] if differs(one, post)][:SHOWN]


def used_slots(user: "User") -> list[str]:
    """The forms that were saved, for browsers that still hold a copy of them."""
    used = Autosave.objects.filter(user=user, used_at__isnull=False)
    return list(used.values_list("slot", flat=True)[:200])


def differs(one: Autosave, post: Post | None) -> bool:
    """Whether an unsaved text holds anything that the post does not."""
    if post is None:
        return bool(one.title.strip() or one.summary.strip() or one.body.strip())
    return any(_plain(getattr(one, name)) != _plain(getattr(post, name)) for name in KEPT)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
