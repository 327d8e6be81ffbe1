"""Accounts in the admin: Django's own page, but that another name leaves a redirect."""

from typing import Any
from urllib.parse import unquote

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest

from blog.archive import authors_called
from blog.author_names import path_of, slug_of
from blog.old_addresses import leave_redirect

admin.site.unregister(User)


@admin.register(User)
class AuthorAdmin(UserAdmin):
    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """The list of an author's posts and its feeds stay found when the name changes, unless
        another author is called so.
        """
        before = User.objects.get(pk=obj.pk) if change else None
        had_list = before is not None and before in authors_called(slug_of(before))
        super().save_model(request, obj, form, change)
        now = path_of(obj)
        if before is not None and had_list and now and not authors_called(slug_of(before)):
            leave_redirect(old_path=unquote(path_of(before)), new_path=now)
