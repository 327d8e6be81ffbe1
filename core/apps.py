from django.apps import AppConfig
from django.db.backends.signals import connection_created

from core.timestamps import read_moments_fast


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        connection_created.connect(read_moments_fast)
