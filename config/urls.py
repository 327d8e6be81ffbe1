"""Every address of the site. Comments and moderation are mounted where they are installed."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path
from django.utils.functional import lazy

from config import health
from core.site import current

admin.site.site_header = admin.site.site_title = lazy(lambda: current().title, str)()

handler400 = "core.views.bad_request"

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("", include("core.urls")),
]
if apps.is_installed("moderation"):
    urlpatterns.append(path("admin/queue/", include("moderation.urls")))
    urlpatterns.append(path("decide/", include("moderation.desk.decide_urls")))
    urlpatterns.append(path("policy/", include("moderation.policy.urls")))
    urlpatterns.append(path("", include("moderation.ledger.urls")))
    urlpatterns.append(path("", include("moderation.public_urls")))
urlpatterns.append(path("admin/", admin.site.urls))
if apps.is_installed("comments"):
    # The page view of the blog answers any first path segment, so it comes last.
    from comments.urls import blog_patterns

    urlpatterns += [path("", include("comments.urls")), path("", include(blog_patterns))]
else:
    urlpatterns.append(path("", include("blog.urls")))
