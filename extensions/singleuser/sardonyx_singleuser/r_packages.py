"""Whether R may have a package, found without running R, which takes a fifth of a second."""

from collections.abc import Mapping
from pathlib import Path

LIBRARIES = ("lib/R/library", "lib/R/site-library", "lib64/R/library", "share/R/library", "library", "site-library")
"""Below the folder in which `bin/Rscript` is: of a machine, of an environment, and R's own."""
LOCAL = Path("/usr/local")
OWN = ("R/*/*", ".local/share/R/*/*", ".R/*/*")
"""In a home, where R makes libraries by itself."""
FILES = (".Renviron", ".Rprofile")
VARIABLES = ("R_LIBS", "R_LIBS_USER", "R_LIBS_SITE", "R_ENVIRON", "R_ENVIRON_USER", "R_PROFILE_USER")


def may_have(package: str, rscript: Path, home: Path, variables: Mapping[str, str]) -> bool:
    """Tell whether R may have a package: where its person has configured where R looks, R itself would have to be asked."""
    if any(variables.get(name) for name in VARIABLES) or any((home / name).exists() for name in FILES):
        return True
    prefixes = (rscript.parents[1], rscript.resolve().parents[1], LOCAL)
    libraries = [prefix / library for prefix in prefixes for library in LIBRARIES]
    own = [library for pattern in OWN for library in home.glob(pattern)]
    return any((library / package).is_dir() for library in (*libraries, *own))
