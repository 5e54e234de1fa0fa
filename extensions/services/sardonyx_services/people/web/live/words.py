"""How pages say how many servers something is done with."""

from sardonyx_services.people.web.live.live import Row
from sardonyx_services.people.web.live.runs import Run
from sardonyx_spawner.language import _, ngettext


class LiveWords:
    """What templates with servers call."""

    def stop_all(self, count: int) -> str:
        """Say what is stopped for everybody."""
        if not count:
            return _("No server runs")
        return ngettext("Stop {count} server", "Stop {count} servers", count).format(count=count)

    def which(self, row: Row) -> str:
        """Say which servers somebody has, where it is not the usual one alone; "" = it is, or none."""
        if len(row.servers) > 1:
            return _("{count} servers").format(count=len(row.servers))
        return _("server “{name}”").format(name=row.server) if row.server else ""

    def run(self, run: Run) -> str:
        """Say how far a go through servers is; "" = it is through, and of a word it was said long enough."""
        if run.is_word and (run.goes_on or run.just_ended):
            said = ngettext("{done} of {total} server has it.", "{done} of {total} servers have it.", run.total)
            return said.format(done=run.reached, total=run.total)
        if not run.goes_on:
            return ""
        said = ngettext("{done} of {total} server is done.", "{done} of {total} servers are done.", run.total)
        return said.format(done=run.done, total=run.total)
