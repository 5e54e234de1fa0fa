"""All that the tests compile, before they ask for it: `python -m support.compiled`, beside the tests that run meanwhile."""

from support.cluster.programs import POLICIES, PROGRAMS
from support.go_servers import MC, MINIO, VAULT


def main() -> None:
    """Compile what is not there yet, in the order in which tests ask for it."""
    for each in (VAULT, MINIO, MC, PROGRAMS, POLICIES):
        each.built()


if __name__ == "__main__":
    main()
