"""Where the hub's user may have few processes, as on systems that limit users to 4096, for all servers together."""

import json
from pathlib import Path

from support.everybody import python_for_everybody
from support.forks import running_forks

FEW = 1600
BOMB = """
import errno, json, os, resource, signal
made, problem = [], ""
for _ in range(2000):
    try:
        child = os.fork()
    except OSError as error:
        problem = errno.errorcode[error.errno]
        break
    if child == 0:
        signal.pause()
    made.append(child)
print(json.dumps([resource.getrlimit(resource.RLIMIT_NPROC)[0], problem, len(made)]))
"""


def test_a_fork_bomb_takes_a_part_and_others_start_meanwhile(prefix: Path) -> None:
    """A quarter: the user of an ordinary hub is that of all servers."""
    with running_forks(python_for_everybody(prefix), ordinary=True, processes=FEW) as limited:
        bomber = limited.start("bob")
        assert bomber.is_ready, bomber.log.read_text()

        limit, problem, made = json.loads(bomber.run(BOMB))
        other = limited.start("otto")

        assert limit == FEW // 4
        assert problem == "EAGAIN"
        assert made < limit
        assert other.is_ready, other.log.read_text()
        assert other.run("import subprocess; print(subprocess.check_output(['echo', 'fine']).decode())") == "fine"
