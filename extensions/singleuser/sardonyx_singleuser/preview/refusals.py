"""Why a preview has no answer, in sentences for the person."""

import re
from typing import Any

from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.preview.sources import LONGEST_LINE, MIB, TOO_LONG, Source

MEMORY_MB = 512
"""So much a preview may take."""
LACKS = N_(
    "A preview needs the packages duckdb and duckdb-extension-httpfs, which are not in this server's environment."
)
TOO_MUCH = N_(
    "This needs more memory than a preview may take, {most} MB. Choose fewer columns or rows, or read it in a notebook."
)


class RefusedError(Exception):
    """What was asked for cannot be had; the message is for the person."""


def sentence(duckdb: Any, error: Exception, what: str, source: Source) -> str:
    """Return what an error of DuckDB means for the person."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return _(TOO_MUCH).format(most=MEMORY_MB)
    if isinstance(error, duckdb.PermissionException):
        return _("The SQL box reads this file only: the table `data`.")
    if isinstance(error, duckdb.HTTPException | duckdb.IOException) and what != "query":
        return _("This file cannot be read from the data store now. Try again.")
    if isinstance(error, duckdb.InternalException | duckdb.FatalException):
        return _("DuckDB, which reads previews, failed at this file. Read it in a notebook, such as with pandas.")
    if TOO_LONG in str(error):
        said = _("A line in this file is longer than {most} MB, which a preview does not take. Read it in a notebook.")
        return said.format(most=LONGEST_LINE // MIB)
    # What stands in the file is left out, and so is what to write in Python, and where the file is.
    said = str(error).partition("\n\nLINE")[0].replace(source.address, source.address.rpartition("/")[2])
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("Original Line")]
    if what == "query":
        # Hints for one line each follow the first.
        return f"{' '.join(' '.join(lines).split())[:500].rstrip('.')}."
    if source.kind == "parquet":
        # Its own words are about bytes, such as "don't know what type: ".
        return _("This is no whole Parquet file: it was cut off, is damaged, or is another kind of file by that name.")
    reason = re.sub(r"^[A-Z][A-Za-z ]* Error: ", "", " ".join(lines[:2]))[:300].rstrip(".")
    return _("This file cannot be read as a table: {reason}.").format(reason=reason)
