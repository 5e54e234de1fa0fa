"""RStudio: the open-source server, one for its person, where it is on the machine. Not tested: no package of it is had here."""

import getpass

from sardonyx_singleuser.language import N_
from sardonyx_singleuser.tools.tool import Place, Start, Tool, program


def _start(rserver: str, place: Place) -> Start:
    own = place.home / ".local" / "share" / "sardonyx" / "rstudio"
    own.mkdir(parents=True, exist_ok=True)
    database = own / "database.conf"
    database.write_text(f"provider=sqlite\ndirectory={own}\n")
    return Start(
        (
            *(rserver, "--server-daemonize=0", "--server-working-dir", str(place.folder)),
            *("--auth-none=1", f"--server-user={getpass.getuser()}", f"--www-root-path={place.prefix}"),
            *(f"--www-socket={place.socket}", f"--server-data-dir={own}", f"--database-config-file={database}"),
            *("--www-frame-origin=same", "--www-verify-user-agent=0", f"--secure-cookie-key-file={own / 'key'}"),
        ),
        place.folder,
        {"USER": getpass.getuser()},
    )


RSTUDIO = Tool(
    name="rstudio",
    title="RStudio",
    description=N_("Write and run R in RStudio"),
    find=program("rstudio", "rserver"),
    start=_start,
    icon="M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.500 16.500v-9h3.500a2.500 2.500 0 0 1 0 5h-3.500m3.500 0 2.500 4",
    needs_window=True,
    is_shown_missing=False,
    how_to_get=N_("Whoever runs this place can install RStudio Server on the machine."),
)
