"""What the doctor says of sizes: which servers that are offered this machine could never hold."""

from collections.abc import Iterator, Sequence

from sardonyx_hub_config.engines.kinds import Server, kinds_of
from sardonyx_spawner.amounts import say_cores, say_memory
from sardonyx_spawner.local.machine import Machine
from sardonyx_spawner.profiles import Profile


def look_at_sizes(profiles: Sequence[Profile], machine: Machine) -> Iterator[tuple[bool, str]]:
    """Yield whether it is a fault, and what there is to say; nothing where each server that is offered fits.

    Who chooses one with more memory than the machine has is refused; more cores than there are do no harm.
    """
    for profile in profiles:
        kinds = list(kinds_of(profile, ("memory", "cpu")))
        large = [kind for kind in kinds if not machine.has(kind.plan.memory)]
        if large:
            most = max(large, key=lambda kind: kind.plan.memory or 0)
            has, there = say_memory(most.plan.memory or 0), machine.say_memory()
            said = f"has {has} of memory, and this machine {there}: nobody can start it. Offer less."
            yield True, f"{_which(profile, most)} {said}"
        wide = [kind for kind in kinds if (kind.plan.cpu or 0) > machine.cores]
        if wide:
            most = max(wide, key=lambda kind: kind.plan.cpu or 0)
            has, there = say_cores(most.plan.cpu or 0), say_cores(machine.cores)
            yield False, f"{_which(profile, most)} has {has}, and this machine {there}: that is what it gets."


def _which(profile: Profile, kind: Server) -> str:
    return f"“{profile.title}”" + (f" with {kind.named}" if kind.answers else "")
