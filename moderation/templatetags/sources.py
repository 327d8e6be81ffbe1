"""Addresses in templates of the desk."""

from django import template

from moderation.sources.reading import read_address

register = template.Library()
register.filter("read_address", read_address)
