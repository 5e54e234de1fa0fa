"""Python kernels in a fraction of a second: forks of a process that has imported the shell and the usual libraries.

```
1st of a server
└── server           JupyterLab's server; `provisioner` asks for a kernel through a socket that only both have
    ├── dormant      a fork of the server from before it ran anything of its own (`dormant`); waits, costs about nothing
    └── kernel       a fork of the dormant one, but the server's own child (CLONE_PARENT), as an ordinary kernel is
```

What cannot be forked as it should be, starts as usual.
"""
