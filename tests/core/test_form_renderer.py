"""Fields written by hand are those of Django's own templates, to the letter."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from core import form_renderer
from core.form_renderer import Renderer

TYPED = [
    "",
    " ",
    "plain",
    "<b>&\"'",
    "\n two \nlines ",
    "{{ x }}{% y %}",
    "%s",
    mark_safe("<i>"),
    0,
    7,
    True,
    None,
]
ATTRS = [
    {},
    {"id": "it", "maxlength": 5000, "required": True, "disabled": False},
    {
        "aria-describedby": "a b",
        "data-<x>": "<\"'>",
        "title": gettext_lazy("Yes"),
        "safe": mark_safe("a&b"),
    },
]
WIDGETS = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput,
    forms.HiddenInput, forms.DateInput, forms.DateTimeInput, forms.TimeInput, forms.Textarea,
    forms.CheckboxInput, forms.FileInput, forms.Select, forms.RadioSelect,
]  # fmt: skip


@pytest.mark.parametrize("attrs", ATTRS)
@pytest.mark.parametrize("widget", WIDGETS)
def test_it_is_what_django_writes(widget, attrs):
    for value in TYPED:
        for name in ("name", "form-0-<n>"):
            given = widget(attrs={"class": "x"})
            ours, theirs = (
                given.render(name, value, attrs, renderer=one())
                for one in (Renderer, DjangoTemplates)
            )
            assert ours == theirs
            assert type(ours) is type(theirs)


def test_the_plainest_are_written_by_hand_and_the_site_uses_them():
    for widget in WIDGETS[:-2]:
        assert widget.template_name in form_renderer.WRITTEN
    assert isinstance(forms.Form().renderer, Renderer)
