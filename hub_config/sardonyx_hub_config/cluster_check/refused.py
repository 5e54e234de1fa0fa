"""Why the cluster would not take something: its own words, turned into what is wrong and what to do. Pure.

Source: messages as the API server of Kubernetes 1.36 writes them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from sardonyx_hub_config.cluster_check.quantities import amounts, said
from sardonyx_hub_config.cluster_check.trials import Trial
from sardonyx_hub_config.looks.findings import BAD, GOOD, NOTE, Finding

ABOUT = "namespace"
_QUOTA = re.compile(
    r"exceeded quota: (?P<quota>[^,]+), requested: (?P<asked>.*), used: (?P<used>.*), limited: (?P<most>.*)$"
)
_UNSAID = re.compile(r"failed quota: (?P<quota>[^:]+): must specify (?P<what>.+?)(?: for: .*)?$")
_SECURITY = re.compile(r'violates PodSecurity "(?P<level>[^"]+)": (?P<why>.+)$')
_LIMIT = re.compile(r"is forbidden: \[?(?P<why>.*\bper (?:Container|Pod|PersistentVolumeClaim) is .*?)\]?$")
_PRIORITY = re.compile(r"no PriorityClass with name (?P<name>\S+) was found")
_RUNTIME = re.compile(r'RuntimeClass "(?P<name>[^"]+)" not found')
_FIELD = re.compile(r"strict decoding error: (?P<why>.+)$")
_NOT_TRIED = re.compile(r"does not support dry run")
_WEBHOOK = re.compile(r'admission webhook "(?P<name>[^"]+)" denied the request: (?P<why>.+)$', re.DOTALL)
_AMOUNT = re.compile(r"([\w./-]+)=([^,]+)")


def judge(answers: Sequence[tuple[Trial, str | None]]) -> Iterator[Finding]:
    """Say what the cluster would refuse, and of the rest that it takes it.

    Args:
        answers: what was asked, and why it is refused; None = it is taken.
    """
    found = [(trial, *explain(trial, message)) for trial, message in answers if message is not None]
    for state, text in dict.fromkeys((state, text) for _trial, state, text in found):
        same = [trial for trial, *why in found if why == [state, text]]
        yield Finding(state, ABOUT, f"it does not take {_in_a_row(_named(same, answers))}: {text}")
    if not found:
        yield Finding(GOOD, ABOUT, f"it takes {_in_a_row(dict.fromkeys(trial.of for trial, _message in answers))}")


def _named(refused: Sequence[Trial], answers: Sequence[tuple[Trial, str | None]]) -> Iterator[str]:
    for of in dict.fromkeys(trial.of for trial in refused):
        names = [trial.named for trial in refused if trial.of == of and trial.named]
        # Of all of them nobody needs a list.
        is_all = len(names) == sum(trial.of == of for trial, _message in answers)
        yield f"{of} ({'; '.join(names)})" if names and not is_all else of


def explain(trial: Trial, message: str) -> tuple[str, str]:
    """Return how bad a refusal is, and what to do about it."""
    message = " ".join(message.split())
    if quota := _QUOTA.search(message):
        return _over(quota, trial)
    if unsaid := _UNSAID.search(message):
        return BAD, (
            f"the ResourceQuota {unsaid['quota']} wants that each Pod says {unsaid['what']}. Change {trial.setting}, or let a"
            " LimitRange in the namespace give it to those that say nothing."
        )
    if security := _SECURITY.search(message):
        return BAD, (
            f"the namespace lets in only Pods of the level {security['level']}: {security['why']}. Take out of the section"
            " kubernetes of the settings what asks for more, or let the namespace have another level."
        )
    if priority := _PRIORITY.search(message):
        return (
            BAD,
            f"there is no PriorityClass '{priority['name']}'. Correct the name; kubectl get priorityclasses lists those that are there.",
        )
    if runtime := _RUNTIME.search(message):
        return BAD, (
            f"there is no RuntimeClass '{runtime['name']}', which kubernetes.pod in the settings names. Correct it;"
            " kubectl get runtimeclasses lists those that are there."
        )
    if field := _FIELD.search(message):
        return BAD, f"kubernetes.pod in the settings has what a Pod does not have: {field['why']}. Correct it."
    if limit := _LIMIT.search(message):
        return BAD, (
            f"a LimitRange of the namespace says: {limit['why']}. Change {trial.setting}, or the LimitRange: kubectl describe"
            " limitranges"
        )
    if _NOT_TRIED.search(message):
        return (
            NOTE,
            f"that could not be looked at, because something of the cluster's own cannot be asked without making it: {message}",
        )
    if webhook := _WEBHOOK.search(message):
        return (
            BAD,
            f"a rule of the cluster's own ({webhook['name']}) says: {webhook['why']}. Ask who looks after the cluster.",
        )
    return BAD, f"{message}. Ask who looks after the cluster."


def _over(quota: re.Match[str], trial: Trial) -> tuple[str, str]:
    asked, used, most = (amounts(dict(_AMOUNT.findall(quota[part]))) for part in ("asked", "used", "most"))
    is_never = any(asked[name] > most.get(name, asked[name]) for name in asked)
    parts = [
        f"{name}: {said(name, number)} asked for, {said(name, used[name])} of {said(name, most[name])} in use"
        for name, number in asked.items()
        if name in used and name in most
    ]
    when = "is too small for one" if is_never else "has no room for one now"
    text = f"the ResourceQuota {quota['quota']} {when} ({'; '.join(parts)}). Have it made larger, or change {trial.setting}."
    return (BAD if is_never else NOTE), text


def _in_a_row(parts: Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
