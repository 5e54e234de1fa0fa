"""Images that an operator makes by the Dockerfiles of the docs, on what they have."""

import hashlib
import re
from configparser import ConfigParser
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from image_recipes import ROOT, SINGLEUSER
from images import built_wheel
from support.images import LAST_KEPT_S, builder, cache_folder, pip_configurations, used

from sardonyx_services.exclusive import exclusive

DOCS = ROOT / "docs" / "how-to" / "make-your-own-image.md"
FROM_OURS, FROM_ANY = re.findall(r"^```dockerfile\n(.*?)^```$", DOCS.read_text(), re.MULTILINE | re.DOTALL)
FOREIGN = """\
FROM debian
RUN apt-get update -qq \\
 && apt-get install -qq --no-install-recommends ca-certificates git python3-venv >/dev/null \\
 && rm -rf /var/lib/apt/lists/* \\
 && useradd --create-home --uid 4321 researcher \\
 && python3 -m venv /opt/science
ENV HOME=/home/researcher PATH=/opt/science/bin:/usr/bin:/bin
WORKDIR /home/researcher
USER researcher
ENTRYPOINT ["sh", "-c", "echo A platform of others; exec \\"$@\\"", "-"]
"""
"""Nothing of ours, nor of Jupyter: with a Python, a user, a home and a beginning of its own."""
PARTS = {"find-links": "/srv"}
"""Where pip finds our package in a build, which is on no registry."""


def own_image(text: str, base: str, **pip: str) -> str:
    """Return an image of a Dockerfile on an image that is here, built once.

    Args:
        pip: settings for it, mounted while it runs.
    """
    wheel = built_wheel(SINGLEUSER)
    content = f"{base} {text} {hashlib.sha256(wheel.read_bytes()).hexdigest() if pip else ''}"
    image = f"localhost/sardonyx-own/{hashlib.sha256(content.encode()).hexdigest()[:16]}:1"
    engine = builder().engine
    # Other tests want the same one.
    with exclusive(cache_folder() / "own.lock"), TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "Dockerfile").write_text(re.sub(r"^FROM .*$", f"FROM {base}", text, flags=re.MULTILINE))
        settings = ConfigParser()
        settings.read(pip_configurations())
        settings["global"] = {**(settings["global"] if settings.has_section("global") else {}), **pip}
        with (folder / "pip.conf").open("w") as file:
            settings.write(file)
        mounted = {folder / "pip.conf": "/etc/pip.conf", wheel.parent: "/srv"}
        options = (*engine.options, *(f"--volume={place}:{inside}:ro" for place, inside in mounted.items()))
        if not engine.has(image):
            log = folder / "build.log"
            replace(engine, options=options).build("Dockerfile", folder, image, arguments={}, log=log)
    used(image, kept_s=LAST_KEPT_S)
    return image


def image_on_anything() -> str:
    """Return an image by the how-to for any base, on one that has nothing of ours."""
    return own_image(FROM_ANY, own_image(FOREIGN, builder().base), **PARTS)


def own_image_file(image: str, folder: Path) -> Path:
    """Write an image as a file that a node reads."""
    file = folder / "own.tar"
    builder().engine.save(image, file)
    return file
