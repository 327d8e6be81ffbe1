from django.apps import AppConfig
from django.core import checks


class BlogConfig(AppConfig):
    name = "blog"

    def ready(self) -> None:
        # The models are there only now.
        from blog.checks import check_pictures, check_rendered  # noqa: PLC0415

        checks.register(check_rendered, checks.Tags.database)
        checks.register(check_pictures, checks.Tags.files, deploy=True)
