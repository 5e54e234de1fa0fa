"""Stands before the shared environment's pip, which could change nothing; see `sardonyx_singleuser.own_packages`."""
