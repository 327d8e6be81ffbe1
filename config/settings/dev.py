"""For `dev.py up`: the embedded Postgres, loopback only."""

from config import embedded, env
from config.settings.base import *  # noqa: F403
from config.settings.base import MAILERS, SECRET_KEY

# Starting the database makes the folder's key; commands that need none run without.
SECRET_KEY = SECRET_KEY or embedded.secret_key(embedded.data_folder()) or "no-data-folder-yet"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
MEDIA_ROOT = env.text("MEDIA") or embedded.data_folder() / "media"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

if not MAILERS["default"]["OPTIONS"]["host"]:
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
