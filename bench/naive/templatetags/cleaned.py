import bleach
from django import template
from django.utils.safestring import mark_safe

register = template.Library()


@register.filter
def cleaned(text):
    return mark_safe(bleach.clean(text, tags={"a", "em", "strong", "p", "br"}))  # noqa: S308
