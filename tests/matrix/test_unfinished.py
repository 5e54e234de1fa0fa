"""Uploads that nobody finished are deleted with what they were for, in each store."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.places import BUCKET, client

from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.models import GroupRow
from sardonyx_services.people.moments import in_tables
from sardonyx_services.people.web.clearer import Clearer

ENDS_THEM = {"seaweedfs": True, "minio": True, "radosgw": False}
"""Ceph 16 lets no session end an upload, and a log says that they are for the bucket's lifecycle rules."""


@pytest.mark.parametrize("store", list(ENDS_THEM))
def test_nothing_of_a_class_is_left_in_the_store(
    request: pytest.FixtureRequest, store: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither files nor parts of one; the keys for that see uploads of others, and end none of them."""
    front: Any = request.getfixturevalue(store)
    place, at = front.place, front.proxy.store
    course = place.people.groups.add("class", "Statistics")
    place.people.classes.change(course, ClassDetails(after_end="delete", exporting=False))
    tia = place.person("tia")
    place.people.groups.join(course, tia.id, "instructor")
    own, shared = f"{tia.home}large", f"class/{course}/shared/large"
    for group, key in (("", own), (f"class-{course}", shared)):
        s3 = client(at, "s3", tia.keys(group))
        upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
        s3.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=1, Body=b"secret")
        s3.put_object(Bucket=BUCKET, Key=f"{key}.txt", Body=b"whole")
    place.people.groups.end(course)
    with place.people._session() as session:
        session.get(GroupRow, course).ended = in_tables(datetime.now(UTC) - timedelta(days=1, seconds=1))
    clearer = Clearer(place.door(at))
    assert clearer.measured(course, [f"class/{course}/"]) == {"objects": 1, "bytes": 5}

    clearer.clear(course, f"class/{course}/")

    sees = place.door(at).client("clear", {"group": course, "prefix": f"class/{course}/"})
    left = [each["Key"] for each in sees.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]
    assert own in left
    assert (shared not in left) == ENDS_THEM[store]
    assert ("for the bucket's lifecycle rules" in caplog.text) != ENDS_THEM[store]
    assert clearer.measured(course, [f"class/{course}/"]) == {"objects": 0, "bytes": 0}
