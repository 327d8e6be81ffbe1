"""A reason's evidence in templates."""

from django import template

from moderation import evidence

register = template.Library()
register.filter("readable", evidence.readable)
