"""Surveys of a town's advice structures, and what is missing where."""

from collections import defaultdict

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import staff_labels
from blueprints.directory.pages import pages
from blueprints.directory.staff_forms import FindingsForm, GapForm, SurveyForm
from blueprints.directory.upkeep import is_saved, number, upkeep_page
from portal.domain.directory import gaps, surveys
from portal.domain.directory.gaps import Coverage
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Permission, may
from portal.domain.towns import active_towns
from portal.web import words
from portal.web.access import requires
from portal.web.login import current_account
from portal.web.render import page


@pages.get("/verzeichnis/erhebungen")
@requires(Permission.DIRECTORY_READ)
def list_surveys() -> ResponseReturnValue:
    """Show all surveys."""
    return page(
        "directory/staff_surveys.html",
        surveys=surveys.surveys(current_account()),
        staff=staff_labels,
        words=words,
        may_begin=may(current_account(), Permission.SURVEY_EDIT),
    )


@pages.get("/verzeichnis/luecken")
@requires(Permission.DIRECTORY_READ)
def show_gaps() -> ResponseReturnValue:
    """Show each topic in each town: how much there is, and what is missing."""
    by_topic: dict[str, list[Coverage]] = defaultdict(list)
    for one in gaps.coverage(current_account()):
        by_topic[one.topic].append(one)
    return page(
        "directory/staff_gaps.html",
        by_topic=by_topic,
        towns=[town.name for town in active_towns()],
        staff=staff_labels,
        words=words,
    )


@pages.route("/verzeichnis/erhebungen/neu", methods=["GET", "POST"])
@requires(Permission.SURVEY_EDIT)
def begin_survey() -> ResponseReturnValue:
    """Begin the survey of a town."""
    form, made = SurveyForm(), []
    form.offer()
    if request.method == "POST" and is_saved(
        form, lambda: made.append(surveys.begin(current_account(), form.town.data))
    ):
        return redirect(url_for("directory.show_survey", survey_id=made[0]), 303)
    return upkeep_page(
        form,
        heading="Erhebung beginnen",
        intro="Welche Beratung gibt es in der Stadt, und was fehlt? Bitte nichts über einzelne Menschen.",
        label="Beginnen",
        back=url_for("directory.list_surveys"),
    )


@pages.get("/verzeichnis/erhebungen/<int:survey_id>")
@requires(Permission.DIRECTORY_READ)
def show_survey(survey_id: int) -> ResponseReturnValue:
    """Show one survey."""
    return _survey_page(survey_id)


def _survey_page(
    survey_id: int,
    *,
    findings: FindingsForm | None = None,
    gap: GapForm | None = None,
    refusal: object = "",
) -> ResponseReturnValue:
    shown = surveys.survey(current_account(), survey_id)
    findings = findings or FindingsForm(formdata=None, findings=shown.findings)
    gap = gap or GapForm(formdata=None)
    gap.offer()
    wrong = refusal or findings.errors or gap.errors
    return page(
        "directory/staff_survey.html",
        422 if wrong else 200,
        survey=shown,
        findings=findings,
        gap=gap,
        refusal=refusal,
        staff=staff_labels,
        words=words,
    )


@pages.post("/verzeichnis/erhebungen/<int:survey_id>/ergebnis")
@requires(Permission.SURVEY_EDIT)
def write_findings(survey_id: int) -> ResponseReturnValue:
    """Write down what was found."""
    form = FindingsForm()
    if is_saved(
        form,
        lambda: surveys.write_findings(current_account(), survey_id, form.findings.data or ""),
    ):
        return _saved(survey_id)
    return _survey_page(survey_id, findings=form)


@pages.post("/verzeichnis/erhebungen/<int:survey_id>/luecke")
@requires(Permission.SURVEY_EDIT)
def note_gap(survey_id: int) -> ResponseReturnValue:
    """Note a topic for which there is too little."""
    form = GapForm()
    form.offer()
    if is_saved(
        form,
        lambda: surveys.note_gap(
            current_account(),
            survey_id,
            form.topic.data,
            number(form.severity.data),
            form.note.data or "",
        ),
    ):
        return _saved(survey_id)
    return _survey_page(survey_id, gap=form)


@pages.post("/verzeichnis/erhebungen/<int:survey_id>/luecke/<topic>/entfernen")
@requires(Permission.SURVEY_EDIT)
def remove_gap(survey_id: int, topic: str) -> ResponseReturnValue:
    """Take a gap back."""
    surveys.remove_gap(current_account(), survey_id, topic)
    return _saved(survey_id)


@pages.post("/verzeichnis/erhebungen/<int:survey_id>/abschliessen")
@requires(Permission.SURVEY_EDIT)
def close_survey(survey_id: int) -> ResponseReturnValue:
    """Close a survey; from then on it stays as it is."""
    try:
        surveys.close(current_account(), survey_id)
    except RuleBroken as broken:
        return _survey_page(survey_id, refusal=broken.message)
    return _saved(survey_id)


def _saved(survey_id: int) -> ResponseReturnValue:
    flash("Gespeichert.", "success")
    return redirect(url_for("directory.show_survey", survey_id=survey_id), 303)
