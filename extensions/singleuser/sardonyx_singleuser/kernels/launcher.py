"""Runs a kernel as `python -m ipykernel_launcher` does, but without ports."""

import sys
from runpy import run_module

if __name__ == "__main__":
    # As ipykernel_launcher does it: neither this file's folder nor the notebook's has what is imported now.
    del sys.path[0]
    from sardonyx_singleuser.kernels import ports

    ports.do_without()
    run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
