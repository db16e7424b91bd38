"""Forms of the directory's upkeep beside the one of services: their fields are called as the drafts' are."""

from wtforms import BooleanField, DateField, FileField, HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Optional

from blueprints.directory import staff_labels
from blueprints.directory.service_forms import HOURS_HINT, MISSING, day, line, text
from blueprints.directory.upkeep import texts, with_empty
from portal.domain.actors import Actor
from portal.domain.directory import choosing
from portal.domain.directory.checks import LONGEST_BODY, LONGEST_URL
from portal.domain.directory.search_words import LONGEST_WORD, MOST_WORDS
from portal.domain.towns import active_towns, county_setting
from portal.i18n import SOURCE
from portal.web import words
from portal.web.forms import MultiCheckbox, PortalForm, options


class PlaceForm(PortalForm):
    """A place."""

    name = line("Name", required=True)
    organisation = SelectField("Gehört zu", [Optional()])
    town = SelectField("Stadt", [Optional()])
    street = line("Straße und Hausnummer")
    postcode = line("Postleitzahl", longest=10)
    city = line("Ort")
    barrier_free = SelectField("Barrierefrei")
    barrier_note = line("Hinweis dazu")
    hours = line("Öffnungszeiten", longest=500, hint=HOURS_HINT)
    closed_from = day("Geschlossen von")
    closed_to = day("Geschlossen bis")
    closed_note = line("Grund der Schließung")

    def offer(self) -> None:
        """Fill in what can be chosen."""
        self.organisation.choices = options(with_empty(choosing.all_organisations()))
        towns = [(town.slug, town.name) for town in active_towns()]
        self.town.choices = options(with_empty(towns, "außerhalb des Kreises"))
        self.barrier_free.choices = options(texts(words.BARRIER_FREE))


class ContactForm(PortalForm):
    """A function one can reach."""

    organisation = SelectField("Organisation")
    function_title = line(
        "Funktion", required=True, hint="Nie der Name einer Person. Zum Beispiel: Beratung"
    )
    phone = line("Telefon")
    mail = line("E-Mail-Adresse")
    public = BooleanField("Öffentlich zeigen")
    hours = line("Sprechzeiten", longest=500, hint=HOURS_HINT)
    languages = MultiCheckbox("Sprachen", [Optional()])

    def offer(self, by: Actor, current: str = "") -> None:
        """Fill in what can be chosen; the organisation it belongs to stays possible."""
        found = choosing.organisations(by)
        if current and current not in dict(found):
            found = choosing.all_organisations()
        self.organisation.choices = options(found)
        self.languages.choices = options(
            (code, words.language_name(code, SOURCE)) for code in county_setting("languages")
        )


class ProgrammeForm(PortalForm):
    """A programme or legal circle."""

    abbr = line("Kurzname", required=True)
    name = line("Name", required=True)
    legal_circle = SelectField("Rechtskreis", [Optional()])
    funder = SelectField("Geldgeber", [Optional()])
    legal_basis = line("Rechtsgrundlage")
    goal = text("Ziel")
    target_group = text("Zielgruppe")
    scope_of_action = text("Was das Programm tut")
    limits = text("Grenzen")
    source_url = line("Quelle im Internet", longest=LONGEST_URL, hint="Beginnt mit https://")
    valid_from = day("Läuft ab")
    valid_to = day("Läuft bis")
    checked_on = day("Geprüft am")
    next_check_on = day("Nächste Prüfung")

    def offer(self) -> None:
        """Fill in what can be chosen."""
        self.legal_circle.choices = options(with_empty(texts(words.LEGAL_CIRCLES)))
        self.funder.choices = options(with_empty(choosing.all_organisations()))


class CardForm(PortalForm):
    """A knowledge card."""

    version = HiddenField()
    title = line("Titel", required=True)
    body = text("Text (Markdown)", longest=LONGEST_BODY, required=True)
    legal_circle = SelectField("Rechtskreis", [Optional()])
    topics = MultiCheckbox("Themen", [Optional()])
    audience = SelectField("Wer darf das lesen", choices=options(staff_labels.AUDIENCES.items()))
    legal_basis = line("Rechtsgrundlage")
    source_url = line("Quelle im Internet", longest=LONGEST_URL, hint="Beginnt mit https://")
    status = SelectField("Rechtsstand", choices=options(staff_labels.CARD_STATUSES.items()))
    valid_from = day("Gilt ab")
    valid_to = day("Gilt bis")
    checked_on = day("Geprüft am")
    checked_by = line("Geprüft von", hint="Eine Funktion, nie der Name einer Person")
    next_check_on = day("Nächste Prüfung")

    def offer(self) -> None:
        """Fill in what can be chosen."""
        self.legal_circle.choices = options(with_empty(texts(words.LEGAL_CIRCLES)))
        self.topics.choices = options(texts(words.TOPICS))


class DemarcationForm(PortalForm):
    """A version of a demarcation."""

    a = SelectField("Programm", [InputRequired(MISSING)])
    b = SelectField("Anderes Programm", [InputRequired(MISSING)])
    statement_a = text("Wofür ist das erste zuständig?", required=True)
    statement_b = text("Wofür ist das andere zuständig?", required=True)
    interface = text("Wo berühren sie sich?", required=True)
    synergy = text("Was gewinnen sie voneinander?")
    handover_rule = text("Wie wird übergeben?", required=True)
    source = line("Quelle", required=True, hint="Zum Beispiel der Workshop mit Datum")
    agreed_on = day("Vereinbart am")
    valid_from = DateField("Gilt ab", [InputRequired("Geben Sie an, ab wann das gilt.")])

    def offer(self) -> None:
        """Fill in what can be chosen."""
        self.a.choices = self.b.choices = options(choosing.programmes())


class WordsForm(PortalForm):
    """Search words that lead to each other."""

    words = TextAreaField(
        "Wörter",
        [InputRequired("Schreiben Sie mindestens zwei Wörter.")],
        description=f"Eines je Zeile, höchstens {MOST_WORDS} mit je {LONGEST_WORD} Zeichen",
        render_kw={"rows": 5},
    )
    one_way = BooleanField(
        "Nur das erste Wort führt zu den anderen (zum Beispiel ein alter Name zum heutigen)"
    )
    note = line("Notiz")


class SurveyForm(PortalForm):
    """A new survey."""

    town = SelectField("Stadt")

    def offer(self) -> None:
        """Fill in what can be chosen."""
        self.town.choices = options((town.slug, town.name) for town in active_towns())


class FindingsForm(PortalForm):
    """What was found."""

    findings = text("Was haben Sie herausgefunden?", longest=LONGEST_BODY)


class GapForm(PortalForm):
    """A topic for which there is too little."""

    topic = SelectField("Thema")
    severity = SelectField(
        "Wie viel fehlt",
        choices=options((str(code), label) for code, label in staff_labels.SEVERITIES.items()),
    )
    note = text("Notiz")

    def offer(self) -> None:
        """Fill in what can be chosen."""
        self.topic.choices = options(texts(words.TOPICS))


class DecisionForm(PortalForm):
    """Which fields of a suggestion are adopted, and what its sender is told."""

    adopt = MultiCheckbox("Übernehmen", [Optional()])
    answer = text("Antwort an die Person, die geschrieben hat")


class UploadForm(PortalForm):
    """A table to read in."""

    file = FileField("Tabelle (CSV oder XLSX)", render_kw={"accept": ".csv,.xlsx"})


class TakeOverForm(PortalForm):
    """The table that was shown, as nobody can have changed it since."""

    rows = HiddenField()
