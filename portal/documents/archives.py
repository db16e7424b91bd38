"""What must hold for an archive before any library opens it (XLSX and DOCX are ZIP archives)."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from portal.domain.errors import RuleBroken

MOST_ENTRIES = 500
LARGEST_TOTAL = 30 * 1024 * 1024
HIGHEST_RATIO = 100
SMALL_ENOUGH = 64 * 1024  # a few repeated letters compress well without being a bomb
USUAL_WAYS = {
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
}  # the others unpack at once, however much it is
FROM_UNIX = 3
LINK, KIND = 0o120000, 0o170000
DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")  # office files have none; attacks do
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


def refuse_dangerous(data: bytes) -> None:
    """Raise RuleBroken for an archive that is broken, would swell, or holds what no office file holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > LARGEST_TOTAL:
                raise _refused()
            if any(_is_odd(entry) for entry in entries):
                raise _refused()
            for entry in entries:  # reading proves that each size is what the archive says
                _refuse_declarations(archive.read(entry))
    except UNREADABLE as error:
        raise _refused() from error


def _is_odd(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    is_link = entry.create_system == FROM_UNIX and (entry.external_attr >> 16) & KIND == LINK
    swells = entry.file_size > max(SMALL_ENOUGH, entry.compress_size * HIGHEST_RATIO)
    is_unusual = entry.compress_type not in USUAL_WAYS
    return (
        is_unusual
        or is_link
        or swells
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in entry.filename
    )


def _refuse_declarations(content: bytes) -> None:
    plain = content.replace(b"\0", b"").upper()  # in whatever width the letters are written
    if any(word in plain for word in DECLARATIONS):
        raise _refused()


def _refused() -> RuleBroken:
    return RuleBroken(
        "Diese Arbeitsmappe kann nicht gelesen werden. "
        "Speichern Sie sie noch einmal, oder laden Sie sie als CSV UTF-8 hoch.",
        field="file",
    )
