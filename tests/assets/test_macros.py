"""The macros alone: each control has its label, its ids lead somewhere, its errors are tied to it."""

from xml.etree.ElementTree import Element

import html5lib
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Form,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from portal.config import ROOT
from portal.i18n import LOCALES
from portal.web.forms import MultiCheckbox

OPTIONS = [SelectChoice("a", "Erstens"), SelectChoice("b", "Zweitens")]
GROUPS = {"way", "topics"}
CONTROL_KINDS = {
    "name": ("input", "text"),
    "mail": ("input", "email"),
    "phone": ("input", "tel"),
    "secret": ("input", "password"),
    "day": ("input", "date"),
    "text": ("textarea", None),
    "town": ("select", None),
    "agreed": ("input", "checkbox"),
}


class Sample(Form):
    """One field of every kind."""

    name = StringField("Name", [InputRequired("Name fehlt")], description="Der Vorname reicht.")
    mail = EmailField("E-Mail", [InputRequired("E-Mail fehlt")])
    phone = TelField("Telefon")
    secret = PasswordField("Passwort")
    day = DateField("Tag", [InputRequired("Tag fehlt")])
    text = TextAreaField("Text", render_kw={"rows": 4})
    town = SelectField(
        "Stadt",
        [InputRequired("Stadt fehlt")],
        choices=[SelectChoice("", "Bitte wählen"), *OPTIONS],
    )
    agreed = BooleanField("Einverstanden", [InputRequired("Einverständnis fehlt")])
    way = RadioField("Weg", [InputRequired("Weg fehlt")], choices=OPTIONS, description="Nur einer.")
    topics = MultiCheckbox("Themen", choices=OPTIONS)
    key = HiddenField(default="k1")


FIELDS = [name for name in Sample()._fields if name != "key"]


@pytest.fixture(scope="module")
def jinja():
    found = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.install_null_translations(newstyle=True)
    found.globals["url_in"] = lambda code: f"/{code}/anfrage"
    return found


@pytest.fixture
def show(jinja):
    """Return what a template makes of some values, as a tree; mistakes in the HTML fail."""

    def parsed(source: str, **values: object) -> Element:
        html = jinja.from_string(source).render(**values)
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        return parser.parse(
            f"<!DOCTYPE html><html><head><title>x</title></head><body>{html}</body></html>"
        )

    return parsed


@pytest.fixture
def show_form(show):
    def shown(form: Form, attributes: str = "") -> Element:
        return show(
            '{% from "_macros/fields.html" import error_summary, field, submit %}'
            "{{ error_summary(form) }}"
            "{% for f in form %}{{ field(f" + attributes + ") }}{% endfor %}"
            '{{ submit("Senden") }}',
            form=form,
        )

    return shown


@pytest.fixture
def refused():
    form = Sample(data={})
    assert not form.validate()
    return form


def by_id(tree: Element, name: str) -> Element:
    (found,) = [node for node in tree.iter() if node.get("id") == name]
    return found


def text_of(node: Element) -> str:
    return " ".join("".join(node.itertext()).split())


# -------------------------------------------------------------------------------------------- fields


@pytest.mark.parametrize(("name", "kind"), CONTROL_KINDS.items())
def test_each_field_gets_its_control_and_a_label_that_leads_to_it(show_form, name, kind):
    tree = show_form(Sample())
    control = by_id(tree, name)
    assert (control.tag, control.get("type")) == kind
    (label,) = tree.findall(f".//label[@for='{name}']")
    assert text_of(label).startswith(text_of_label(name))


def text_of_label(name: str) -> str:
    return str(Sample()[name].label.text)


@pytest.mark.parametrize(("name", "kind"), [("way", "radio"), ("topics", "checkbox")])
def test_a_group_is_a_fieldset_with_legend_and_a_label_for_each_choice(show_form, name, kind):
    tree = show_form(Sample())
    group = by_id(tree, name)
    assert group.tag == "fieldset"
    assert text_of(group.find("legend")).startswith(text_of_label(name))
    controls = group.findall(".//input")
    assert [control.get("type") for control in controls] == [kind] * len(OPTIONS)
    for control, option in zip(controls, OPTIONS, strict=True):
        (label,) = group.findall(f".//label[@for='{control.get('id')}']")
        assert text_of(label) == option.label
        assert control.get("required") is None  # the group is required, not each box


def test_a_group_of_radio_buttons_says_that_one_is_required(show_form):
    assert by_id(show_form(Sample()), "way").get("aria-required") == "true"


