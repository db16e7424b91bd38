"""The tests' browser: no JavaScript, strict about pages, fills the forms that people see.

answer = client.get("/de/anfrage/brakel")
answer = answer.form().fill(name="Erika Beispiel", topics=["housing"]).submit()
assert answer.status_code == 422
assert answer.errors == {"phone": "…"}
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from flask.wrappers import Response

from tests.support.house_style import complaints, parse, text_of

NOT_SENT = {"submit", "button", "reset", "image", "file"}


class Answer(Response):
    """What came back, readable as a page."""

    browser: StrictClient
    path: str

    @property
    def is_page(self) -> bool:
        """Whether people would see HTML."""
        shown = not 300 <= self.status_code < 400  # nobody reads the text of a redirect
        return shown and self.mimetype == "text/html" and bool(self.get_data())

    @cached_property
    def document(self) -> Element:
        """The parsed page."""
        assert self.is_page, f"{self.status}: no page but {self.mimetype}"
        return parse(self.text)[0]

    @property
    def heading(self) -> str:
        """The one <h1>."""
        return text_of(next(self.document.iter("h1")))

    @property
    def main_text(self) -> str:
        """What the page says, without header and footer."""
        return text_of(next(self.document.iter("main")))

    @property
    def errors(self) -> dict[str, str]:
        """The complaints at the fields, by field name."""
        by_id = {e.get("id"): text_of(e) for e in self.document.iter() if e.get("id")}
        found = {}
        for element in self.document.iter():
            for target in element.get("aria-describedby", "").split():
                if target.endswith("-error") and target in by_id:
                    found[element.get("name") or target.removesuffix("-error")] = by_id[target]
        return found

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements with a tag and these attributes (`data_x` for `data-x`)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.document.iter(tag)
            if all(element.get(name) == value for name, value in wanted.items())
        ]

    def links(self) -> dict[str, str]:
        """Return where each link goes, by its text."""
        return {text_of(a): a.get("href", "") for a in self.document.iter("a")}

    def click(self, text: str, **options: Any) -> Answer:
        """Follow the link with this text."""
        links = self.links()
        assert text in links, f"no link {text!r}; there are {sorted(links)}"
        return self.browser.get(urljoin(self.path, links[text]), **options)

    def follow(self) -> Answer:
        """Follow a redirect after a success."""
        assert self.status_code in {301, 302, 303, 308}, f"{self.status}: nothing to follow"
        return self.browser.get(urljoin(self.path, self.location))

    def form(self, which: str = "") -> FilledForm:
        """Return a form by its id, its action or – if there is only one in <main> – without saying."""
        scope = self.document if which else next(self.document.iter("main"))
        forms = list(scope.iter("form"))
        if which:
            forms = [f for f in forms if which in {f.get("id"), f.get("action")}]
        assert len(forms) == 1, (
            f"{len(forms)} forms {which!r}; there are "
            f"{[(f.get('id'), f.get('action')) for f in self.document.iter('form')]}"
        )
        return FilledForm(self, forms[0])


class FilledForm:
    """A form as it was rendered, with what is entered so far."""

    def __init__(self, answer: Answer, form: Element) -> None:
        self._answer = answer
        self.method = form.get("method", "get").upper()
        self.action = urljoin(answer.path, form.get("action") or answer.path)
        self.options: dict[str, list[str]] = {}
        self.values: dict[str, list[str]] = {}
        self.buttons: dict[str, list[str]] = {}
        self.actions: dict[tuple[str, str], str] = {}
        for element in form.iter():
            self._read(element)
        for button in answer.document.iter("button"):  # a button may stand outside of its form
            if form.get("id") and button.get("form") == form.get("id"):
                self._read(button)

    def _read(self, element: Element) -> None:
        name = element.get("name")
        if element.tag not in {"input", "select", "textarea", "button"} or name is None:
            return
        kind = element.get("type", "text" if element.tag == "input" else "submit")
        if element.tag == "button" or (element.tag == "input" and kind in NOT_SENT):
            value = element.get("value", "")
            self.buttons.setdefault(name, []).append(value)
            self.actions[name, value] = urljoin(
                self._answer.path, element.get("formaction", self.action)
            )
        elif "disabled" in element.keys():
            return
        elif element.tag == "select":
            self._read_select(name, element)
        elif kind in {"checkbox", "radio"}:
            value = element.get("value", "on")
            self.options.setdefault(name, []).append(value)
            chosen = [value] if "checked" in element.keys() else []
            self.values.setdefault(name, []).extend(chosen)
        else:
            text = (
                "".join(element.itertext())
                if element.tag == "textarea"
                else element.get("value", "")
            )
            self.values.setdefault(name, []).append(text)

    def _read_select(self, name: str, element: Element) -> None:
        options = list(element.iter("option"))
        values = [option.get("value", text_of(option)) for option in options]
        self.options[name] = values
        chosen = [v for o, v in zip(options, values, strict=True) if "selected" in o.keys()]
        several = "multiple" in element.keys()
        self.values[name] = chosen if several else (chosen or values[:1])

    def fill(self, **entries: str | bool | list[str]) -> Self:
        """Enter texts, choose options (a code, a list of codes, or True and False for a single box)."""
        for name, entry in entries.items():
            assert name in self.values, f"no field {name!r}; there are {sorted(self.values)}"
            self.values[name] = self._chosen(name, entry)
        return self

    def _chosen(self, name: str, entry: str | bool | list[str]) -> list[str]:
        if isinstance(entry, bool):
            return self.options[name][:1] if entry else []
        values = entry if isinstance(entry, list) else [entry]
        for value in values:
            offered = self.options.get(name)
            assert offered is None or value in offered, f"{name}: {value!r} is not among {offered}"
        return values

    def data(self, button: str = "", value: str | None = None) -> dict[str, list[str]]:
        """Return what the browser would send, pressing a button."""
        sent = {name: values for name, values in self.values.items() if values}
        if button:
            assert button in self.buttons, f"no button {button!r}; there are {self.buttons}"
            sent[button] = [self.buttons[button][0] if value is None else value]
        return sent

    def submit(self, button: str = "", value: str | None = None, **options: Any) -> Answer:
        """Send the form, as a click on its button does."""
        data = self.data(button, value)
        if self.method == "GET":
            return self._answer.browser.get(self.action, query_string=data, **options)
        pressed = (button, data[button][0]) if button else ("", "")
        return self._answer.browser.post(
            self.actions.get(pressed, self.action), data=data, **options
        )


class StrictClient(FlaskClient):
    """A browser without JavaScript that refuses pages which break the house style."""

    def open(self, *args: Any, **kwargs: Any) -> Answer:
        """Ask for a page and look it over."""
        answer = super().open(*args, **{"buffered": True, **kwargs})
        assert isinstance(answer, Answer)
        answer.browser = self
        parts = urlsplit(answer.request.url)
        answer.path = parts.path + (f"?{parts.query}" if parts.query else "")
        if answer.is_page:
            # An answer to htmx may be a part of a page; without htmx it never is.
            fragment = "HX-Request" in answer.request.headers and "<html" not in answer.text[:200]
            problems = complaints(answer.text, path=parts.path, fragment=fragment)
            shown = f"{answer.request.method} {answer.path} ({answer.status_code})"
            assert not problems, "\n- ".join((f"{shown} breaks the house style:", *problems))
        return answer


def browser(app: Any) -> StrictClient:
    """Return a new browser, with no cookies yet."""
    return StrictClient(app, Answer, use_cookies=True)
