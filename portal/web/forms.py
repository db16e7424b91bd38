"""What every form shares: clean text, coded choices, honest lengths."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field, SelectMultipleField, widgets
from wtforms.fields import BooleanField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from portal.domain.errors import RuleBroken
from portal.domain.text import clean
from portal.i18n import _


def options(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Return the choices of a field from pairs of code and label."""
    return [SelectChoice(code, label) for code, label in pairs]


def cleaned(value: Any) -> Any:
    """Clean a text entry; leave everything else."""
    return clean(value) if isinstance(value, str) else value


class _OwnWords:
    """WTForms' few own complaints in our words: its catalogs lack languages, and it repeats what was sent."""

    def gettext(self, text: str) -> str:
        """Return our sentence for one of WTForms'; forms word most complaints themselves."""
        if "choice" in text:
            return str(_("Bitte wählen Sie eine der Antworten."))
        if "date" in text:
            return str(_("Bitte geben Sie einen Tag an."))
        return str(_("Bitte prüfen Sie Ihre Angaben"))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the same for one and for many."""
        return self.gettext(singular)


class PortalForm(FlaskForm):
    """A form whose text fields are cleaned before they are checked."""

    class Meta(FlaskForm.Meta):
        """Bind the clean-up to every text field."""

        def get_translations(self, form: BaseForm) -> _OwnWords:
            """Return where complaints come from that a form does not word itself."""
            return _OwnWords()

        def bind_field(self, form: BaseForm, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Add the clean-up as the first filter of text fields; passwords stay as they were typed."""
            kind = unbound_field.field_class
            if issubclass(kind, BooleanField):
                # a box sends what the page offers, whatever came in its place
                own_attributes = unbound_field.kwargs.get("render_kw") or {}
                options = {**options, "render_kw": {"value": "y", **own_attributes}}
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                own = unbound_field.kwargs.get("filters", ())
                options = {**options, "filters": [cleaned, *own]}
            return DefaultMeta.bind_field(self, form, unbound_field, options)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read the entries; what is no text at all (a number, a day) is shown again as it was typed, but clean."""
        super().process(*args, **kwargs)
        for field in self:
            if field.raw_data:
                field.raw_data = [cleaned(entry) for entry in field.raw_data]

    def hidden_tag(self, *fields: str) -> Markup:
        """Return the hidden fields, without ids: a page may have several forms."""
        hidden = (self[name] for name in fields) if fields else self
        return Markup("\n").join(
            field(id=False) for field in hidden if isinstance(field.widget, widgets.HiddenInput)
        )

    def refuse(self, broken: RuleBroken) -> None:
        """Show a broken rule at its field, or at the whole form."""
        if broken.field in self._fields:
            field = self._fields[broken.field]
            field.errors = [*field.errors, str(broken.message)]
        else:
            self.form_errors.append(str(broken.message))


class MultiCheckbox(SelectMultipleField):
    """Several choices, each a box to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()
