"""System checks: an operator's mistake is a sentence at start, not a surprise at night."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string


def check_screener(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """comments.E001, E002: COMMENT_SCREENER names no screener. comments.W001: it is empty."""
    path = settings.COMMENT_SCREENER
    if not path:
        return [checks.Warning("No COMMENT_SCREENER: every comment will wait.", id="comments.W001")]
    try:
        screener = import_string(path)()
    except Exception as error:
        return [
            checks.Error(f"COMMENT_SCREENER {path!r} can't be loaded: {error}", id="comments.E001")
        ]
    if not (
        callable(getattr(screener, "screen", None)) and callable(getattr(screener, "record", None))
    ):
        return [
            checks.Error(
                f"COMMENT_SCREENER {path!r} lacks screen() or record().", id="comments.E002"
            )
        ]
    return []
