"""Small packages, to be installed by tests."""

import base64
import hashlib
import zipfile
from pathlib import Path
from typing import Any

GREET = "def main():\n    print('hello from', __file__)\n"
"""A module that says where it is."""


def wheel(folder: Path, name: str, version: str, code: str) -> Path:
    """Make a package with one module and one program."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name}-says = {name}:main\n",
    }
    lines = []
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        lines.append(f"{path},sha256={digest},{len(text.encode())}\n")
    file = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as package:
        for path, text in files.items():
            package.writestr(path, text)
        package.writestr(f"{info}/RECORD", "".join([*lines, f"{info}/RECORD,,\n"]))
    return file


def put(forks: Any, person: str, name: str, version: str, code: str) -> str:
    """Put a package into somebody's home; return its file's name."""
    made = wheel(Path(forks.base), name, version, code)
    place = forks.put(person, made.name, "")
    place.write_bytes(made.read_bytes())
    made.unlink()
    return made.name
