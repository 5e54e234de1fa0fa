"""Whether a class fits on this machine: what its servers get when all of them run, said with figures."""

from sardonyx_spawner.amounts import say_cores, say_memory, say_number
from sardonyx_spawner.language import Said, _, ngettext
from sardonyx_spawner.local.machine import Machine
from sardonyx_spawner.plan import ServerPlan

LEFT = 0.9
"""Share of the memory that servers can have; the rest is the hub's, the data store's and the system's."""


def say_fit(count: int, plan: ServerPlan, machine: Machine) -> list[Said]:
    """Say what some servers of one size get on a machine; [] = there is none to speak of.

    Args:
        count: how many there are at once.
        plan: of one.
    """
    if not count:
        return []
    return [*_memory(count, plan, machine), _cores(count, plan, machine)]


def _memory(count: int, plan: ServerPlan, machine: Machine) -> list[Said]:
    if plan.memory is None:
        return []
    there = int(machine.memory * LEFT)
    most = there // plan.memory
    if count <= most:
        text = ngettext(
            "The {count} server of its students fits, also when it uses all of its {memory}.",
            "All {count} servers of its students fit, also when each uses all of its {memory}.",
            count,
        )
        return [text.format(count=count, memory=say_memory(plan.memory))]
    text = ngettext(
        "Of the {people} servers of its students, {count} can use all of its {memory} at once.",
        "Of the {people} servers of its students, {count} can use all of their {memory} at once.",
        most,
    )
    each = _("With all of them there are {each} for each; what goes beyond the machine's memory ends servers.")
    return [
        text.format(people=count, count=most, memory=say_memory(plan.memory)),
        each.format(each=say_memory(there // count)),
    ]


def _cores(count: int, plan: ServerPlan, machine: Machine) -> Said:
    share = machine.cores / count
    if plan.cpu is not None and share >= plan.cpu:
        return _("Each has its {cores}, also when all work at once.").format(cores=say_cores(plan.cpu))
    if share >= 1:
        return _("When all work at once, each has {cores}.").format(cores=say_cores(round(share, 2)))
    return _("When all work at once, each has {share} of a core.").format(share=say_number(round(share, 2)))
