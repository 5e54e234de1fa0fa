"""What tests run in a forked kernel and in an ordinary one: it has to do the same."""

# Everything of a process that a fork could have kept; what must differ is taken out by `_plain`.
STATE = """
import gc, json, locale, logging, os, resource, signal, site, sys, sysconfig, tempfile, threading, warnings
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
state = {
    "modules": sorted(sys.modules), "built_in": sys.builtin_module_names, "argv": sys.argv, "orig_argv": sys.orig_argv, "path": sys.path,
    "flags": list(sys.flags), "options": sys._xoptions, "environment": dict(os.environ), "folder": os.getcwd(),
    "is_child": os.getppid() == int(os.environ["JPY_PARENT_PID"]), "leads": [os.getsid(0), os.getpgid(0)] == [os.getpid()] * 2,
    "signals": {s.name if hasattr(s, "name") else s: str(signal.getsignal(s)).split(" at 0x")[0] for s in signal.valid_signals()},
    "filters": [str(held) for held in warnings.filters], "collects": [gc.isenabled(), gc.get_threshold()],
    "root": [str(logging.root.handlers), logging.root.level],
    "tornado": [str(logging.getLogger("tornado").handlers), logging.getLogger("tornado").level],
    "limits": {n: resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n.startswith("RLIMIT_")},
    "threads": [t.name.rstrip("0123456789") for t in threading.enumerate() if "_watch_pipe" not in t.name],
    "native": threading.main_thread().native_id == os.getpid(), "main": sorted(vars(sys.modules["__main__"])),
    "text": [sys.stdout.encoding, sys.getfilesystemencoding(), locale.setlocale(locale.LC_CTYPE)],
    "status": {n: v for n, v in status.items() if n != "SigQ" and n.startswith(("Sig", "Shd", "Cap", "NoNew", "Seccomp", "Cpus", "Umask"))},
    "python": [sys.executable, sys.prefix, sys.base_prefix], "temporary": tempfile.gettempdir(),
    "homes": [site.USER_BASE, site.USER_SITE, sysconfig.get_config_var("userbase")],
    "standard_input": os.read(0, 10).decode(),
}
print(json.dumps(state, default=str))
"""
IN_A_FILE = "import sys; print(__name__, sys.argv[1:], 'f' in dir()); x = 5"
WORKER = "import os\ndef double(x):\n    return 2 * x, os.getppid() > 0, __name__\n"
NUMPY_THREADS = """
import ctypes, os, numpy
libraries = {line.split()[-1] for line in open("/proc/self/maps") if "openblas" in line}
for library in libraries:
    for name in ("scipy_openblas_get_num_threads64_", "openblas_get_num_threads64_", "openblas_get_num_threads"):
        if hasattr(ctypes.CDLL(library), name):
            print(getattr(ctypes.CDLL(library), name)())
            break
a = numpy.ones((300, 300))
print((a @ a).sum(), len(os.listdir("/proc/self/task")))
"""
POOL = "import multiprocessing as m, worker\nwith m.get_context('{}').Pool(2) as p: print(p.map(worker.double, [1, 2]))"
OWN = "import os\nopen('{0}.py', 'w').write('mine = 1')\nimport {0}\nos.unlink('{0}.py')\nprint(hasattr({0}, 'mine'))"
CELLS = {
    "first-cell": "import numpy, pandas; print(numpy.__file__, pandas.__version__); pandas.DataFrame({'a': [1, 2]})",
    "only-what-was-imported": "import sys; print('numpy' in sys.modules, 'pandas' in sys.modules, 'jupyter_server' in sys.modules)",
    "after-import": "import pandas, sys; print('numpy' in sys.modules, pandas is sys.modules['pandas'], pandas.__spec__.origin)",
    "reload": "import importlib, csv, pandas; print(importlib.reload(csv) is csv, pandas.__spec__.name)",
    "filters-of-numpy": "import numpy, warnings; print([str(held) for held in warnings.filters])",
    "pickle": "import pickle, pandas; print(pickle.loads(pickle.dumps(pandas.Series([1, 2]))).sum())",
    "arrow": "import pyarrow; print(pyarrow.cpu_count(), pyarrow.default_memory_pool().backend_name)",
    "frame-in-threads": "import pandas, pyarrow.compute as c; print(c.sum(pandas.Series(range(10**6)).to_numpy()).as_py())",
    "blas": NUMPY_THREADS,
    "error": "def f(x):\n    return 1 / x\nf(0)",
    "syntax-error": "def f(:",
    "streams": "import os, sys; print('a'); print('b', file=sys.stderr); sys.stdout.flush()",
    "streams-below": "import os; os.write(1, b'c\\n'); os.write(2, b'd\\n'); _ = os.system('echo e; echo f >&2; sleep 0.5')",
    "shell": "!echo $HOME; python -c 'import sys; print(sys.executable, sys.flags.isolated)'",
    "much": "print('0123456789' * 300_000)",
    "fork": "import os\nif (pid := os.fork()) == 0:\n    os._exit(7)\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
    "threads": "import threading\nt = [threading.Thread(target=print, args=(n,)) for n in range(3)]\nfor one in t: one.start(); one.join()",
    "abort": "import os\nif (pid := os.fork()) == 0:\n    os.abort()\nprint(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))",
    "asyncio": "import asyncio\nasync def f(): return asyncio.get_running_loop().is_running()\nprint(await f())",
    "loop-of-its-own": "import asyncio, threading\nt = threading.Thread(target=asyncio.run, args=(asyncio.sleep(0),))\nt.start(); t.join()",
    "pool-fork": POOL.format("fork"),
    "pool-spawn": POOL.format("spawn"),
    "pool-forkserver": POOL.format("forkserver"),
    "executor": "from concurrent.futures import ProcessPoolExecutor as P\nimport worker\nwith P(2) as p: print(*p.map(worker.double, [3]))",
    "run": "f = 1\n%run script.py a b\nprint(x)",
    "run-in-here": "f = 1\n%run -i script.py",
    "timeit": "%timeit -n1 -r1 -o pass\nprint(_.loops if '_' in dir() else 0)",
    "matplotlib": "%matplotlib inline\nimport matplotlib, matplotlib.pyplot as p\np.plot([1, 2]); print(matplotlib.get_backend())",
    "history": "%history -n",
    "magics": "%lsmagic",
    "extensions": "ip = get_ipython(); print(sorted(ip.extension_manager.loaded), ip.config)",
    "profile": "ip = get_ipython(); print(ip.profile_dir.location, ip.history_manager.hist_file)",
    "application": "a = get_ipython().parent.parent; print(type(a).__name__, a.parent_handle > 1, a.log.name)",
    "sql": "import duckdb; print(duckdb.sql('select 42').fetchall())",
    "temporary": "import tempfile, os; d = tempfile.TemporaryDirectory(); print(os.path.dirname(d.name))",
    "caches": "import jedi.settings, parso.cache; print(jedi.settings.cache_directory, parso.cache._default_cache_path)",
    "folder-of-children": "import multiprocessing.process as m; print(m.ORIGINAL_DIR)",
    "time": "import time; print(time.tzname)",
    "sklearn": "import sklearn.linear_model as l, numpy; print(l.LinearRegression().fit([[0], [1]], [0, 1]).coef_.round(6))",
    "server-libraries": "import requests, yaml, jinja2, httpx, sqlalchemy; print(requests.__name__, sqlalchemy.select(1))",
    "own-later": OWN.format("secrets"),
    "own-pandas-later": OWN.format("pandas"),
}  # fmt: skip
