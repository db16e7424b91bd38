"""What every form shares: clean text, coded choices, honest lengths."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, SelectMultipleField, widgets
from wtforms.fields import PasswordField, StringField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from portal.domain.errors import RuleBroken
from portal.domain.text import clean


def cleaned(value: Any) -> Any:
    """Clean a text entry; leave everything else."""
    return clean(value) if isinstance(value, str) else value


class PortalForm(FlaskForm):
    """A form whose text fields are cleaned before they are checked."""

    class Meta(FlaskForm.Meta):
        """Bind the clean-up to every text field."""

        def bind_field(self, form: BaseForm, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Add the clean-up as the first filter of text fields; passwords stay as they were typed."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                own = unbound_field.kwargs.get("filters", ())
                options = {**options, "filters": [cleaned, *own]}
            return DefaultMeta.bind_field(self, form, unbound_field, options)

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
