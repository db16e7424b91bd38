"""What people read for the questions of the Wegweiser; what it answers stands in the county's texts."""

from portal.domain.topics import WAYFINDER_TOPICS
from portal.domain.wayfinder.codes import RESOLVED as RESOLVED
from portal.i18n import _l
from portal.web import words

SECTIONS = (
    ("Fall", "wayfinder.ask_for_case"),
    ("Regeln", "wayfinder.list_rules"),
    ("Lücken und Überschneidungen", "wayfinder.rule_gaps"),
)
AGE_BANDS = {
    "under_12": _l("unter 12"),
    "12_17": _l("12 bis 17"),
    "18_26": _l("18 bis 26"),
    "27_66": _l("27 bis 66"),
    "67_plus": _l("67 und älter"),
}
YEARS = {
    "under_3": _l("Bis zu drei Jahre"),
    "over_3": _l("Mehr als drei Jahre"),
    "not_said": _l("Möchte ich nicht sagen"),
}
ABOUT_STATUS = frozenset({"asylum", "residence_admin", "residence_advice"})
PUBLIC_TOPICS = {
    code: words.TOPICS[code] for code in WAYFINDER_TOPICS if code not in ABOUT_STATUS
} | {"residence_advice": _l("Ämter und Papiere")}
"""What the public page offers: nobody has to tell about their status by choosing a topic."""

STATUSES = {
    "protected": "Schutzstatus (Asyl, Flüchtling, subsidiär, Abschiebungsverbot)",
    "ua24": "Ukraine, § 24",
    "family": "Familiennachzug",
    "work_study": "Arbeit, Ausbildung oder Studium",
    "settled": "Niederlassungserlaubnis, unbefristet",
    "eu": "EU-Bürger*in oder Angehörige",
    "spaet": "Spätaussiedler*in oder Angehörige",
    "chancen104c": "Chancen-Aufenthalt, § 104c",
    "other_hum": "andere humanitäre Erlaubnis",
    "asylum": "Aufenthaltsgestattung (im Asylverfahren)",
    "duldung": "Duldung",
    "unclear": "nicht bekannt oder ungeklärt",
}
CASE_MANAGERS = {
    "": "nein oder nicht bekannt",
    "jc": "Jobcenter",
    "jmd": "Jugendmigrationsdienst",
    "mbe": "Migrationsberatung für Erwachsene",
    "jugendamt": "Jugendamt",
}
CRITERIA = {
    "cross_law": "Mehrere Zuständigkeiten greifen nicht ineinander",
    "transition_gap": "Übergang oder Angebot fehlt",
    "cumulative": "Mehrere Belastungen zugleich",
    "discretion": "Konflikt oder unterschiedliche Ermessenspraxis",
}
DANGERS = {
    "": "nein",
    "child": "ja, ein Kind ist in Gefahr",
    "violence": "ja, Gewalt",
    "life": "ja, Lebensgefahr",
}
BENEFITS = {
    "sgb2": "Grundsicherungsgeld (SGB II)",
    "sgb3": "Arbeitslosengeld (SGB III)",
    "sgb12": "Sozialhilfe (SGB XII)",
    "asylblg": "Leistungen nach dem AsylbLG",
}
MARKS = {
    "case_conference": "nur über eine Fallkonferenz",
    "capacity": "wenn dort Platz ist",
}
VALIDITIES = {
    "in_force": "in Kraft",
    "announced": "angekündigt, gilt noch nicht",
    "expired": "gilt nicht mehr",
    "unverified": "gilt, ist aber noch zu prüfen",
}
VERSION_STATES = {"proposed": "Vorschlag", "released": "freigegeben", "rejected": "abgelehnt"}
VERSION_KINDS = {"proposed": "warning", "released": "success", "rejected": "danger"}
TEXT_SECTIONS = {"rule": "rules", "decides": "about", "also": "about", "hint": "hints"}
"""Where the words for a line of each section stand."""
CONDITIONS = {
    **CASE_MANAGERS,
    **DANGERS,
    **BENEFITS,
    **STATUSES,
}
"""The words for the codes that conditions name."""
