"""Forms of `accounts`: their shape; the rules stand in `portal.domain.accounts` and `portal.domain.posts`."""

from collections.abc import Iterable

from wtforms import (
    DateField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from blueprints.accounts import labels
from portal.domain.accounts import Account
from portal.domain.accounts.people import WantedRole
from portal.domain.accounts.scopes import WHOLE_COUNTY, Scope, ScopeKind, choices
from portal.domain.permissions import Role
from portal.web.forms import PortalForm, options
from portal.web.words import ROLES

LONGEST_TYPED = 1000
NOTHING = ""
HOLDER, SUBSTITUTE = "holder", "substitute"
LENGTH_HINT = (
    "Mindestens 12 Zeichen, besser 15 oder mehr. Gut sind vier Wörter ohne Zusammenhang. "
    "Sonderzeichen sind nicht nötig."
)


def _typed(message: str) -> list[object]:
    return [InputRequired(message), Length(max=LONGEST_TYPED, message="Das ist zu lang.")]


class SignInForm(PortalForm):
    """Mail and password."""

    mail = EmailField(
        "E-Mail-Adresse",
        _typed("Geben Sie Ihre E-Mail-Adresse ein."),
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Passwort",
        _typed("Geben Sie Ihr Passwort ein."),
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(PortalForm):
    """The second factor."""

    code = StringField(
        "Code",
        _typed("Geben Sie den Code ein."),
        description="6 Ziffern aus der App",
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "dir": "ltr"},
    )


class NewPasswordForm(PortalForm):
    """A new password, typed twice."""

    new_password = PasswordField(
        "Neues Passwort",
        _typed("Geben Sie ein neues Passwort ein."),
        description=LENGTH_HINT,
        render_kw={"autocomplete": "new-password"},
    )
    repeat_password = PasswordField(
        "Neues Passwort noch einmal",
        [EqualTo("new_password", "Die beiden Passwörter sind nicht gleich.")],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password for the old one."""

    old_password = PasswordField(
        "Bisheriges Passwort",
        _typed("Geben Sie Ihr bisheriges Passwort ein."),
        render_kw={"autocomplete": "current-password"},
    )


class ConfirmForm(PortalForm):
    """Who is here, asked again before something important."""

    password = PasswordField(
        "Passwort",
        _typed("Geben Sie Ihr Passwort ein."),
        render_kw={"autocomplete": "current-password"},
    )
    code = StringField(
        "Code aus der App",
        [Optional(), Length(max=LONGEST_TYPED, message="Das ist zu lang.")],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "dir": "ltr"},
    )


class RoleForm(PortalForm):
    """A role and what it is limited to."""

    role = SelectField(
        "Rolle",
        [InputRequired("Wählen Sie eine Rolle.")],
        choices=options([(NOTHING, "Bitte wählen"), *ROLES.items()]),
    )
    scope = SelectField("Bereich", [Optional()], default=NOTHING)

    def offer_scopes(self) -> None:
        """Fill in what the county has."""
        scopes = [
            (f"{kind}:{row_id}", f"{labels.SCOPE_KINDS[kind]}: {name}")
            for kind, rows in choices().items()
            for row_id, name in rows
        ]
        self.scope.choices = options([(NOTHING, "Ganzer Kreis"), *scopes])

    def wanted(self) -> WantedRole:
        """Return what was chosen."""
        kind, _colon, row_id = (self.scope.data or NOTHING).partition(":")
        scope = Scope(ScopeKind(kind), int(row_id)) if kind else WHOLE_COUNTY
        return WantedRole(Role(self.role.data), scope)


class InviteForm(RoleForm):
    """A new person with a first role."""

    name = StringField(
        "Name",
        [InputRequired("Geben Sie den Namen ein."), Length(max=120, message="Das ist zu lang.")],
        render_kw={"autocomplete": "off"},
    )
    mail = EmailField(
        "E-Mail-Adresse",
        [
            InputRequired("Geben Sie die E-Mail-Adresse ein."),
            Length(max=254, message="Das ist zu lang."),
        ],
        render_kw={"autocomplete": "off"},
    )


class AppointForm(PortalForm):
    """Who gets a post, as what and from when."""

    account = SelectField("Person", [InputRequired("Wählen Sie eine Person.")])
    kind = RadioField(
        "Aufgabe",
        choices=options([(HOLDER, "Hat die Stelle"), (SUBSTITUTE, "Vertritt")]),
        default=HOLDER,
    )
    valid_from = DateField("Ab", [InputRequired("Geben Sie einen Tag an.")])
    valid_to = DateField("Bis", [Optional()], description="Leer heißt: bis auf Weiteres.")

    def offer(self, people: Iterable[Account]) -> None:
        """Fill in who can be chosen."""
        self.account.choices = _people(people)


class EndForm(PortalForm):
    """The last day of a holding."""

    last_day = DateField("Letzter Tag", [InputRequired("Geben Sie einen Tag an.")])


class AbsenceForm(PortalForm):
    """Days away; no reason is asked."""

    first_day = DateField("Erster Tag", [InputRequired("Geben Sie einen Tag an.")])
    last_day = DateField("Letzter Tag", [InputRequired("Geben Sie einen Tag an.")])


class AbsenceOfForm(AbsenceForm):
    """Days on which somebody else is away."""

    account = SelectField("Person", [InputRequired("Wählen Sie eine Person.")])

    def offer(self, people: Iterable[Account]) -> None:
        """Fill in who can be chosen."""
        self.account.choices = _people(people)


def _people(people: Iterable[Account]) -> list[SelectChoice]:
    return options(
        [(NOTHING, "Bitte wählen"), *((str(person.id), person.name) for person in people)]
    )
