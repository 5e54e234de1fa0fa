"""Runs an app on a unix socket: `python app.py FRAMEWORK FILE SOCKET PREFIX`, by the Python of the app.

Only the standard library and the app's own framework: this runs in environments that know nothing of Sardonyx.
"""

import functools
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gettext import translation
from pathlib import Path
from typing import Any

LOCALE = Path(__file__).parents[2] / "locale"
NOT_OF_LAUNCH = {"root_path", "server_name", "server_port", "ssr_mode", "node_server_name", "node_port"}
"""What `launch` and `mount_gradio_app` both take, and is not the script's to say here."""
_ = translation("sardonyx", LOCALE, [os.environ.get("SARDONYX_LANGUAGE", "")], fallback=True).gettext


@dataclass(frozen=True)
class Call:
    """One with which a script starts its own server, which listens on a port and does not return.

    Args:
        name: of what is called, in a module or a class.
        app: finds the app among the arguments, by their names.
        answer: what it returns.
    """

    owner: Any
    name: str
    app: Callable[[dict[str, Any]], Any]
    answer: Any = None


@dataclass(frozen=True)
class Wish:
    """What a script wanted to be served, and how; `options` are the arguments of its call."""

    app: Any
    options: dict[str, Any] = field(default_factory=dict)


@contextmanager
def held_back(calls: tuple[Call, ...]) -> Iterator[list[Wish]]:
    """Let these calls note what is wanted, instead of doing it.

    Scripts end with them, often without asking whether they were started or imported. They would go on for ever where
    nothing of ours comes after them, and on a port, which everybody on the machine can reach.
    """
    wishes: list[Wish] = []
    usual = [getattr(call.owner, call.name) for call in calls]
    for call, function in zip(calls, usual, strict=True):
        setattr(call.owner, call.name, _noting(call, function, wishes))
    try:
        yield wishes
    finally:
        # What a page of the app calls later is its own affair.
        for call, function in zip(calls, usual, strict=True):
            setattr(call.owner, call.name, function)


def _noting(call: Call, function: Callable[..., Any], wishes: list[Wish]) -> Callable[..., Any]:
    signature = inspect.signature(function)

    def note(*given: Any, **named: Any) -> Any:
        arguments = signature.bind(*given, **named).arguments
        wishes.append(Wish(call.app(arguments), arguments))
        return call.answer

    async def note_later(*given: Any, **named: Any) -> Any:
        return note(*given, **named)

    return functools.wraps(function)(note_later if inspect.iscoroutinefunction(function) else note)


def main() -> None:
    """Load the app and serve it; what is wrong is said in a sentence."""
    name, file, path, prefix = sys.argv[1:]
    # As if the file had been started itself: its folder comes first, its arguments are its own.
    sys.path.insert(0, str(Path(file).parent))
    sys.argv = [file]
    SERVED[name](file, path, prefix)


def find(
    file: str, is_it: Callable[[Any], bool], what: str, *calls: Call, can_be: Callable[[Any], bool] | None = None
) -> Wish:
    """Run a file and return what is the app: what it starts by one of these calls, else what has a usual name or is alone.

    Args:
        can_be: tells of what was to be started whether it can be the app; None = as of all else.
    """
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    if spec is None or spec.loader is None:
        raise SystemExit(_("{file} cannot be loaded as Python.").format(file=file))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with held_back(calls) as wishes:
        try:
            spec.loader.exec_module(module)
        except SystemExit:
            # As in sys.exit(app.run()).
            if not wishes:
                raise
    # The first one would not have returned.
    for wish in wishes:
        if (can_be or is_it)(wish.app):
            return wish
    found = {key: value for key, value in vars(module).items() if is_it(value)}
    for usual in ("app", "demo", "server", "application"):
        if usual in found:
            return Wish(found[usual])
    if len(set(map(id, found.values()))) == 1:
        return Wish(next(iter(found.values())))
    if found:
        said = _("{file} has several apps at its top level: call the one that shall run `app`.")
    else:
        said = _("{file} has no app at its top level, which has to be an object of {what}.")
    raise SystemExit(said.format(what=what, file=Path(file).name))


