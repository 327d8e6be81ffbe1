from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db.models.signals import post_save, pre_save


class BlogConfig(AppConfig):
    name = "blog"

    def ready(self) -> None:
        # The models are there only now.
        from blog.checks import check_pictures, check_rendered  # noqa: PLC0415
        from blog.renaming import leave_old_name, note_old_name  # noqa: PLC0415

        pre_save.connect(note_old_name, sender=settings.AUTH_USER_MODEL)
        post_save.connect(leave_old_name, sender=settings.AUTH_USER_MODEL)
        checks.register(check_rendered, checks.Tags.database)
        checks.register(check_pictures, checks.Tags.files, deploy=True)
