from django.apps import AppConfig
from django.core import checks


class CommentsConfig(AppConfig):
    name = "comments"

    def ready(self) -> None:
        from comments.checks import check_rendered, check_screener  # noqa: PLC0415 (models are loaded only now)

        checks.register(check_screener)
        checks.register(check_rendered, checks.Tags.database)
