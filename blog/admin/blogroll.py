"""The blogs that the authors read, in the admin."""

from django.contrib import admin

from blog.models import Blogroll


@admin.register(Blogroll)
class BlogrollAdmin(admin.ModelAdmin):
    list_display = ["title", "address", "feed"]
    search_fields = ["title", "address"]
