"""What every page keeps to; each complaint says what to do about it."""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib

from portal.i18n import LOCALES, SOURCE

UNSAFE_METHODS = {"post", "put", "patch", "delete"}
UNLABELLED_INPUTS = {"hidden", "submit", "button", "reset", "image"}
REFERENCES = (
    "for",
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-owns",
    "list",
    "form",
)
VOID_OF_MEANING = {"presentation", "none"}


def parse(html: str, *, fragment: bool = False) -> tuple[Element, list[str]]:
    """Return the tree of a page and what the parser had to repair."""
    parser = html5lib.HTMLParser(
        html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=False
    )
    tree = parser.parseFragment(html) if fragment else parser.parse(html)
    lines = html.splitlines()
    problems = []
    for (line, _column), code, _data in parser.errors:
        shown = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        problems.append(f"HTML error {code} in line {line}: {shown[:120]!r} – repair the template")
    return tree, problems


def complaints(html: str, *, path: str, fragment: bool = False) -> list[str]:
    """Return everything that is wrong with a page."""
    tree, problems = parse(html, fragment=fragment)
    problems += _parts(tree)
    if not fragment:
        problems += _frame(tree, path)
    return problems


def text_of(element: Element) -> str:
    """Return an element's text as a reader sees it: one space between words."""
    return " ".join("".join(element.itertext()).split())


def _parts(tree: Element) -> list[str]:
    parents = {child: parent for parent in tree.iter() for child in parent}
    return [
        *_ids(tree),
        *_labels(tree, parents),
        *_forms(tree),
        *_strictness(tree),
        *_names(tree),
        *_tables(tree),
    ]


def _frame(tree: Element, path: str) -> Iterator[str]:
    title = tree.find("head/title")
    headings = list(tree.iter("h1"))
    if len(headings) != 1:
        yield f"{len(headings)} <h1> on the page – the layout's block `heading` makes the one"
    elif title is None or text_of(headings[0]) not in text_of(title):
        shown = None if title is None else text_of(title)
        yield f"the title {shown!r} lacks the <h1> {text_of(headings[0])!r} – fill the block `heading`"
    first = path.split("/", 2)[1] if "/" in path else ""
    locale = LOCALES.get(first, LOCALES[SOURCE])
    found = (tree.get("lang"), tree.get("dir", "ltr"))
    if first in LOCALES and found != (locale.code, locale.direction):
        yield f"<html> says {found} under {path} – say lang={locale.code} dir={locale.direction}"
    elif found[0] not in LOCALES:
        yield f"<html lang={found[0]!r}> is no language of the list"
    elif found[1] != LOCALES[found[0]].direction:
        yield f"<html dir={found[1]!r}> does not fit lang={found[0]!r}"
    if tree.find("body") is not None and not any(True for _ in tree.iter("main")):
        yield "there is no <main> – extend a layout"


def _ids(tree: Element) -> Iterator[str]:
    ids = Counter(value for element in tree.iter() if (value := element.get("id")))
    for value, count in ids.items():
        if count > 1:
            yield f"id {value!r} is used {count} times – ids are unique"
    for element in tree.iter():
        for name in REFERENCES:
            for target in element.get(name, "").split():
                if target not in ids:
                    yield f"<{element.tag} {name}={target!r}> points to nothing – render that element too"
        href = element.get("href", "")
        if href.startswith("#") and href[1:] not in ids:
            yield f"<a href={href!r}> jumps to nothing"


def _labels(tree: Element, parents: dict[Element, Element]) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.iter("label")}
    for element in tree.iter():
        if element.tag not in {"input", "select", "textarea"}:
            continue
        if element.tag == "input" and element.get("type", "text") in UNLABELLED_INPUTS:
            continue
        if (
            element.get("id") in labelled
            or element.get("aria-label")
            or element.get("aria-labelledby")
        ):
            continue
        if not any(ancestor.tag == "label" for ancestor in _ancestors(element, parents)):
            yield f"<{element.tag} name={element.get('name')!r}> has no label – use the macro `field`"


def _ancestors(element: Element, parents: dict[Element, Element]) -> Iterator[Element]:
    while element in parents:
        element = parents[element]
        yield element


def _forms(tree: Element) -> Iterator[str]:
    for form in tree.iter("form"):
        yield from _one_form(form)
    inside = {element for form in tree.iter("form") for element in form.iter()}
    for element in tree.iter():
        if _writes(element) and element not in inside and element.tag not in {"button", "input"}:
            yield f"<{element.tag}> changes something without a form – it must work without JavaScript"


def _one_form(form: Element) -> Iterator[str]:
    method, action = form.get("method", "get").lower(), form.get("action")
    tokens = [
        field.get("value") for field in form.iter("input") if field.get("name") == "csrf_token"
    ]
    if method == "post" and not any(tokens):
        yield f"the form to {action!r} has no csrf_token – write form.hidden_tag()"
    if method == "get" and tokens:
        yield f"the form to {action!r} would put its csrf_token into the address"
    if method != "post" and any(_writes(element) for element in form.iter()):
        yield f"the form to {action!r} posts by htmx only – it must work without JavaScript"


def _writes(element: Element) -> bool:
    return any(element.get(f"data-hx-{method}") for method in UNSAFE_METHODS)


def _strictness(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield from _inline(element)
            yield from _attributes(element)


def _inline(element: Element) -> Iterator[str]:
    if element.tag == "style" or "style" in element.keys():
        yield f"<{element.tag}> carries a style – the policy forbids it; write a class in static/css"
    if element.tag == "script" and not element.get("src"):
        yield "a script without src – the policy forbids it; write a file in static/js"
    if element.get("href", "").lower().startswith("javascript:"):
        yield f"<{element.tag} href={element.get('href')!r}> – the policy forbids it"
    if element.get("target") == "_blank":
        yield "a link opens a new window – people lose their way back; let them decide"


def _attributes(element: Element) -> Iterator[str]:
    for name in element.keys():
        if name.startswith("on"):
            yield f"<{element.tag} {name}> – the policy forbids it; listen in static/js"
        if name.startswith("hx-"):
            yield f"<{element.tag} {name}> is no valid HTML – write data-{name}"


def _names(tree: Element) -> Iterator[str]:
    for image in tree.iter("img"):
        if image.get("alt") is None:
            yield f'<img src={image.get("src")!r}> has no alt – describe it, or say alt=""'
    for element in tree.iter():
        if element.tag not in {"a", "button"} or element.get("aria-hidden") == "true":
            continue
        named = text_of(element) or element.get("aria-label") or element.get("aria-labelledby")
        if not named and not any(image.get("alt") for image in element.iter("img")):
            yield f"<{element.tag} href={element.get('href')!r}> has no text – say what it does"


def _tables(tree: Element) -> Iterator[str]:
    for table in tree.iter("table"):
        if table.get("role") in VOID_OF_MEANING:
            continue
        if table.find("caption") is None:
            yield "a table has no caption – use the macro `table`"
        if not any(head.get("scope") for head in table.iter("th")):
            yield "a table has no <th scope> – use the macro `table`"


def outside_addresses(html: str) -> set[str]:
    """Return the addresses on other hosts that a page names."""
    tree, _problems = parse(html)
    found = set()
    for element in tree.iter():
        for name in ("href", "src", "action", "srcset", "data-hx-get", "data-hx-post", "poster"):
            address = element.get(name, "")
            if urlsplit(address).netloc:
                found.add(address)
    return found
