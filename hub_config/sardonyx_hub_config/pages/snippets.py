"""Code to copy from the page “Data”, with the person's own addresses in it."""

import json
from dataclasses import dataclass
from datetime import datetime

from sardonyx_hub_config.pages.data_places import Reached
from sardonyx_spawner.dates import say_day
from sardonyx_spawner.language import _


@dataclass(frozen=True)
class Snippet:
    """A piece of code.

    Args:
        tab: under which it stands.
        title: what it is for, or the library's name.
    """

    tab: str
    title: str
    code: str


@dataclass(frozen=True)
class Needs:
    """What the code of a tab needs.

    Args:
        said: what, and where it is.
        code: what installs it; None = nothing has to be installed, or it cannot be.
    """

    said: str
    code: Snippet | None = None


TABS = ("Python", "R", "Terminal", "Spark")


def needs() -> dict[str, Needs]:
    """Return for each tab what its code needs, in the environments that come with Sardonyx."""
    once = _("To install, once")
    return {
        "Python": Needs(_("All of these packages are in the environments that come with Sardonyx.")),
        "R": Needs(
            _(
                "R has none of these packages at first. Install those that you use, in R; they stay."
                " Some are compiled, which takes minutes and needs a compiler in the environment."
            ),
            Snippet("R", once, "\n".join(f"install.packages({name})" for name in _OF_CRAN)),
        ),
        "Terminal": Needs(
            _(
                "aws is not in the environments that come with Sardonyx. Install it, in a terminal; it stays."
                " rclone and mc are there where the people who run this place have installed them."
            ),
            Snippet("Terminal", once, "pip install awscli"),
        ),
        "Spark": Needs(
            _("PySpark, with its part for S3, is in servers of the profile Spark that comes with Sardonyx.")
        ),
    }


def for_servers(found: Reached) -> tuple[Snippet, ...]:
    """Return what to write in a server, where keys are there by themselves."""
    folder = f"{found.bucket}/{found.home}"
    file = f"{folder}example.parquet"
    # CRAN is out of reach of this project's tests.
    untested = f"# {_('Sardonyx is not tested with this package.')}\n"
    code = [
        Snippet("Python", "pandas", _PANDAS.format(file=file)),
        Snippet("Python", "polars", f'import polars as pl\n\npl.read_parquet("s3://{file}")'),
        Snippet("Python", "DuckDB", _DUCKDB.format(file=file)),
        Snippet("Python", "boto3", _BOTO3.format(bucket=found.bucket, home=found.home)),
        Snippet("Python", "s3fs", f'import s3fs\n\ns3fs.S3FileSystem().ls("{folder}")'),
        Snippet("R", "aws.s3", _AWS_S3.format(bucket=found.bucket, home=found.home)),
        Snippet("R", "duckdb", _DUCKDB_R.format(file=file)),
        Snippet("R", "arrow", f'{untested}library(arrow)\n\nread_parquet("s3://{file}")'),
        Snippet("R", "paws", untested + _PAWS.format(bucket=found.bucket, home=found.home)),
        Snippet("Terminal", "aws", f"aws s3 ls s3://{folder}\naws s3 cp results.csv s3://{folder}"),
        Snippet("Terminal", "rclone", f"rclone ls :s3:{folder}\nrclone copy results.csv :s3:{folder}"),
        Snippet("Terminal", "mc", f"mc ls s3/{folder}\nmc cp results.csv s3/{folder}"),
        Snippet("Spark", "PySpark", _SPARK.format(file=file)),
    ]
    if found.groups:
        group = found.groups[0]
        first = next(place for place in found.places if place.profile == group.name).address
        values = {"profile": group.name, "address": first, "folder": first.removeprefix("s3://")}
        for tab, text in (("Python", _PROFILE_PYTHON), ("R", _PROFILE_R), ("Terminal", _PROFILE_TERMINAL)):
            code.append(Snippet(tab, _("For {group}").format(group=group.title), text.format(**values)))
    return tuple(code)


def for_laptop(keys: dict[str, str], endpoint: str, region: str) -> tuple[Snippet, ...]:
    """Return what to write on one's own computer, with new keys in it."""
    until = datetime.fromisoformat(keys["Expiration"])
    values = {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["Token"],
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
    lines = [f"export {name}={_quoted(value)}" for name, value in values.items()]
    configure = [
        f"aws configure set --profile sardonyx {name} {_quoted(value)}"
        for name, value in (
            ("aws_access_key_id", keys["AccessKeyId"]),
            ("aws_secret_access_key", keys["SecretAccessKey"]),
            ("aws_session_token", keys["Token"]),
            ("endpoint_url", endpoint),
            ("region", region),
            ("s3.addressing_style", "path"),
        )
    ]
    ends = f"# {_('until {day} {time} UTC').format(day=say_day(until), time=f'{until:%H:%M}')}\n"
    return (
        Snippet("Terminal", _("For this terminal only"), ends + "\n".join(lines)),
        Snippet("aws", _("As a profile of the AWS tools"), ends + "\n".join(configure)),
        Snippet(
            "Python",
            _("In Python"),
            _LAPTOP_PYTHON.format(**{name: json.dumps(value) for name, value in values.items()}),
        ),
    )


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\"'\"'") + "'"


_OF_CRAN = ('"aws.s3"', 'c("DBI", "duckdb")', '"arrow"', '"paws.storage"')
_PANDAS = """import pandas as pd

pd.DataFrame({{"a": [1, 2, 3]}}).to_parquet("s3://{file}")
pd.read_parquet("s3://{file}")"""
_DUCKDB = """import duckdb

duckdb.sql("select * from 's3://{file}'")"""
_BOTO3 = """import boto3

boto3.client("s3").list_objects_v2(Bucket="{bucket}", Prefix="{home}")"""
_PAWS = """library(paws.storage)

s3()$list_objects_v2(Bucket = "{bucket}", Prefix = "{home}")"""
_AWS_S3 = """library(aws.s3)

https <- startsWith(Sys.getenv("AWS_ENDPOINT_URL"), "https:")
get_bucket_df("{bucket}", prefix = "{home}", region = "", use_https = https)"""
_DUCKDB_R = """library(DBI)

connection <- dbConnect(duckdb::duckdb())
dbGetQuery(connection, "select * from 's3://{file}'")"""
_SPARK = """from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
spark.read.parquet("s3a://{file}")"""
_PROFILE_PYTHON = """import boto3, pandas as pd, s3fs

boto3.Session(profile_name="{profile}").client("s3")
s3fs.S3FileSystem(profile="{profile}").ls("{folder}")
pd.read_csv("{address}file.csv", storage_options={{"profile": "{profile}"}})"""
# What aws.s3 and duckdb are given their keys with knows no profiles; a server of a class has an address of its own for them.
_PROFILE_R = """address <- sub("/server/.*", "", Sys.getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
# once, before the first use
Sys.setenv(AWS_CONTAINER_CREDENTIALS_FULL_URI = file.path(address, "{profile}"))"""
_PROFILE_TERMINAL = """aws s3 ls {address} --profile {profile}"""
_LAPTOP_PYTHON = """import boto3

s3 = boto3.client(
    "s3",
    endpoint_url={AWS_ENDPOINT_URL},
    region_name={AWS_REGION},
    aws_access_key_id={AWS_ACCESS_KEY_ID},
    aws_secret_access_key={AWS_SECRET_ACCESS_KEY},
    aws_session_token={AWS_SESSION_TOKEN},
)"""