def imported_uvicorn() -> Any:
    """Return uvicorn, which not each framework needs by itself."""
    try:
        import uvicorn
    except ImportError:
        raise SystemExit(
            _(
                "The package {package} is not in this environment. Install it in a terminal, with: pip install {package}"
            ).format(package="uvicorn")
        ) from None
    return uvicorn


def calls_of_uvicorn() -> tuple[Call, ...]:
    """Return the calls that serve an ASGI app; `run` would end the process, too, when it finds that nothing was served."""
    uvicorn = imported_uvicorn()
    servers = (Call(uvicorn.Server, name, lambda told: told["self"].config.app) for name in ("run", "serve"))
    return Call(uvicorn, "run", lambda told: told["app"]), *servers


def serve_asgi(app: Any, path: str, prefix: str = "") -> None:
    """Serve an ASGI app."""
    imported_uvicorn().run(app, uds=path, root_path=prefix, log_level="info")


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
        serve_asgi(find(file, lambda value: isinstance(value, App), "shiny.App", *calls_of_uvicorn()).app, path)


def gradio(file: str, path: str, prefix: str) -> None:
    """Serve blocks of Gradio."""
    # It would tell its makers of each start, and wait for them.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    from fastapi import FastAPI
    from gradio import Blocks, mount_gradio_app

    # Not `share`, which would show the app to the world, and not where to listen; what it looks like and whom it lets in is.
    kept = set(inspect.signature(mount_gradio_app).parameters) - NOT_OF_LAUNCH
    # It returns an app and two addresses.
    launch = Call(Blocks, "launch", lambda told: told["self"], (None, "", ""))
    wish = find(file, lambda value: isinstance(value, Blocks), "gradio.Blocks", launch, *calls_of_uvicorn())
    options = {name: value for name, value in wish.options.items() if name in kept}
    # Its server of Node.js would listen on a port.
    os.environ["GRADIO_SSR_MODE"] = "False"
    serve_asgi(mount_gradio_app(FastAPI(), wish.app, path="/", root_path=prefix, **options), path)


def dash(file: str, path: str, _prefix: str) -> None:
    """Serve a Dash app."""
    from dash import Dash

    # It was called run_server before Dash 3.
    names = [name for name in ("run", "run_server") if hasattr(Dash, name)]
    calls = (Call(Dash, name, lambda told: told["self"]) for name in names)
    wish = find(file, lambda value: isinstance(value, Dash), "dash.Dash", *calls, *calls_of_flask())
    serve_wsgi(wish.app.server, path)


def flask(file: str, path: str, _prefix: str) -> None:
    """Serve a Flask app."""
    from flask import Flask

    serve_wsgi(find(file, lambda value: isinstance(value, Flask), "flask.Flask", *calls_of_flask()).app, path)


def calls_of_flask() -> tuple[Call, ...]:
    """Return the calls that serve a WSGI app: that of Flask, and that of what it is made of."""
    from flask import Flask
    from werkzeug import serving

    return (
        Call(Flask, "run", lambda told: told["self"]),
        Call(serving, "run_simple", lambda told: told["application"]),
    )


def fastapi(file: str, path: str, prefix: str) -> None:
    """Serve an app of FastAPI or Starlette, or of another framework that makes an ASGI app."""
    frameworks = ("fastapi", "starlette", "litestar", "quart")

    def is_app(value: Any) -> bool:
        return (
            callable(value) and not isinstance(value, type) and type(value).__module__.partition(".")[0] in frameworks
        )

    def can_be(value: Any) -> bool:
        # Such as an app in something else; a function is a factory, and a text names what is found here anyway.
        return callable(value) and not inspect.isfunction(value)

    def has_routes(value: Any) -> bool:
        return is_app(value) and hasattr(value, "routes")

    wish = find(file, has_routes, "FastAPI / Starlette", *calls_of_uvicorn(), can_be=can_be)
    serve_asgi(wish.app, path, prefix)


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
