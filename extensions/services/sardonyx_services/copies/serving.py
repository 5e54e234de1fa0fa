"""The service as a program: it listens."""

import logging

import uvicorn

from sardonyx_services.copies.answers import Answers
from sardonyx_services.copies.configuration import CopiesConfiguration
from sardonyx_services.copies.service import LONGEST_WAIT_S, Copies, create_app
from sardonyx_spawner.mirrors import Mirrors


async def serve(configuration: CopiesConfiguration, key: str) -> None:
    """Serve until the process is told to end.

    Args:
        key: by which the hub signs what may be asked for.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    answers = Answers(configuration.folder, configuration.most_answers_bytes)
    mirrors = Mirrors(
        configuration.folder,
        largest=configuration.largest_bytes,
        most=configuration.most_bytes,
        longest_wait_s=LONGEST_WAIT_S,
        changed=answers.forget,
    )
    # What a container that was ended in the middle of a copy has left takes room for ever else.
    mirrors.clear()
    app = create_app(Copies(configuration.folder, key, mirrors, answers))
    # On all addresses, IPv6 or not: in a Pod of its own, which only servers of people reach.
    server = uvicorn.Config(
        app, host="", port=configuration.port, log_config=None, access_log=False, server_header=False
    )
    try:
        await uvicorn.Server(server).serve()
    finally:
        answers.forget()
