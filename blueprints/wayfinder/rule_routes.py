"""The upkeep of the rules: read them, propose a change, see what it would do, let a second person release it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.wayfinder import labels
from blueprints.wayfinder.pages import pages
from blueprints.wayfinder.rule_forms import (
    DAYS,
    TEXT,
    DecisionForm,
    LineForm,
    ParameterForm,
    ProposalForm,
    said,
    written,
)
from portal import clock
from portal.domain.errors import RuleBroken
from portal.domain.permissions import Permission, may
from portal.domain.towns import active_towns
from portal.domain.wayfinder import counting, versions
from portal.domain.wayfinder.codes import CODES
from portal.domain.wayfinder.conditions import in_words
from portal.domain.wayfinder.dry_run import Comparison, compare
from portal.domain.wayfinder.editing import draft_from, ref_of
from portal.domain.wayfinder.gaps import gaps_and_overlaps, providers_now
from portal.domain.wayfinder.parameters import LABELS as PARAMETERS
from portal.domain.wayfinder.reading import SECTIONS, rows_of
from portal.domain.wayfinder.versions import Edition, State
from portal.i18n import LOCALES, SOURCE
from portal.web import words
from portal.web.access import requires
from portal.web.login import current_account
from portal.web.render import page

COUNTED = timedelta(days=365)
PARAMETER = "parameter"
OF_THE_PROPOSAL = {"source": "reason", "note": "remark", "valid_from": "starts"}
"""Which field of the form holds what a version, not one of its lines, says."""


@pages.get("/wegweiser/regeln")
@requires(Permission.RULES_READ)
def list_rules() -> ResponseReturnValue:
    """Show all versions of the rules."""
    return page(
        "wayfinder/versions.html",
        editions=versions.editions(current_account()),
        current=versions.current(clock.today()).version,
        labels=labels,
    )


@pages.get("/wegweiser/regeln/<int:version>")
@requires(Permission.RULES_READ)
def show_rules(version: int) -> ResponseReturnValue:
    """Show one version, and what it would change while it is proposed."""
    return _version_page(versions.edition(current_account(), version), DecisionForm())


@pages.post("/wegweiser/regeln/<int:version>")
@requires(Permission.RULES_RELEASE)
def decide_on_rules(version: int) -> ResponseReturnValue:
    """Release or reject what somebody else proposed."""
    by, form = current_account(), DecisionForm()
    edition = versions.edition(by, version)
    if not form.validate():
        return _version_page(edition, form, 422)
    release = request.form.get("decision") == "release"
    try:
        versions.decide(by, version, release=release, note=form.note.data or "")
    except RuleBroken as broken:
        form.refuse(broken)
        return _version_page(edition, form, 422)
    flash("Die Fassung ist freigegeben." if release else "Die Fassung ist abgelehnt.", "success")
    return redirect(url_for("wayfinder.show_rules", version=version), 303)


def _version_page(edition: Edition, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    by = current_account()
    return page(
        "wayfinder/version.html",
        status,
        edition=edition,
        form=form,
        texts=edition.texts(SOURCE),
        comparison=_comparison(edition),
        may_decide=versions.may_decide(by, edition),
        may_propose=may(by, Permission.RULES_PROPOSE),
        parameters=[(PARAMETERS[one.key], one) for one in edition.rules.parameters],
        in_words=_in_words,
        said=said,
        labels=labels,
        words=words,
    )


def _comparison(edition: Edition) -> Comparison | None:
    """Try a proposal out against the rules that hold."""
    if edition.state is not State.PROPOSED:
        return None
    day = max(edition.valid_from, clock.today())
    asked = counting.counted(current_account(), clock.today() - COUNTED)
    return compare(versions.current(day).rules, edition.rules, day=day, asked=asked)


def _in_words(key: str, value: Any) -> str:
    names = {code: str(text) for code, text in words.TOPICS.items()}
    return in_words(key, value, names | labels.CONDITIONS)


@pages.route("/wegweiser/regeln/<int:version>/<section>/<line>", methods=["GET", "POST"])
@requires(Permission.RULES_PROPOSE)
def propose_rules(version: int, section: str, line: str) -> ResponseReturnValue:
    """Propose a change of one line, on the basis of a version."""
    edition = versions.edition(current_account(), version)
    row = _row(edition, section, line)
    form = _form(edition, section, line, row)
    if request.method == "POST" and form.validate():
        try:
            proposed = _propose(edition, form, section, line, row)
        except RuleBroken as broken:
            form.refuse(_at_a_field(broken))
        else:
            flash("Der Vorschlag ist gespeichert. Eine zweite Person gibt ihn frei.", "success")
            return redirect(url_for("wayfinder.show_rules", version=proposed.version), 303)
    name = PARAMETERS.get(line) or f"{SECTIONS[section]} {line}"
    return page(
        "wayfinder/propose.html",
        422 if form.errors else 200,
        form=form,
        edition=edition,
        name=name,
        is_parameter=section == PARAMETER,
        is_rule=section == "rule",
        labels=labels,
    )


def _row(edition: Edition, section: str, line: str) -> Mapping[str, Any]:
    rows = rows_of(edition.content, section) if section in SECTIONS else []
    found = [row for row in rows if ref_of(row) == line]
    return found[-1] if found else abort(404)


def _form(edition: Edition, section: str, line: str, row: Mapping[str, Any]) -> ProposalForm:
    common = {"starts": max(clock.today(), edition.valid_from), "source": row.get("source", "")}
    if section == PARAMETER:
        return ParameterForm(data=common | {"value": written(row.get("value"))})
    days = {name: _day(row.get(name)) for name in DAYS}
    own = {
        f"{TEXT}{code}": edition.texts(code)
        .own.get(labels.TEXT_SECTIONS[section], {})
        .get(line, "")
        for code in LOCALES
    }
    chosen = {name: row[name] for name in ("status", "primary") if name in row}
    form = LineForm(data=common | days | own | chosen)
    form.offer({code: edition.texts(SOURCE).code(code) for code in CODES})
    return form


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _propose(
    edition: Edition, form: ProposalForm, section: str, line: str, row: Mapping[str, Any]
) -> Edition:
    edits = form.edits(section, line, row)
    if not edits:
        raise RuleBroken("Sie haben nichts geändert.")
    return versions.propose(
        current_account(),
        draft_from(edition.content, edits),
        source=form.reason.data or "",
        note=form.remark.data or "",
        valid_from=form.starts.data,
    )


def _at_a_field(broken: RuleBroken) -> RuleBroken:
    """Lead a complaint about a place in the rules (`rule[4].valid_to`, `texts.en.rules.R05`) to the field of it."""
    parts = (broken.field or "").split(".")
    text = f"{TEXT}{parts[1]}" if parts[0] == "texts" and len(parts) > 1 else parts[-1]
    return RuleBroken(broken.message, field=OF_THE_PROPOSAL.get(broken.field or "", text))


@pages.get("/wegweiser/regeln/luecken")
@requires(Permission.RULES_READ)
def rule_gaps() -> ResponseReturnValue:
    """Show where nobody is responsible, where several are, and what waits for a check."""
    day = clock.today()
    edition = versions.current(day)
    towns = {town.slug: town.name for town in active_towns()}
    found = gaps_and_overlaps(
        edition.rules, providers_now(clock.now(), tuple(towns)), towns=tuple(towns), day=day
    )
    return page(
        "wayfinder/gaps.html",
        report=found,
        towns=towns,
        texts=edition.texts(SOURCE),
        labels=labels,
        words=words,
    )
