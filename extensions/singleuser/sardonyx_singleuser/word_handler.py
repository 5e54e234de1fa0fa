"""Where the hub tells this server what those who lead a class say, at `sardonyx/api/word`."""

import json
from base64 import b64decode

from jupyter_server.base.handlers import APIHandler
from tornado import web

from sardonyx_singleuser.handed_out import LARGEST, is_name
from sardonyx_singleuser.language import _
from sardonyx_singleuser.word import LONGEST, WORDS

FIELDS = ("said_by", "text", "put_back", "folder", "asker")


class WordHandler(APIHandler):  # type: ignore[misc]
    """Takes a word; its person has not used the server by that."""

    _track_activity = False

    @web.authenticated
    async def post(self) -> None:
        """Do one thing, and answer with what could not be done.

        Keep `text` to be shown, put the file `put_back` of the repository in `folder` back, hand out `content` as the
        file `hand_out`, or else bring new material.
        """
        try:
            told = json.loads(self.request.body)
            said_by, text, path, folder, asker = (str(told.get(name, ""))[:LONGEST] for name in FIELDS)
            name, content = str(told.get("hand_out", "")), b64decode(told.get("content", ""), validate=True)
            if not said_by or (name and not is_name(name)) or len(content) > LARGEST:
                raise KeyError("said_by")  # noqa: TRY301 - answered as the rest
        except (ValueError, TypeError, KeyError, AttributeError):
            raise web.HTTPError(400, _("This is not what is said to a server.")) from None
        words = self.settings[WORDS]
        problem = ""
        if text:
            words.add(said_by, text, asker)
        elif name:
            problem = await words.hand_out(said_by, name, content)
        elif path:
            problem = await words.put_back(said_by, path, folder)
        else:
            problem = await words.bring(said_by)
        self.finish({"problem": problem})
