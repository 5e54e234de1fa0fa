"""Runs an app on a unix socket: `python app.py FRAMEWORK FILE SOCKET PREFIX`, by the Python of the app.

Only the standard library and the app's own framework: this runs in environments that know nothing of Sardonyx.
"""

import importlib.util
import os
import sys
from collections.abc import Callable
from gettext import translation
from pathlib import Path
from typing import Any

LOCALE = Path(__file__).parents[2] / "locale"
_ = translation("sardonyx", LOCALE, [os.environ.get("SARDONYX_LANGUAGE", "")], fallback=True).gettext


def main() -> None:
    """Load the app and serve it; what is wrong is said in a sentence."""
    name, file, path, prefix = sys.argv[1:]
    # As if the file had been started itself: its folder comes first, its arguments are its own.
    sys.path.insert(0, str(Path(file).parent))
    sys.argv = [file]
    SERVED[name](file, path, prefix)


def find(file: str, is_it: Callable[[Any], bool], what: str) -> Any:
    """Run a file and return the object in it that is the app: one with a usual name, else the only one."""
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    if spec is None or spec.loader is None:
        raise SystemExit(_("{file} cannot be loaded as Python.").format(file=file))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found = {key: value for key, value in vars(module).items() if is_it(value)}
    for usual in ("app", "demo", "server", "application"):
        if usual in found:
            return found[usual]
    if len(set(map(id, found.values()))) == 1:
        return next(iter(found.values()))
    if found:
        said = _("{file} has several apps at its top level: call the one that shall run `app`.")
    else:
        said = _("{file} has no app at its top level, which has to be an object of {what}.")
    raise SystemExit(said.format(what=what, file=Path(file).name))


def serve_asgi(app: Any, path: str, prefix: str = "") -> None:
    """Serve an ASGI app."""
    try:
        import uvicorn
    except ImportError:
        raise SystemExit(
            _(
                "The package {package} is not in this environment. Install it in a terminal, with: pip install {package}"
            ).format(package="uvicorn")
        ) from None
    uvicorn.run(app, uds=path, root_path=prefix, log_level="info")


def serve_wsgi(app: Any, path: str) -> None:
    """Serve a WSGI app."""
    from werkzeug.middleware.proxy_fix import ProxyFix
    from werkzeug.serving import run_simple

    run_simple("unix://" + path, 0, ProxyFix(app, x_prefix=1), threaded=True)


def streamlit(file: str, path: str, _prefix: str) -> None:
    """Serve a script of Streamlit."""
    options = {
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
        # The browser's address is that of the hub; requests of other sites do not come through the hub's sign-in.
        "server.enableCORS": "false",
        "server.enableXsrfProtection": "false",
    }
    from streamlit import config

    try:
        from streamlit.starlette import App
    except ImportError:
        # Before 1.53 it listens on such a socket by itself.
        arguments = [f"--{name}={value}" for name, value in {**options, "server.address": "unix://" + path}.items()]
        os.execv(sys.executable, [sys.executable, "-m", "streamlit", "run", file, *arguments])  # noqa: S606 - it replaces this one
    for name, value in options.items():
        config.set_option(name, value == "true" if value in {"true", "false"} else value)
    serve_asgi(App(file), path)


def shiny(file: str, path: str, _prefix: str) -> None:
    """Serve an app of Shiny for Python, in either of its styles."""
    from shiny import App
    from shiny.express import is_express_app, wrap_express_app

    if is_express_app(Path(file).name, str(Path(file).parent)):
        serve_asgi(wrap_express_app(Path(file)), path)
    else:
        serve_asgi(find(file, lambda value: isinstance(value, App), "shiny.App"), path)


def gradio(file: str, path: str, prefix: str) -> None:
    """Serve blocks of Gradio."""
    # It would tell its makers of each start, and wait for them.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from fastapi import FastAPI
    from gradio import Blocks, mount_gradio_app

    demo = find(file, lambda value: isinstance(value, Blocks), "gradio.Blocks")
    serve_asgi(mount_gradio_app(FastAPI(), demo, path="/", root_path=prefix), path)


def dash(file: str, path: str, _prefix: str) -> None:
    """Serve a Dash app."""
    from dash import Dash

    serve_wsgi(find(file, lambda value: isinstance(value, Dash), "dash.Dash").server, path)


def flask(file: str, path: str, _prefix: str) -> None:
    """Serve a Flask app."""
    from flask import Flask

    serve_wsgi(find(file, lambda value: isinstance(value, Flask), "flask.Flask"), path)


def fastapi(file: str, path: str, prefix: str) -> None:
    """Serve an app of FastAPI or Starlette, or of another framework that makes an ASGI app."""
    frameworks = ("fastapi", "starlette", "litestar", "quart")

    def is_app(value: Any) -> bool:
        return (
            callable(value) and not isinstance(value, type) and type(value).__module__.partition(".")[0] in frameworks
        )

    serve_asgi(
        find(file, lambda value: is_app(value) and hasattr(value, "routes"), "FastAPI / Starlette"), path, prefix
    )


def marimo(file: str, path: str, _prefix: str) -> None:
    """Serve a notebook of marimo as an app."""
    from marimo import create_asgi_app

    serve_asgi(create_asgi_app().with_app(path="", root=file).build(), path)


def voila(file: str, path: str, prefix: str) -> None:
    """Serve a notebook with Voilà; each visit has a kernel of its own."""
    from tornado.httpserver import HTTPServer
    from tornado.ioloop import IOLoop
    from tornado.netutil import bind_unix_socket
    from voila.app import Voila

    class OnSocket(Voila):  # type: ignore[misc]  # untyped
        """Listens where nobody else of this machine can connect."""

        def listen(self) -> None:
            self.ioloop = IOLoop.current()
            HTTPServer(self.app, xheaders=True).add_socket(bind_unix_socket(path))
            try:
                self.ioloop.start()
            finally:
                self.stop()

    # What a kernel says on a port is there for all of this machine to hear.
    kernels = ("--KernelManager.transport=ipc", "--AsyncKernelManager.transport=ipc")
    OnSocket.launch_instance([file, "--no-browser", "--server_url=/", f"--base_url={prefix}/", *kernels])


SERVED = {served.__name__: served for served in (streamlit, shiny, gradio, dash, flask, fastapi, marimo, voila)}

if __name__ == "__main__":
    main()
