"""The pages of long lists."""


def page_within(wanted: int, *, total: int, size: int) -> tuple[int, int]:
    """Return the page that comes nearest to the one asked for, and how many there are; an empty list has one."""
    pages = max(1, -(-total // size))
    return min(max(1, wanted), pages), pages
