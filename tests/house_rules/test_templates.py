"""What templates keep to beyond what their pages show."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from portal.config import ROOT

FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
EXTENSIONS = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]


def parsed(name: str) -> nodes.Template:
    return Environment(extensions=EXTENSIONS, autoescape=True).parse(
        (FOLDER / name).read_text("utf-8")
    )


def test_there_are_templates():
    assert len(TEMPLATES) > 5


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_text_is_declared_safe(name):
    filters = {node.name for node in parsed(name).find_all(nodes.Filter)}
    assert "safe" not in filters, "|safe lets HTML of others in – pass Markup made by portal.web"
    assert not list(parsed(name).find_all(nodes.ScopedEvalContextModifier)), "autoescape stays on"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_import_is_used(name):
    tree = parsed(name)
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    for node in tree.find_all((nodes.FromImport, nodes.Import)):
        names = node.names if isinstance(node, nodes.FromImport) else [node.target]
        for imported in names:
            local = imported[1] if isinstance(imported, tuple) else imported
            assert local in used, f"{local!r} is imported and never used"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_text_passes_the_door_to_translation(name):
    if name.startswith(("_layout/public", "_macros")):
        loose = re.findall(
            r">\s*([A-ZÄÖÜ][a-zäöüß]{3,}[^<{]*)<", (FOLDER / name).read_text("utf-8")
        )
        assert not [text for text in loose if "KIM-Portal" not in text], "wrap it: {{ _('…') }}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_included_or_extended_template_exists(name):
    for node in parsed(name).find_all(
        (nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import)
    ):
        if isinstance(node.template, nodes.Const):
            assert (FOLDER / node.template.value).is_file(), f"{node.template.value} does not exist"


def test_every_template_is_used():
    """A page nobody shows and a part nobody includes is dead weight."""
    sources = [
        path.read_text("utf-8")
        for room in ("blueprints", "portal")
        for path in (ROOT / room).rglob("*.py")
    ]
    sources += [(FOLDER / name).read_text("utf-8") for name in TEMPLATES]
    text = "\n".join(sources)
    unused = [name for name in TEMPLATES if f'"{name}"' not in text and f"'{name}'" not in text]
    assert not unused


@pytest.mark.parametrize(
    "path", sorted((ROOT / "static").glob("js/**/*.js")), ids=lambda p: Path(p).name
)
def test_scripts_write_no_html(path):
    text = path.read_text("utf-8")
    for dangerous in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert dangerous not in text, (
            f"{dangerous} – make elements, or let htmx swap what the portal rendered"
        )
