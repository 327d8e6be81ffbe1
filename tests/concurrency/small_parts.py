"""The site, with pages in parts of a few comments, as a conversation of hundreds has them."""

from importlib import import_module
from typing import Any

from config.wsgi import application

__all__ = ["application"]

# Only now: models can't be imported before the application has set Django up.
parts: Any = import_module("comments.thread_parts")
parts.LONG, parts.ONE_IN = 6, 4
