from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.checks import register  # noqa: PLC0415 (settings are whole only now)

        register()
