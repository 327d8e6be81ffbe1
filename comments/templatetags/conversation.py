"""What templates ask of comments that is not the comment's own."""

from django import template

from comments.shapes import shape_of
from comments.views.own import status_address

register = template.Library()
register.simple_tag(shape_of, name="shape")
register.filter("status_address", status_address)
