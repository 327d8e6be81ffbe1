"""Accounts in the admin: Django's own page, but that nobody types when somebody joined."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):
    readonly_fields = ("last_login", "date_joined")
