"""What the pages of classes and events send to be done with the servers of their people."""

from fastapi import Request

from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.live.hand_outs import HandOuts
from sardonyx_services.people.web.live.servers import GroupServers


async def start_or_stop(servers: GroupServers, request: Request, who: Caller, group: str) -> None:
    """Start or stop servers: those of everybody, or of the ticked people."""
    form = await request.form()
    do = str(form.get("do", ""))
    act = servers.start if do in {"start", "start-all"} else servers.stop
    await act(who, group, None if do.endswith("-all") else [str(name) for name in form.getlist("who")])


async def say_or_bring(servers: GroupServers, request: Request, who: Caller, group: str) -> None:
    """Say something to everybody who is here, or bring them new material."""
    form = await request.form()
    if form.get("do") == "bring":
        await servers.bring(who, group)
    else:
        await servers.say(who, group, str(form.get("text", "")))


async def hand_out(hand_outs: HandOuts, request: Request, who: Caller, group: str) -> None:
    """Hand out a file to everybody."""
    file = (await request.form()).get("file")
    name, content = ("", b"") if file is None or isinstance(file, str) else (file.filename or "", await file.read())
    await hand_outs.hand_out(who, group, name, content)
