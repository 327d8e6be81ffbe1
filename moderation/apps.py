from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        from moderation.roles import ensure_roles  # noqa: PLC0415 (models are loaded only now)

        post_migrate.connect(ensure_roles, sender=self, dispatch_uid="moderation.roles")
