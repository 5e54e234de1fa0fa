"""How a kernel's process ended: known of a fork as of one that was started as usual."""

import json
import subprocess
from pathlib import Path

SIDE_BY_SIDE = """
import json, os, signal, subprocess, sys, time
from sardonyx_singleuser.kernels.provisioner import ForkedProcess

def forked(code):
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        exec(code, {"os": os, "signal": signal, "time": time, "sys": sys})
        os._exit(0)
    return ForkedProcess(pid)

def ordinary(code):
    return subprocess.Popen([sys.executable, "-c", "import os, signal, time, sys\\n" + code])

ENDS = {
    "by itself": ("pass", lambda process: None),
    "a code": ("os._exit(3)", lambda process: None),
    "a signal of its own": ("os.kill(os.getpid(), signal.SIGSEGV)", lambda process: None),
    "killed": ("time.sleep(60)", lambda process: process.kill()),
    "asked": ("time.sleep(60)", lambda process: process.terminate()),
    "interrupted by default": ("signal.signal(2, signal.SIG_DFL); print(end='', flush=True); time.sleep(60)",
                               lambda process: (time.sleep(1), process.send_signal(signal.SIGINT))),
}
found = {}
for name, (code, end) in ENDS.items():
    said = []
    for start in (ordinary, forked):
        process = start(code)
        early = process.poll() if "sleep" in code else None
        end(process)
        code_of_wait = process.wait(timeout=20)
        # It has ended: nothing more can happen to it, and nobody else with its number is meant.
        process.kill()
        process.terminate()
        said.append([early, code_of_wait, process.poll(), process.returncode, process.wait()])
    found[name] = said
try:
    running = forked("time.sleep(60)")
    running.wait(timeout=0.1)
except subprocess.TimeoutExpired as error:
    found["too long"] = [type(error).__name__, running.poll()]
running.kill()
running.wait()
print(json.dumps(found))
"""


def test_the_end_of_a_forked_kernel_is_told_as_that_of_an_ordinary_one(prefix: Path) -> None:
    """Its exit code, or minus the number of the signal."""
    python = str(prefix / "bin" / "python")

    done = subprocess.run([python, "-I", "-c", SIDE_BY_SIDE], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("too long") == ["TimeoutExpired", None]
    assert {name: forked for name, (_, forked) in found.items()} == {name: usual for name, (usual, _) in found.items()}
    codes = {name: forked[1] for name, (_, forked) in found.items()}
    assert codes == {
        "by itself": 0,
        "a code": 3,
        "a signal of its own": -11,
        "killed": -9,
        "asked": -15,
        "interrupted by default": -2,
    }
