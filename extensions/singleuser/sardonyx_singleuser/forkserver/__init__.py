"""Servers in a fraction of a second: one process imports the single-user server once, and each server is a fork of it.

```
supervisor           reaps, knows exit codes, outlives the hub; found again through its unix socket
├── zygote           has imported and warmed all, has one thread and no secret; makes the others
├── 1st of a server  first process of the server's namespaces: reaps there; whoever ends it ends all
│   └── server       JupyterHub's single-user server, with its kernels and terminals below
└── ...
```
"""
