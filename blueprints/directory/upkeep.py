"""What the forms of the directory's upkeep share: from a draft into a form, and back."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from flask import Response
from wtforms import DateField, Field, IntegerField

from portal.domain.errors import RuleBroken
from portal.web.forms import PortalForm
from portal.web.render import page

Draft = TypeVar("Draft")
LONGEST_NUMBER = 9  # digits


def values_of(draft: Any) -> dict[str, Any]:
    """Return what a form starts with."""
    return {field.name: _shown(getattr(draft, field.name)) for field in fields(draft)}


def _shown(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def draft_of(form: PortalForm, kind: Callable[..., Draft], **others: Any) -> Draft:
    """Return what a form says; its fields are called as the draft's."""
    names = [name for name in kind.__dataclass_fields__ if name not in others]  # type: ignore[attr-defined] # drafts
    return kind(**{name: _said(form[name]) for name in names}, **others)


def _said(field: Field) -> Any:
    value = field.data
    if isinstance(field, DateField | IntegerField) or isinstance(value, bool):
        return value
    return tuple(value) if isinstance(value, list) else value or ""


def is_saved(form: PortalForm, save: Callable[[], object]) -> bool:
    """Check a form and save it; what is wrong stands at its fields afterwards."""
    if not form.validate():
        return False
    try:
        save()
    except RuleBroken as broken:
        form.refuse(broken)
        return False
    return True


def number(text: str | None) -> int:
    """Return a number that a form carries along; -1 if it carries none."""
    is_number = text and text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if text and is_number else -1


def with_empty(pairs: list[tuple[str, str]], label: str = "–") -> list[tuple[str, str]]:
    """Return choices with none of them first."""
    return [("", label), *pairs]


def texts(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return choices in German, whoever reads."""
    return [(code, str(text)) for code, text in words.items()]


def upkeep_page(
    form: PortalForm, *, heading: str, back: str, intro: str = "", label: str = "Speichern"
) -> Response:
    """Answer with a page that is one form and nothing else."""
    status = 422 if form.errors else 200
    shown = {"heading": heading, "back": back, "intro": intro, "label": label}
    return page("directory/staff_form.html", status, form=form, **shown)