def test_a_hidden_field_has_no_label(show_form):
    tree = show_form(Sample())
    assert by_id(tree, "key").get("type") == "hidden"
    assert tree.findall(".//label[@for='key']") == []


def test_ids_are_unique_also_with_errors(show_form, refused):
    ids = [node.get("id") for node in show_form(refused).iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_hint_and_error_describe_the_control(show_form, refused):
    tree = show_form(refused)
    assert by_id(tree, "name").get("aria-describedby") == "name-hint name-error"
    assert text_of(by_id(tree, "name-hint")) == "Der Vorname reicht."
    assert text_of(by_id(tree, "name-error")) == "Name fehlt"
    assert by_id(tree, "way").get("aria-describedby") == "way-hint way-error"
    assert by_id(tree, "phone").get("aria-describedby") is None


@pytest.mark.parametrize("name", FIELDS)
def test_only_a_refused_control_is_marked_invalid(show_form, refused, name):
    control = by_id(show_form(refused), name)
    assert control.get("aria-invalid") == ("true" if refused[name].errors else None)


def test_a_refused_group_of_boxes_marks_the_boxes(show_form):
    form = Sample(data={})
    form.topics.errors = ["Zu viele"]
    group = by_id(show_form(form), "topics")
    assert {box.get("aria-invalid") for box in group.findall(".//input")} == {"true"}


def test_what_may_stay_empty_says_so(show_form):
    tree = show_form(Sample())
    assert text_of(tree.find(".//label[@for='phone']")) == "Telefon (freiwillig)"
    assert text_of(by_id(tree, "topics").find("legend")) == "Themen (freiwillig)"
    assert text_of(tree.find(".//label[@for='name']")) == "Name"


def test_a_page_may_say_otherwise(show_form):
    tree = show_form(Sample(), ", optional=false")
    assert "freiwillig" not in text_of(tree)


def test_attributes_reach_the_control(show_form):
    control = by_id(show_form(Sample(), ', data_hx_get="/x", autocomplete="off"'), "name")
    assert control.get("data-hx-get") == "/x"
    assert control.get("autocomplete") == "off"


def test_free_text_may_run_either_way_and_addresses_run_from_the_left(show_form):
    tree = show_form(Sample())
    assert [by_id(tree, name).get("dir") for name in ("text", "mail", "phone")] == [
        "auto",
        "ltr",
        "ltr",
    ]
    assert by_id(tree, "text").get("rows") == "4"


def test_what_was_typed_is_kept_and_cannot_become_html(show_form):
    form = Sample(
        data={"name": '"><script>x</script>', "text": "</textarea><b>", "topics": ["b"], "way": "a"}
    )
    tree = show_form(form)
    assert tree.findall(".//script") == []
    assert by_id(tree, "name").get("value") == '"><script>x</script>'
    assert by_id(tree, "text").text.strip() == "</textarea><b>"
    chosen = [
        box.get("value") for box in tree.findall(".//input") if box.get("checked") is not None
    ]
    assert chosen == ["a", "b"]


# ------------------------------------------------------------------------------------- error summary


def test_a_good_form_has_no_summary(show_form):
    assert show_form(Sample()).findall(".//*[@role='alert']") == []


def test_each_line_of_the_summary_leads_to_a_control(show_form, refused):
    tree = show_form(refused)
    (summary,) = tree.findall(".//*[@role='alert']")
    assert summary.get("tabindex") == "-1"
    assert text_of(by_id(tree, summary.get("aria-labelledby"))) == "Bitte prüfen Sie Ihre Angaben"
    links = {link.get("href").removeprefix("#"): text_of(link) for link in summary.findall(".//a")}
    assert links == {
        "name": "Name – Name fehlt",
        "mail": "E-Mail – E-Mail fehlt",
        "day": "Tag – Tag fehlt",
        "town": "Stadt – Stadt fehlt",
        "agreed": "Einverstanden – Einverständnis fehlt",
        "way-0": "Weg – Weg fehlt",
    }
    assert {by_id(tree, name).tag for name in links} <= {"input", "select", "textarea"}


def test_errors_of_the_whole_form_and_of_hidden_fields_stand_in_the_summary(show_form):
    form = Sample(data={})
    form.form_errors.append("Das geht jetzt nicht.")
    form.key.errors = ["Bitte noch einmal senden."]
    (summary,) = show_form(form).findall(".//*[@role='alert']")
    assert [text_of(line) for line in summary.findall(".//li")] == [
        "Das geht jetzt nicht.",
        "Bitte noch einmal senden.",
    ]


# --------------------------------------------------------------------------------------------- parts


def test_a_button_may_carry_a_name_and_a_value(show):
    tree = show(
        '{% from "_macros/fields.html" import submit %}{{ submit("Ja", "secondary", name="move", value="") }}'
    )
    button = tree.find(".//button")
    assert (button.get("type"), button.get("name"), button.get("value")) == ("submit", "move", "")
    assert "kern-btn--secondary" in button.get("class")


@pytest.mark.parametrize("kind", ["info", "success", "warning", "danger"])
def test_a_message_tells_its_kind_in_words(show, kind):
    words = {"info": "Hinweis", "success": "Erledigt", "warning": "Achtung", "danger": "Fehler"}
    tree = show(
        '{% from "_macros/alerts.html" import alert %}'
        '{% call alert(kind, "Titel") %}<p>Mehr</p>{% endcall %}{{ alert(kind, "Kurz") }}',
        kind=kind,
    )
    first, second = tree.findall("./body/div")
    assert text_of(first) == f"{words[kind]}: Titel Mehr"
    assert text_of(second) == f"{words[kind]}: Kurz"
    assert f"kern-alert--{kind}" in first.get("class")


def test_what_was_just_done_is_read_aloud(show):
    tree = show(
        '{% from "_macros/alerts.html" import notices %}{{ notices(messages) }}',
        messages=[
            ("message", "Nur so"),
            ("success", "Gespeichert"),
            ("danger", "Nicht gespeichert"),
        ],
    )
    assert [node.get("role") for node in tree.findall("./body/div")] == [
        "status",
        "status",
        "alert",
    ]


def test_a_table_scrolls_under_its_name(show):
    tree = show(
        '{% from "_macros/tables.html" import table %}'
        '{% call table("Anfragen", ["Nummer", "Stand"]) %}'
        '<tr><th scope="row" data-label="Nummer">1</th><td data-label="Stand">neu</td></tr>{% endcall %}'
    )
    region = tree.find(".//*[@role='region']")
    assert (region.get("tabindex"), region.get("aria-label")) == ("0", "Anfragen")
    assert text_of(region.find(".//caption")) == "Anfragen"
    assert [head.get("scope") for head in region.findall(".//thead//th")] == ["col", "col"]


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [
        (1, 1, []),
        (1, 2, ["Seite 1", "Seite 2", "Weiter"]),
        (5, 9, ["Zurück", "Seite 1", "Seite 4", "Seite 5", "Seite 6", "Seite 9", "Weiter"]),
        (9, 9, ["Zurück", "Seite 1", "Seite 8", "Seite 9"]),
    ],
)
def test_paging_shows_the_ends_and_the_neighbours(show, page, pages, shown):
    tree = show(
        '{% from "_macros/paging.html" import paging %}{{ paging(page, pages, url) }}',
        page=page,
        pages=pages,
        url=lambda number: f"?seite={number}",
    )
    links = tree.findall(".//nav//a")
    assert [text_of(link) for link in links] == shown
    current = [link.get("href") for link in links if link.get("aria-current") == "page"]
    assert current == ([f"?seite={page}"] if shown else [])


