"""What several pages of the desk show, in templates."""

from django import template

from core.days import second
from core.routes import address_of
from moderation.desk.page_html import address_html, slowed_html
from moderation.sources.reading import read_address

register = template.Library()
register.filter("read_address", read_address)
register.filter("address", address_html)
register.filter("slowed", slowed_html)
register.filter("second", second)


@register.filter
def card(comment_id: int) -> str:
    """The address of a comment's card."""
    return address_of("moderation:card", comment_id)
