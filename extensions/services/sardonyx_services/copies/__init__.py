"""Copies of repositories for servers that do not see each other's machine: made when one asks, given out over HTTP."""