def test_facts_show_a_dash_for_what_is_missing_but_not_for_zero(show):
    tree = show(
        '{% from "_macros/details.html" import facts %}{{ facts(rows) }}',
        rows=[("Name", "Amira"), ("Kontakt", ""), ("Alter", None), ("Kinder", 0)],
    )
    assert [text_of(node) for node in tree.findall(".//dd")] == ["Amira", "–", "–", "0"]


def test_the_language_switch_names_each_language_in_itself(show):
    source = (
        '{% from "_macros/language.html" import switch_buttons, switch_links %}'
        '<form id="f"></form>{{ switch_links(locales, "ar") }}{{ switch_buttons(locales, "f", "ar") }}'
    )
    tree = show(source, locales=list(LOCALES.values()))
    links, (first, *buttons) = tree.findall(".//a"), tree.findall(".//button")
    assert (first.get("form"), first.get("name")) == ("f", None), (
        "Enter in a field must send the form"
    )
    for nodes in (links, buttons):
        found = [(node.get("lang"), node.get("dir"), text_of(node)) for node in nodes]
        assert found == [(one.code, one.direction, one.name) for one in LOCALES.values()]
        assert [node.get("lang") for node in nodes if node.get("aria-current")] == ["ar"]
    for button, code in zip(buttons, LOCALES, strict=True):
        assert button.get("formnovalidate") is not None
        assert (button.get("form"), button.get("name"), button.get("value")) == (
            "f",
            "_switch",
            code,
        )
        assert button.get("formaction") == f"/{code}/anfrage"
