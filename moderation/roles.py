"""The two roles, kept by `migrate`: moderators decide everywhere, authors under their own posts."""

from typing import Any, Final

from django.contrib.auth.models import Group, Permission

ROLES: Final = {
    "moderator": [
        "moderation.moderate_any",
        "moderation.view_cannednote",
        "moderation.add_cannednote",
        "moderation.change_cannednote",
        "moderation.delete_cannednote",
        "moderation.view_logentry",
        "moderation.view_policy",
        "moderation.view_rule",
        "moderation.add_rule",
        "moderation.change_rule",
        "moderation.delete_rule",
        "moderation.view_source",
        "moderation.change_source",
    ],
    "author": [
        "moderation.moderate_own",
        "moderation.view_cannednote",
        "moderation.add_cannednote",
        "moderation.change_cannednote",
        "moderation.view_logentry",
        "moderation.view_rule",
        "moderation.view_source",
        "moderation.change_source",
        "blog.add_post",
        "blog.change_post",
        "blog.view_post",
        "blog.delete_post",
        "blog.add_picture",
        "blog.view_picture",
        "blog.delete_picture",
        "blog.add_tag",
        "blog.view_tag",
    ],
}


def ensure_roles(**kwargs: Any) -> None:
    """Receiver of post_migrate: make the groups and add what they lack; take nothing away."""
    for role, names in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        codenames = [name.partition(".")[2] for name in names]
        apps = {name.partition(".")[0] for name in names}
        wanted = Permission.objects.filter(content_type__app_label__in=apps, codename__in=codenames)
        group.permissions.add(*wanted)
