"""`python -m sardonyx_singleuser`: what the hub starts."""

from sardonyx_singleuser.launcher import main

main()
