"""What nobody types and machines send: strategies for malformed entries, forms and bodies."""

from urllib.parse import quote_plus

from hypothesis import strategies as st

NASTY = (
    "", " ", "\0", "a\0b", "\r\n", "\t", "\x1b[31m", "\x7f", "\x85", "\ufeff", "\ufffe", "\uffff", "\ufdd0",
    "\u202e\u0645\u0631\u062d\u0628\u0627", "\u2066x\u2069", "\u200b\u200d", "e\u0301" * 40, "Z\u0351\u036b\u0343" * 30,
    "\U0001f469\u200d\U0001f467", "\U0010ffff", "\U0001fffe", "\ud800", "\udfff\ud800", "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>", "{{ 7*7 }}", "%(name)s %s %d", "' OR 1=1 --", "../../etc/passwd", "-1", "1e309",
    "9" * 400, "true", "None", "[]", "٣٤٥", "0x7b", "2026-02-30", "x" * 5_000, "ﷺ" * 600,
    "andere-stadt", "brakel", "any",
)  # fmt: skip
"""Text that broke something somewhere; lone surrogates travel as the bytes that only a machine sends."""

anything = st.text(st.characters(exclude_categories=()), max_size=60)
entry = st.one_of(st.sampled_from(NASTY), anything)
usual = st.sampled_from(
    ("Erika Beispiel", "erika@example.org", "05271 23125", "1", "de", "y", "on", "housing")
)
pair = st.tuples(st.text(max_size=12), entry)


def form(fields: dict[str, list[str]]) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Fill in a form's fields wrongly: spoiled, left out, repeated, in any order, with some nobody asked for."""
    one = st.sampled_from(sorted(fields)).flatmap(
        lambda name: st.tuples(st.just(name), _value(fields[name]))
    )
    return st.tuples(
        st.lists(one, max_size=2 * len(fields)), st.lists(pair, max_size=3), st.booleans()
    ).flatmap(lambda drawn: st.just(_sent(fields, *drawn)))


def _value(offered: list[str]) -> st.SearchStrategy[str]:
    return st.one_of(entry, usual, *([st.sampled_from(offered)] if offered else []))


def _sent(
    fields: dict[str, list[str]],
    spoiled: list[tuple[str, str]],
    unknown: list[tuple[str, str]],
    whole: bool,
) -> list[tuple[str, str]]:
    """Return what goes over the wire: with `whole`, fields that were not spoiled keep what the form offers."""
    touched = {name for name, _value in spoiled}
    kept = [
        (name, offered[0])
        for name, offered in fields.items()
        if whole and offered and name not in touched
    ]
    return [*kept, *spoiled, *unknown]


def urlencoded(pairs: list[tuple[str, str]]) -> bytes:
    """Encode a form as browsers do, and lone surrogates as no browser does."""
    parts = (
        f"{quote_plus(name.encode('utf-8', 'surrogatepass'))}={quote_plus(value.encode('utf-8', 'surrogatepass'))}"
        for name, value in pairs
    )
    return "&".join(parts).encode("ascii")


CONTENT_TYPES = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=" + "x" * 300, "application/json", "text/plain", "text/html; charset=klingon",
    "", "/", "a\tb",
)  # fmt: skip
bodies = st.one_of(
    st.binary(max_size=300),
    st.just(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'),
    st.just(b'--x\r\nContent-Disposition: form-data; name="a"; filename="../b"\r\n\r\n\xff\xfe'),
    st.just(b"--x\r\n" * 400),
    st.just(b"&".join(b"k%d=1" % n for n in range(3_000))),
    st.just(b"a=%ED%A0%80&%FF=%FE&=&&==&a[]=1&a[x]=2&csrf_token=%00"),
    st.just(b'{"town": {"$ne": null}}'),
)
