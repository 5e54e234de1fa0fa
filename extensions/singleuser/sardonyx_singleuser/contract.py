"""What the hub side tells a server: names of environment variables, listed once on this side too.

The hub side has them in `sardonyx_spawner.contract`; a test compares both.
"""

PLAN = "SARDONYX_PLAN"
PROGRESS = "SARDONYX_PROGRESS"
TOKEN_FILE = "SARDONYX_TOKEN_FILE"  # noqa: S105 - the name of a variable
CREDENTIALS_URL = "SARDONYX_CREDENTIALS_URL"
S3_ENDPOINT = "SARDONYX_S3_ENDPOINT"
S3_REGION = "SARDONYX_S3_REGION"
S3_BUCKET = "SARDONYX_S3_BUCKET"
S3_HOME = "SARDONYX_S3_HOME"
VAULT_URL = "SARDONYX_VAULT_URL"
VAULT_ADDRESS = "SARDONYX_VAULT_ADDRESS"
VAULT_NAMESPACE = "SARDONYX_VAULT_NAMESPACE"
VAULT_SECRETS = "SARDONYX_VAULT_SECRETS"
VAULT_CERTIFICATES = "SARDONYX_VAULT_CERTIFICATES"
TOOLS = "SARDONYX_TOOLS"
OWN_TOOLS = "SARDONYX_OWN_TOOLS"
"""Name -> what the operator has written of a tool, as JSON."""
IMAGE = "SARDONYX_IMAGE"
"""That the server runs from, on Kubernetes; without it, it runs on one machine."""
ADDRESS = "SARDONYX_ADDRESS"
IDLE_STOP = "SARDONYX_IDLE_STOP"
HOME_SIZE = "SARDONYX_HOME_SIZE"
LANGUAGE = "SARDONYX_LANGUAGE"
PREIMPORT = "SARDONYX_PREIMPORT"
"""Of what servers are made from, on one machine, and of images: libraries, with commas between them."""
SHARED_FOLDERS = "SARDONYX_SHARED_FOLDERS"
PLACE_FOLDERS = "SARDONYX_PLACE_FOLDERS"
"""With data that the operator gives to servers, on Kubernetes."""
AUTHORITY = "SARDONYX_AUTHORITY"
"""File with certificates that servers trust beside those of their image, on Kubernetes."""
READY_KEY = "SARDONYX_READY_KEY"
"""Of a ready-made server, until the hub has said whose it is."""

VARIABLES = (
    *(PLAN, PROGRESS, TOKEN_FILE, CREDENTIALS_URL, S3_ENDPOINT, S3_REGION, S3_BUCKET, S3_HOME),
    *(VAULT_URL, VAULT_ADDRESS, VAULT_NAMESPACE, VAULT_SECRETS, VAULT_CERTIFICATES),
    *(TOOLS, OWN_TOOLS, IMAGE, ADDRESS, IDLE_STOP, HOME_SIZE, LANGUAGE, SHARED_FOLDERS, PLACE_FOLDERS, AUTHORITY),
    READY_KEY,
)
PROGRESS_IN_LOG = "-"
"""Value of PROGRESS where there is no file for it: lines that begin with PROGRESS_MARK in what the server writes."""
PROGRESS_MARK = "\x1e"
"""Source: RFC 7464, JSON text sequences."""
PLAN_VERSION = 1
FIRST_OWNER = 1_900_000_000
"""Under a root hub on one machine people's servers have users from this number on."""
HAND_OVER_VERSION = 1
"""Of what the hub says to a ready-made server."""
