"""Shows a document of Quarto, and renders it again when it was saved: `python quarto_preview.py FILE SOCKET`.

Quarto's own preview listens on a port, which everybody on the machine could reach; this listens on a unix socket.
Only the standard library: this runs in environments that know nothing of Sardonyx.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
from gettext import translation
from html import escape
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer

LOCALE = Path(__file__).parents[2] / "locale"
_ = translation("sardonyx", LOCALE, [os.environ.get("SARDONYX_LANGUAGE", "")], fallback=True).gettext
_SLIDES = re.compile(r"^format:\s*revealjs\b|^format:\s*\n\s+revealjs:", re.MULTILINE)
_SERVER = re.compile(r"^server:\s*(?:\n\s+type:\s*)?[\"']?shiny", re.MULTILINE)
_FRONT = re.compile(r"\A---\s*\n(.*?)^---\s*$", re.DOTALL | re.MULTILINE)
FAULT = "<!doctype html><title>Quarto</title><h1>{title}</h1><pre>{said}</pre>"
# The page asks whether there is a newer one.
WATCH = """
<script>
setInterval(async () => {{
  if (document.hidden) return;
  const answer = await fetch("?version").catch(() => null);
  if (answer?.ok && await answer.text() !== "{version}") location.reload();
}}, 2000);
</script>
"""


class RenderError(Exception):
    """Quarto did not render a document; the message is what it said."""


class Document:
    """One file, rendered when it was saved since.

    Args:
        quarto: the program.
    """

    def __init__(self, file: Path, quarto: str) -> None:
        self._file, self._quarto = file, quarto
        self._rendered: tuple[str | None, str] = (None, "")
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """What changes whenever the file does; "" = it is gone."""
        try:
            return str(self._file.stat().st_mtime_ns)
        except OSError:
            return ""

    def page(self) -> str:
        """Return it as a page that looks for a newer version of itself; a fault is a page, too.

        Raises:
            RenderError: it has a fault, and no page was there before.
        """
        with self._lock:
            version, (known, shown) = self.version, self._rendered
            if version != known:
                try:
                    shown = self._render()
                except RenderError as error:
                    if known is None:
                        raise
                    shown = FAULT.format(title=_("Quarto cannot render this"), said=escape(str(error)))
                self._rendered = version, shown
        return shown + WATCH.format(version=version)

    def _render(self) -> str:
        try:
            front = _FRONT.match(self._file.read_text(errors="replace"))
        except OSError as error:
            raise RenderError(
                _("{file} cannot be read: {problem}.").format(file=self._file.name, problem=error.strerror)
            ) from None
        if front and _SERVER.search(front[1]):
            raise RenderError(_("This document needs Shiny while it is read: such documents cannot be previewed."))
        kind = "revealjs" if front and _SLIDES.search(front[1]) else "html"
        command = [self._quarto, "render", self._file.name, "--to", kind, "-M", "embed-resources:true", "--output", "-"]
        variables = {**os.environ, "QUARTO_PYTHON": sys.executable}
        done = subprocess.run(
            command, cwd=self._file.parent, env=variables, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RenderError(
                done.stderr.strip() or _("quarto ended with the code {code}.").format(code=done.returncode)
            )
        return done.stdout


class Server(ThreadingMixIn, UnixStreamServer):
    """Serves one document to whoever may connect."""

    daemon_threads = True

    def __init__(self, path: str, document: Document) -> None:
        self.document = document
        super().__init__(path, Handler)


class Handler(BaseHTTPRequestHandler):
    """Answers the page, and which version it is."""

    server: Server

    def do_GET(self) -> None:
        """Answer."""
        is_question = self.path.endswith("?version")
        kind = "text/plain" if is_question else "text/html"
        body = (self.server.document.version if is_question else self.server.document.page()).encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Say nothing: a page asks every two seconds."""


def main() -> None:
    """Render it once, so that a fault is told where apps tell of theirs; then serve it."""
    name, path = sys.argv[1:]
    # That of the app's environment comes first: pip puts it beside its Python, and on nobody's path.
    quarto = shutil.which("quarto", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if quarto is None:
        raise SystemExit(
            _(
                "Quarto is not here. Where your server reaches GitHub, install it in a terminal, with: pip install quarto-cli."
                " Elsewhere whoever runs this place can install it on the machine, or in the image that servers run from: it"
                " has to be on the path as `quarto`."
            )
        )
    document = Document(Path(name), quarto)
    try:
        document.page()
    except RenderError as error:
        raise SystemExit(str(error)) from None
    Server(path, document).serve_forever()


if __name__ == "__main__":
    main()
