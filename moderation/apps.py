from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        # Models are loaded only now.
        from moderation.checks import check_outside_address, check_traces  # noqa: PLC0415
        from moderation.policy.shipped import ensure_policy  # noqa: PLC0415
        from moderation.roles import ensure_roles  # noqa: PLC0415
        from moderation.rules.shipped import ensure_rules  # noqa: PLC0415

        checks.register(check_outside_address)
        checks.register(check_traces, checks.Tags.database)
        post_migrate.connect(ensure_roles, sender=self, dispatch_uid="moderation.roles")
        post_migrate.connect(ensure_rules, sender=self, dispatch_uid="moderation.rules")
        post_migrate.connect(ensure_policy, sender=self, dispatch_uid="moderation.policy")
