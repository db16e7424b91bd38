"""The county's own search words: what means the same, and what has another name today."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from blueprints.directory import staff_labels
from blueprints.directory.pages import pages
from blueprints.directory.staff_forms import WordsForm
from blueprints.directory.upkeep import is_saved, upkeep_page
from portal.domain.directory import search_words
from portal.domain.directory.search_words import WordGroup
from portal.domain.errors import NotFound
from portal.domain.permissions import Permission, may
from portal.web.access import requires
from portal.web.login import current_account
from portal.web.render import page

INTRO = (
    "Wer eines dieser Wörter sucht, findet auch die anderen. Die Suche wird danach neu aufgebaut."
)


@pages.get("/verzeichnis/suchwoerter")
@requires(Permission.DIRECTORY_READ)
def list_words() -> ResponseReturnValue:
    """Show all groups of search words."""
    return page(
        "directory/staff_words.html",
        groups=search_words.all_groups(current_account()),
        staff=staff_labels,
        may_edit=may(current_account(), Permission.DIRECTORY_PUBLISH),
    )


@pages.route("/verzeichnis/suchwoerter/neu", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_PUBLISH)
def add_words() -> ResponseReturnValue:
    """Add a group of search words."""
    form = WordsForm()
    if request.method == "POST" and is_saved(
        form,
        lambda: search_words.add(
            current_account(), _words(form), one_way=form.one_way.data, note=form.note.data or ""
        ),
    ):
        flash("Gespeichert. Die Suche kennt die Wörter in etwa einer Minute.", "success")
        return redirect(url_for("directory.list_words"), 303)
    return upkeep_page(
        form, heading="Suchwörter anlegen", intro=INTRO, back=url_for("directory.list_words")
    )


@pages.route("/verzeichnis/suchwoerter/<group>", methods=["GET", "POST"])
@requires(Permission.DIRECTORY_PUBLISH)
def edit_words(group: str) -> ResponseReturnValue:
    """Edit a group of search words."""
    shown = _group(group)
    form = WordsForm(
        data={"words": "\n".join(shown.words), "one_way": shown.one_way, "note": shown.note}
    )
    if request.method == "POST" and is_saved(
        form,
        lambda: search_words.edit(
            current_account(),
            group,
            _words(form),
            one_way=form.one_way.data,
            note=form.note.data or "",
        ),
    ):
        flash("Gespeichert. Die Suche kennt die Wörter in etwa einer Minute.", "success")
        return redirect(url_for("directory.list_words"), 303)
    heading = f"Suchwörter: {shown.words[0]}"
    return upkeep_page(form, heading=heading, intro=INTRO, back=url_for("directory.list_words"))


@pages.post("/verzeichnis/suchwoerter/<group>/entfernen")
@requires(Permission.DIRECTORY_PUBLISH)
def remove_words(group: str) -> ResponseReturnValue:
    """Forget a group of search words."""
    search_words.remove(current_account(), group)
    flash("Die Suchwörter sind entfernt.", "success")
    return redirect(url_for("directory.list_words"), 303)


def _group(key: str) -> WordGroup:
    found = next(
        (one for one in search_words.all_groups(current_account()) if one.key == key), None
    )
    if found is None:
        raise NotFound
    return found


def _words(form: WordsForm) -> list[str]:
    return [word for one in (form.words.data or "").splitlines() if (word := one.strip())]
