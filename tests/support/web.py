"""httpx, as tests ask addresses of this machine with it: it would read all authorities of the web anew for each request."""

import ssl
from functools import partial

import httpx

TRUSTED = ssl.create_default_context()
Client = partial(httpx.Client, verify=TRUSTED)
AsyncClient = partial(httpx.AsyncClient, verify=TRUSTED)
request = partial(httpx.request, verify=TRUSTED)
get = partial(httpx.get, verify=TRUSTED)
post = partial(httpx.post, verify=TRUSTED)
put = partial(httpx.put, verify=TRUSTED)
delete = partial(httpx.delete, verify=TRUSTED)
