"""Forms of `intake`: their shape; the rules stand in `portal.domain.intake`."""

import re
import secrets
from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from blueprints.intake import labels
from portal.domain.intake import answers as codes
from portal.domain.intake.answers import Answers
from portal.i18n import _, _l
from portal.web.forms import MultiCheckbox, PortalForm, options
from portal.web.words import OTHER_LANGUAGE

OTHER_TOWN = "andere-stadt"
STATE_ACCOMMODATION = "landesunterkunft"
SUBMISSION_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
NOTHING = ""


def new_submission_key() -> str:
    """Return a fresh key for one filled-in form: 128 bits."""
    return secrets.token_urlsafe(16)


class RequestForm(PortalForm):
    """The public form: one page, four answers required."""

    town = SelectField(
        _l("In welcher Stadt wohnen Sie?"),
        [InputRequired(_l("Bitte wählen Sie Ihre Stadt."))],
    )
    display_name = StringField(
        _l("Wie dürfen wir Sie nennen?"),
        [
            InputRequired(_l("Bitte sagen Sie uns, wie wir Sie nennen dürfen.")),
            Length(
                max=codes.LONGEST_NAME, message=_l("Bitte schreiben Sie höchstens %(max)d Zeichen.")
            ),
        ],
        description=_l("Der Vorname reicht."),
        render_kw={"autocomplete": "name"},
    )
    contact = StringField(
        _l("Wie erreichen wir Sie?"),
        [
            InputRequired(_l("Bitte geben Sie eine Telefonnummer oder eine E-Mail-Adresse an.")),
            Length(
                max=codes.LONGEST_CONTACT,
                message=_l("Bitte schreiben Sie höchstens %(max)d Zeichen."),
            ),
        ],
        description=_l("Telefon oder E-Mail"),
        # a shared phone must not suggest the numbers of whoever wrote before
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )
    contact_wish = RadioField(
        _l("Wie sollen wir uns melden?"),
        [Optional()],
        choices=options(labels.CONTACT_WISHES.items()),
        default="any",
    )
    best_time = RadioField(
        _l("Wann passt es?"),
        [Optional()],
        choices=options(labels.BEST_TIMES.items()),
        default="any",
    )
    spoken_language = SelectField(_l("In welcher Sprache sprechen wir?"), [Optional()])
    interpreter = BooleanField(_l("Ich brauche jemanden zum Übersetzen."))
    topics = MultiCheckbox(
        _l("Worum geht es?"),
        [Optional()],
        choices=options(labels.TOPICS.items()),
        description=_l("Sie können bis zu fünf Themen wählen."),
    )
    age_band = RadioField(
        _l("Wie alt sind Sie?"),
        [Optional()],
        choices=options(labels.AGE_BANDS.items()),
        default="not_said",
        description=_l(
            "Sind Sie unter 18? Dann hilft Ihnen auch der Jugendmigrationsdienst. "
            "Sprechen Sie bitte mit Ihren Eltern oder mit der Person, die das Sorgerecht hat."
        ),
    )
    free_text = TextAreaField(
        _l("Möchten Sie uns noch etwas sagen?"),
        [
            Optional(),
            Length(
                max=codes.LONGEST_TEXT, message=_l("Bitte schreiben Sie höchstens %(max)d Zeichen.")
            ),
        ],
        description=_l(
            "Bitte schreiben Sie hier nichts über Ihren Aufenthaltsstatus, Krankheiten oder Straftaten."
        ),
        render_kw={"rows": 4, "dir": "auto"},
    )
    on_behalf = BooleanField(_l("Ich helfe jemandem beim Ausfüllen."))
    relation = RadioField(
        _l("Woher kennen Sie die Person?"),
        choices=options(labels.RELATIONS.items()),
        default=NOTHING,
        validate_choice=False,  # asked for only when somebody helps
    )
    helper = StringField(
        _l("Ihr Name oder Ihre Stelle"),
        [
            Optional(),
            Length(
                max=codes.LONGEST_NAME, message=_l("Bitte schreiben Sie höchstens %(max)d Zeichen.")
            ),
        ],
    )
    agreed = BooleanField(_l("Die Person weiß Bescheid und ist einverstanden."))
    consent = BooleanField(_l("Ja, ich bin einverstanden."))
    website = StringField(
        _l("Bitte leer lassen"), render_kw={"autocomplete": "off", "tabindex": "-1"}
    )
    channel = HiddenField(default=codes.UNKNOWN_CHANNEL)
    edition = HiddenField()
    submission_key = HiddenField(default=new_submission_key)
    rendered_at = HiddenField()
    consent_version = HiddenField()

    def offer(self, *, towns: Iterable[Any], languages: Iterable[str]) -> None:
        """Fill in what the county offers."""
        self.town.choices = options(
            (
                (NOTHING, _l("Bitte wählen")),
                *((town.slug, town.name) for town in towns),
                (OTHER_TOWN, _l("Andere Stadt")),
                (STATE_ACCOMMODATION, _l("Landesunterkunft (ZUE)")),
            )
        )
        self.spoken_language.choices = options(
            (code, labels.own_language_name(code)) for code in (*languages, OTHER_LANGUAGE)
        )

    @property
    def helps(self) -> bool:
        """Whether somebody fills in the form for somebody else; whoever says how, need not tick the box."""
        return bool(self.on_behalf.data or self.relation.data or self.helper.data)

    def validate_topics(self, field: MultiCheckbox) -> None:
        """Refuse more than five topics."""
        if len(field.data or ()) > codes.MOST_TOPICS:
            raise ValidationError(_("Bitte wählen Sie höchstens fünf Themen."))

    def validate_relation(self, field: RadioField) -> None:
        """Ask who helps, if somebody does."""
        if self.helps and field.data not in labels.RELATIONS:
            raise ValidationError(_("Bitte sagen Sie uns, woher Sie die Person kennen."))

    def validate_agreed(self, field: BooleanField) -> None:
        """Ask the helper for the person's agreement."""
        if self.helps and not field.data:
            raise ValidationError(
                _("Bitte bestätigen Sie: Die Person weiß Bescheid und ist einverstanden.")
            )

    def validate_consent(self, field: BooleanField) -> None:
        """Refuse to store anything without consent."""
        if not field.data:
            raise ValidationError(
                _(
                    "Ohne Ihr Einverständnis dürfen wir Ihre Angaben nicht speichern. Sie können uns auch anrufen."
                )
            )

    def validate_submission_key(self, field: HiddenField) -> None:
        """Give the form a fresh key if a machine broke it."""
        if not SUBMISSION_KEY.fullmatch(field.data or ""):
            field.data = new_submission_key()
            raise ValidationError(_("Bitte senden Sie das Formular noch einmal."))

    def answers(self, language: str) -> Answers:
        """Return what was filled in, as codes."""
        return Answers(
            town=self.town.data,
            display_name=self.display_name.data or "",
            contact=self.contact.data or "",
            contact_wish=self.contact_wish.data or "any",
            best_time=self.best_time.data or "any",
            spoken_language=self.spoken_language.data or language,
            interpreter=bool(self.interpreter.data),
            topics=tuple(self.topics.data or ()),
            age_band=self.age_band.data or "not_said",
            free_text=self.free_text.data or "",
            relation=(self.relation.data or "") if self.helps else "",
            helper=self.helper.data or "",
            agreed=bool(self.agreed.data),
            consent=bool(self.consent.data),
            language=language,
            channel=known_channel(self.channel.data),
            edition=known_edition(self.edition.data),
            submission_key=self.submission_key.data,
        )


