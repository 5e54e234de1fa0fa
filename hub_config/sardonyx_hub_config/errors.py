"""Messages meant for the operator in front of the terminal."""


class OperatorError(Exception):
    """Say what was wrong on this machine and what to do; the command line shows it without a trace."""
