"""What the hub side tells a server: names of environment variables, listed once on this side too.

The hub side has them in `sardonyx_spawner.local.contract`; a test compares both.
"""

PLAN = "SARDONYX_PLAN"
PROGRESS = "SARDONYX_PROGRESS"
TOKEN_FILE = "SARDONYX_TOKEN_FILE"  # noqa: S105 - the name of a variable
CREDENTIALS_URL = "SARDONYX_CREDENTIALS_URL"
S3_ENDPOINT = "SARDONYX_S3_ENDPOINT"
S3_REGION = "SARDONYX_S3_REGION"
S3_BUCKET = "SARDONYX_S3_BUCKET"
S3_HOME = "SARDONYX_S3_HOME"

VARIABLES = (PLAN, PROGRESS, TOKEN_FILE, CREDENTIALS_URL, S3_ENDPOINT, S3_REGION, S3_BUCKET, S3_HOME)
PLAN_VERSION = 1