def known_channel(code: str | None) -> str:
    """Return the access channel a link names, or that it names none we know."""
    return code if code in codes.CHANNELS else codes.UNKNOWN_CHANNEL


def known_topics(wanted: Iterable[str]) -> list[str]:
    """Return the topics a link names, as many as may be chosen; what is none is not kept."""
    known = [topic for topic in dict.fromkeys(wanted) if topic in labels.TOPICS]
    return known[: codes.MOST_TOPICS]


def known_edition(raw: str | None) -> str:
    """Return the edition of a flyer; what is none is not kept."""
    return raw if raw and codes.EDITION.fullmatch(raw) else ""


class CodeForm(PortalForm):
    """Where a person enters their return code."""

    code = StringField(
        _l("Ihr Code"),
        [InputRequired(_l("Bitte geben Sie Ihren Code ein.")), Length(max=60)],
        description=_l("16 Zeichen, zum Beispiel ACEF-HJKM-NPRT-WXY3"),
        render_kw={"autocomplete": "off", "dir": "ltr", "spellcheck": "false"},
    )


class MessageForm(PortalForm):
    """A message to the other side."""

    text = TextAreaField(
        _l("Ihre Nachricht"),
        [
            InputRequired(_l("Bitte schreiben Sie Ihre Nachricht.")),
            Length(
                max=codes.LONGEST_MESSAGE,
                message=_l("Bitte schreiben Sie höchstens %(max)d Zeichen."),
            ),
        ],
        render_kw={"rows": 4, "dir": "auto"},
    )


class ContactForm(PortalForm):
    """The way a person can be reached, corrected."""

    contact = StringField(
        _l("Telefon oder E-Mail"),
        [
            InputRequired(_l("Bitte geben Sie eine Telefonnummer oder eine E-Mail-Adresse an.")),
            Length(
                max=codes.LONGEST_CONTACT,
                message=_l("Bitte schreiben Sie höchstens %(max)d Zeichen."),
            ),
        ],
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )


class WithdrawForm(PortalForm):
    """The person takes their request back."""

    sure = BooleanField(
        _l("Ja, bitte löschen Sie meine Angaben."),
        [InputRequired(_l("Bitte bestätigen Sie, dass wir Ihre Angaben löschen sollen."))],
    )


class MoveForm(PortalForm):
    """One step of a request."""

    move = HiddenField()
    seen_steps = HiddenField()
    outcome = RadioField("Ergebnis", [Optional()], choices=[], validate_choice=False)
