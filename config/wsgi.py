"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

long_way = get_wsgi_application()

from core.private_cookies import private_cookies  # noqa: E402 (it asks for the settings)
from core.short_way import short_way  # noqa: E402

application = short_way(long_way, private_cookies())
