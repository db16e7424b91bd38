"""A list's pages: each row on one of them, and no number leads nowhere."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.paging import page_within

SIZES = st.integers(1, 100)


@given(st.integers(), st.integers(0, 10_000), SIZES)
def test_every_number_leads_to_a_page(wanted: int, total: int, size: int) -> None:
    page, pages = page_within(wanted, total=total, size=size)
    assert 1 <= page <= pages
    assert (pages - 1) * size < max(total, 1) <= pages * size
    assert page == wanted or not 1 <= wanted <= pages
