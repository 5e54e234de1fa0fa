"""What git says, in words for the person."""

from sardonyx_singleuser.git.command import NO_GIT, TIMED_OUT, Answer
from sardonyx_singleuser.language import N_, _

_NO_BRANCH = N_("It has no branch {branch}. Leave the branch empty for the main one.")
_SIGNS = (
    (("Authentication failed", "could not read Username", "terminal prompts disabled", "error: 401", "error: 403",
      "Git credentials for", "Authorization error"),
     N_("It does not exist, or it is private. Look at the address; for a private one, give a token on the hub's page “Git”.")),
    (("Remote branch", "invalid reference", "did not match any", "find remote ref", "not our ref"),
     _NO_BRANCH),
    # Of a file of the repository's own, git does not say why: in a folder that was just made there is no other reason.
    (("No space left on device", "Disk quota exceeded", "unable to write file"),
     N_("There is no room left for it. Delete something that you do not need, and start again.")),
    (("transport '",),
     N_("It has no address on the web, such as https://. Look at the address.")),
    (("not found", "does not appear to be a git repository", "does not exist"),
     N_("There is no repository at this address. Look at the address.")),
    (("Could not resolve host", "Failed to connect", "Could not connect", "timed out", "Connection refused",
      "too slow", "error: 5", "from HTTP 5"),
     N_("Its place on the web does not answer. Try again later.")),
    (("Failed to fetch some objects",),
     N_("They are not at its place. Tell who keeps the repository.")),
    (("would be overwritten",),
     N_("A file of yours is in the way of one that came new. Rename yours, and start again.")),
    (("index.lock",),
     N_("Another program is at work in it. Try again in a minute.")),
)  # fmt: skip


def problem(answer: Answer, branch: str) -> str:
    """Return what went wrong and what to do; "" = nothing.

    Args:
        branch: what was wanted of it, for the answer that it is not there; "" = nothing by name.
    """
    if answer.code == 0:
        return ""
    if answer.code == NO_GIT:
        return _("This machine has no git. Ask the people who run this place to install it.")
    if answer.code == TIMED_OUT:
        return _("It did not arrive within {seconds} seconds. Use git clone in a terminal, or try again later.").format(
            seconds=answer.waited_s
        )
    known = next((sentence for signs, sentence in _SIGNS if any(sign in answer.said for sign in signs)), "")
    if known == _NO_BRANCH and not branch:
        # Of a repository inside of another one it is a commit, which no person has named.
        if "not our ref" in answer.said:
            return _("What is wanted of it is not at its place. Tell who keeps the repository.")
        return _last_line(answer.said)
    return _(known).format(branch=branch) if known else _last_line(answer.said)


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1].removeprefix("fatal: ")[:200] if lines else _("git said nothing.")
