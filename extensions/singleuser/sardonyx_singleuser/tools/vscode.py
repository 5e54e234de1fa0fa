"""VS Code: code-server, with settings and extensions in the person's home."""

import json
from pathlib import Path

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import N_
from sardonyx_singleuser.tools.brought_extensions import give_extensions
from sardonyx_singleuser.tools.tool import Place, Start, Tool, program

FIRST_SETTINGS = {
    "chat.disableAIFeatures": True,
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "python.defaultInterpreterPath": "python",
}
"""For somebody who has none yet; theirs from then on."""


def _start(code_server: str, place: Place) -> Start:
    own = place.home / ".local" / "share" / "code-server"
    settings = own / "User" / "settings.json"
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(f"{json.dumps(FIRST_SETTINGS, indent=2)}\n")
    if tools := place.variables.get(contract.TOOLS):
        give_extensions(Path(tools), own)
    return Start(
        (
            *(code_server, "--socket", str(place.socket), "--socket-mode", "600"),
            # The hub's sign-in is before it.
            *("--auth", "none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"),
            *("--disable-getting-started-override", "--app-name", "VS Code"),
            *("--user-data-dir", str(own), "--extensions-dir", str(own / "extensions")),
            *("--abs-proxy-base-path", place.prefix, str(place.folder)),
        ),
        place.folder,
        {
            # It would take these for its own, and listen on a port.
            "PORT": "",
            "CODE_SERVER_CONFIG": str(own / "config.yaml"),
            "PASSWORD": "",
            # It would ask a login shell for the variables of its terminals, where /etc/profile has put another PATH.
            "VSCODE_CLI": "1",
        },
        ready_path="/healthz",
    )


VSCODE = Tool(
    name="vscode",
    title="VS Code",
    description=N_("Write and run code in Visual Studio Code"),
    find=program("vscode", "code-server"),
    start=_start,
    icon="M8 7 3 12l5 5M16 7l5 5-5 5M14 4l-4 16",
    needs_window=True,
)
