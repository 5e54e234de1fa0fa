"""What is loaded into JupyterHub's proxy before it starts, tried with the Node that runs it."""

import subprocess
from pathlib import Path

import pytest

import sardonyx_hub_config
from sardonyx_hub_config.services.proxy_install import find_node

BEFORE = Path(sardonyx_hub_config.__file__).parent / "proxy" / "before.cjs"
PASSING_ON = """
const http = require("node:http");
const behind = http.createServer((_, res) => {
  res.writeHead(200, { "Content-Length": 10 });
  res.write("12345", () => HOW);
});
const proxy = http.createServer((req, res) => {
  http.request({ port: behind.address().port }, (answer) => {
    answer.on("error", () => {});
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
  }).end();
});
behind.listen(0, "127.0.0.1", () => proxy.listen(0, "127.0.0.1", () => {
  http.get({ port: proxy.address().port, timeout: 3000 }, (answer) => {
    const said = (text) => { console.log(text); process.exit(); };
    answer.on("data", () => {});
    answer.on("end", () => said("all of it"));
    answer.on("error", () => said("broken off"));
    setTimeout(() => said("nothing"), 3000);
  });
}));
"""


def run(script: str, *options: str) -> str:
    """Run a script in Node; return what it prints."""
    command = [str(find_node().node), *options, "--eval", script]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@pytest.mark.parametrize(
    ("how", "said"), [("res.socket.destroy()", "broken off"), ('res.end("67890")', "all of it")], ids=["breaks", "ends"]
)
def test_an_answer_that_breaks_off_ends_for_the_reader_too(how: str, said: str) -> None:
    """They would wait for the rest for ever; one that is whole stays so."""
    assert run(PASSING_ON.replace("HOW", how), "--require", str(BEFORE)) == said
