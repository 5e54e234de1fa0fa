"""nginx of this machine, which ends TLS for others."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.authority import Certificate

MAP = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }"
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
PASSED = """proxy_pass {behind}; proxy_http_version 1.1; proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto https;
proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
client_max_body_size 0; proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 1h;"""


@dataclass(frozen=True)
class Site:
    """Something that is reached by https.

    Args:
        listens: address and port.
        paths: path -> address of who answers below it.
        names: of the host; none = any.
    """

    listens: str
    certificate: Certificate
    paths: Mapping[str, str]
    names: Sequence[str] = ("_",)


@dataclass
class Nginx:
    """One that runs, with the sites that it was given."""

    folder: Path
    sites: list[Site] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def serve(self, *sites: Site) -> None:
        """Serve these as well; start if it does not run yet."""
        self.sites += sites
        self._write()
        if self.process is None:
            with (self.folder / "output").open("wb") as output:
                # However the tests end, it does, too.
                command = ["setpriv", "--pdeathsig", "KILL", "nginx", *self._told()]
                self.process = subprocess.Popen(command, stdout=output, stderr=output)
        else:
            subprocess.run(["nginx", *self._told(), "-s", "reload"], check=True, capture_output=True)

    def close(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)

    def _told(self) -> list[str]:
        return ["-e", f"{self.folder}/log", "-c", f"{self.folder}/nginx.conf"]

    def _write(self) -> None:
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in KINDS)
        servers = "\n".join(self._server(number, site) for number, site in enumerate(self.sites))
        head = f"user root; daemon off; pid {self.folder}/pid; error_log {self.folder}/log; events {{}}"
        text = f"{head}\nhttp {{ access_log off; {temporary} {MAP}\n{servers} }}\n"
        (self.folder / "nginx.conf").write_text(text)

    def _server(self, number: int, site: Site) -> str:
        own = self.folder / str(number)
        own.mkdir(exist_ok=True)
        certificate, key = site.certificate.write(own)
        places = "\n".join(
            f"location {path} {{ {PASSED.format(behind=behind)} }}" for path, behind in site.paths.items()
        )
        names = f"server_name {' '.join(site.names)}; ssl_certificate {certificate}; ssl_certificate_key {key};"
        return f"server {{ listen {site.listens} ssl; {names}\n{places} }}"
