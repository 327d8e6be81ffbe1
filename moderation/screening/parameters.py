"""A rule's parameters: how a kind declares them, how they are stored, and the form for them.

A parameter is a dataclass field with a default and a form field in its metadata. Stored as JSON;
`read` takes what is stored as critically as what is typed.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, field, fields
from typing import Any, TypeVar

from django import forms

P = TypeVar("P")

FORM_FIELD = "form field"


class UnreadableParameters(ValueError):
    """What is stored does not fit the kind (any more); the sentence says which parameter."""


def number(default: int, label: str, least: int, most: int, *, help_text: str = "") -> Any:
    """A whole number from `least` to `most`."""
    return parameter(
        default,
        forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text),
    )


def share(default: float, label: str, *, help_text: str = "") -> Any:
    """A number from 0 to 1."""
    return parameter(
        default, forms.FloatField(label=label, min_value=0, max_value=1, help_text=help_text)
    )


def choice(default: str, label: str, choices: Mapping[str, str], *, help_text: str = "") -> Any:
    """One of some strings; `choices` gives each its label."""
    return parameter(
        default,
        forms.ChoiceField(label=label, choices=list(choices.items()), help_text=help_text),
    )


def tick(label: str, *, default: bool = False, help_text: str = "") -> Any:
    """Yes or no."""
    return parameter(default, forms.BooleanField(label=label, required=False, help_text=help_text))


def lines(label: str, *, default: tuple[str, ...] = (), help_text: str = "") -> Any:
    """A tuple of strings, one a line in the form, empty lines left out."""
    return parameter(default, LinesField(label=label, required=False, help_text=help_text))


def parameter(default: Any, form_field: forms.Field) -> Any:
    """Any other: a default, and the form field that cleans what is typed or stored."""
    return field(default=default, metadata={FORM_FIELD: form_field})


class LinesField(forms.CharField):
    """Text whose lines are the values."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """The lines as a tuple, from text or from a stored list."""
        some = value if isinstance(value, list | tuple) else str(value or "").splitlines()
        return tuple(line.strip() for line in some if str(line).strip())

    def prepare_value(self, value: Any) -> Any:
        """The lines as text."""
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def validate(self, value: Any) -> None:
        """At least one where one is required."""
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Each line by itself."""
        for line in value:
            super().run_validators(line)


class CheckedLinesField(LinesField):
    """Lines that a function has to accept; what it raises is said with the line's number."""

    def __init__(self, *, check: Callable[[str], object], most: int = 2000, **options: Any) -> None:
        super().__init__(**options)
        self.check, self.most = check, most

    def to_python(self, value: Any) -> Any:
        """The lines as a tuple. ValidationError for each that `check` refuses by ValueError."""
        typed = value if isinstance(value, list | tuple) else str(value or "").splitlines()
        lines = [(number, str(line).strip()) for number, line in enumerate(typed, 1)]
        self._require_few(len(lines))
        faults = [fault for number, line in lines if line and (fault := self._fault(number, line))]
        if faults:
            raise forms.ValidationError(faults[:10])
        return super().to_python(value)

    def _fault(self, number: int, line: str) -> str:
        try:
            self.check(line)
        except ValueError as error:
            return f"Line {number}, “{line[:60]}”: {error}."
        return ""

    def _require_few(self, count: int) -> None:
        if count > self.most:
            raise forms.ValidationError(f"There are {count:,} lines; {self.most:,} are possible.")


def form_fields(kind_parameters: type) -> dict[str, forms.Field]:
    """The form field of each parameter, by name."""
    return {one.name: one.metadata[FORM_FIELD] for one in fields(kind_parameters)}


def defaults(kind_parameters: type) -> dict[str, Any]:
    """The value that each parameter has unless somebody sets another."""
    return {one.name: one.default for one in fields(kind_parameters) if one.default is not MISSING}


def read(kind_parameters: type[P], stored: Mapping[str, Any]) -> P:
    """The parameters from what is stored; what is not there is the default.

    Raises UnreadableParameters. A name that the kind does not know is passed over: an older
    release stored it.
    """
    values = {**defaults(kind_parameters), **stored}
    cleaned = {}
    for name, form_field in form_fields(kind_parameters).items():
        try:
            cleaned[name] = form_field.clean(values[name])
        except forms.ValidationError as error:
            raise UnreadableParameters(f"{form_field.label}: {' '.join(error.messages)}") from error
    return kind_parameters(**cleaned)
