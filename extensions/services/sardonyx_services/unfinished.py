"""Uploads that nobody finished: their parts take room, no listing shows them, and no deletion of files takes them away."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

log = logging.getLogger(__name__)
OLDEST = timedelta(days=7)
"""Longer than any keys live with which one could be finished."""
GONE = "NoSuchUpload"
FORBIDDEN = 403


def is_forgotten(now: datetime) -> Callable[[Any], bool]:
    """Return what tells whether an upload will not be finished any more."""
    return lambda upload: bool(now - upload["Initiated"] > OLDEST)


def all_of_them(_upload: Any) -> bool:
    """Tell that any upload is meant."""
    return True


def end_unfinished(client: Any, bucket: str, prefix: str = "", is_meant: Callable[[Any], bool] = all_of_them) -> int:
    """End uploads; return how many.

    Args:
        prefix: they are below it.
        is_meant: tells which of them, each as S3 lists it.

    Raises:
        ClientError, BotoCoreError: the store does not do it now. Where it refuses for good, there is a line in the log.
    """
    ended = 0
    try:
        # All of them: MinIO takes the prefix for a whole name, and lists nothing.
        for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
            for upload in page.get("Uploads", ()):
                if upload["Key"].startswith(prefix) and is_meant(upload):
                    ended += _end(client, bucket, upload)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != FORBIDDEN:
            raise
        log.warning(
            "The store's role may not list and end uploads that were never finished (s3:ListBucketMultipartUploads,"
            " s3:AbortMultipartUpload): those below %s are for the bucket's lifecycle rules",
            prefix or bucket,
        )
    return ended


def _end(client: Any, bucket: str, upload: Any) -> bool:
    try:
        client.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
    except ClientError as error:
        if error.response["Error"]["Code"] == GONE:
            return False
        raise
    return True
