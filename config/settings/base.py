"""Settings that hold everywhere. dev, test and prod only override; docs/settings.md lists them."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import database, env

BASE_DIR = Path(__file__).resolve().parent.parent.parent

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
DEBUG = False
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",  # its search and its index of arrays; no extension is used
    # Redirects hang on a site; there is one, and its row is never looked at for a name.
    "django.contrib.sites",
    "django.contrib.redirects",
    "mptt",
    "procrastinate.contrib.django",
    "simple_history",
    # From below upwards: the roles are made last, out of everybody's permissions.
    "core",
    "blog",
    "comments",
    "moderation",
    "transfer",
    "config",
]

MIDDLEWARE = [
    "core.headers.unchanged",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.headers.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "blog.old_addresses.old_addresses",
    "core.site.locale",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.site",
                "core.context.mail",
                "moderation.context.queue",
            ],
        },
    },
]

FORM_RENDERER = "core.form_renderer.Renderer"

DATABASES = {"default": database.from_environment()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
SITE_ID = 1

# These hold until the first-run page has made a row of settings (core.models.SiteSettings), as do
# the title, the tagline, POSTS_PER_PAGE and COMMENTS_CLOSE_AFTER_DAYS below.
LANGUAGE_CODE = env.text("LANGUAGE", "en")
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.text("STATIC_ROOT") or BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]

# Pictures: the originals, which nothing serves, and what is made of them.
MEDIA_ROOT = env.text("MEDIA") or BASE_DIR / "media"
PICTURE_MAX_MB = env.integer("PICTURE_MAX_MB", 20, at_least=1)

# Public pages carry no CSRF token (it would set a cookie); core/guards.py looks at Origin instead,
# which needs the referrer policy not to blank it on the site's own requests.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True

# How many reverse proxies stand before gunicorn; 0 trusts no forwarded address.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0)

# The address that mails name: never a request's Host, which its sender chooses.
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_TITLE = env.text("SITE_TITLE", "Colloquy")
SITE_TAGLINE = env.text("SITE_TAGLINE", "Long arguments, kept civil")

# Which screener gives a new comment its first status; empty: every comment waits.
COMMENT_SCREENER = "moderation.screening.screener.Screener"
COMMENT_MAX_LENGTH = env.integer("COMMENT_MAX_LENGTH", 20_000, at_least=1)
# From so many characters on, a line break counted as 60, a comment is shown folded; 0: never.
COMMENT_FOLD_LENGTH = env.integer("COMMENT_FOLD_LENGTH", 3_000)
COMMENT_DISPLAY_DEPTH = env.integer("COMMENT_DISPLAY_DEPTH", 5, at_least=1)
COMMENTS_CLOSE_AFTER_DAYS = env.integer("COMMENTS_CLOSE_AFTER_DAYS", 0)
COMMENTS_PER_PAGE = env.integer("COMMENTS_PER_PAGE", 100, at_least=1)
# At so many reports by different readers a comment waits for a moderator again; 0: never.
COMMENT_REPORTS_TO_HOLD = env.integer("REPORTS_TO_HOLD", 0)
# Days after which texts that nobody may read are erased, and senders' networks; 0: never.
KEEP_REFUSED_DAYS = env.integer("KEEP_REFUSED_DAYS", 365)
KEEP_NETWORKS_DAYS = env.integer("KEEP_NETWORKS_DAYS", 90)
# The outside check (moderation/outside.py): without a key nothing is ever sent.
AKISMET_KEY = env.text("AKISMET_KEY")
AKISMET_ADDRESS = env.text("AKISMET_ADDRESS", "https://rest.akismet.com/1.1/comment-check")
POSTS_PER_PAGE = env.integer("POSTS_PER_PAGE", 10, at_least=1)

# Mail goes by core/mail.py. MAILERS has the shape of Django 6.1's setting, which there replaces the
# EMAIL_ ones. The worker waits for a mail server at most this long at a time; no page ever does.
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM") or f"colloquy@{urlsplit(SITE_URL).hostname}"
# The hour of the day, in TIME_ZONE, at which the daily mails go.
DIGEST_HOUR = env.integer("DIGEST_HOUR", 7, at_most=23)
# Hosts, as a webhook's address names them, that may lead into the server's own network.
WEBHOOK_PRIVATE_HOSTS = env.words("WEBHOOK_PRIVATE_HOSTS")
# By it a mail provider's events are known to be the provider's; empty: none are taken.
MAIL_EVENTS_SECRET = env.text("MAIL_EVENTS_SECRET")
SMTP_TLS = env.choice("SMTP_TLS", "starttls", among=("starttls", "tls", "none"))
MAILERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.text("SMTP_HOST"),
            "port": env.integer("SMTP_PORT", 587, at_least=1),
            "username": env.text("SMTP_USER"),
            "password": env.text("SMTP_PASSWORD"),
            "use_tls": SMTP_TLS == "starttls",
            "use_ssl": SMTP_TLS == "tls",
            "timeout": 10,
        },
    }
}

# An app's own jobs stand in its jobs.py; the second finds those that stand elsewhere.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = ["core.mail", "blog.index_jobs"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
