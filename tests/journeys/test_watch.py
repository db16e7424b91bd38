"""The journeys' own eyes: what a device must notice, it notices."""

import pytest

pytestmark = pytest.mark.journey

INLINE_STYLE = "const style = document.createElement('style'); style.append('p {}'); document.head.append(style)"


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.log('hello')", "console: hello"),
        (INLINE_STYLE, "violates the following Content Security Policy"),
        ("setTimeout(() => { throw new Error('broken') })", "script error"),
        ("localStorage.setItem('name', 'Erika')", "kept in the browser: name"),
        ("sessionStorage.setItem('contact', '123')", "kept in the browser: contact"),
    ],
)
def test_a_device_notices_what_must_not_happen(new_device, script, complaint):
    device = new_device()
    device.visit("/de/")
    device.page.evaluate(script)
    device.visit("/de/impressum")
    device.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    found, device.complaints[:] = list(device.complaints), []
    assert any(complaint in line for line in found), found


def test_a_device_notices_another_host(new_device, elsewhere):
    device = new_device()
    device.page.goto(elsewhere)
    found, device.complaints[:] = list(device.complaints), []
    assert any(f"asked another host: {elsewhere}" in line for line in found), found
