"""SeaweedFS on a small disk, filled until it refuses, emptied and filled again; run alone in namespaces.

`python small_disk.py FOLDER DISK_MB WRITE_MB [VOLUME_MB VOLUMES]` prints what happened as JSON.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sardonyx_services.object_store.inside import DATA, PARTS, command, free_ports, loopback_up
from sardonyx_services.object_store.room import Room, room_in
from sardonyx_services.object_store.store import find_weed

OBJECT = 1 << 20
KEYS = {"accessKey": "A" * 20, "secretKey": "s" * 40}


def client(port: int) -> Any:
    """Return a client of the store's administrator."""
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=KEYS["accessKey"],
        aws_secret_access_key=KEYS["secretKey"],
        config=Config(retries={"total_max_attempts": 1}, read_timeout=20, s3={"addressing_style": "path"}),
    )


def works(attempt: Callable[[], Any], patience_s: float) -> bool:
    """Try until it works."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        with suppress(ClientError, BotoCoreError):
            attempt()
            return True
        time.sleep(0.2)
    return False


def main() -> None:
    """Fill, empty, fill."""
    folder, disk_mb, write_mb = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    loopback_up()
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", f"size={disk_mb}m", "tmpfs", str(folder)], check=True)
    os.chdir(folder)
    (folder / DATA).mkdir()
    (folder / "sock").mkdir()
    identity = {"name": "a", "credentials": [KEYS], "actions": ["Admin", "Read", "Write", "List"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    room = Room(int(sys.argv[4]), int(sys.argv[5]), 16) if len(sys.argv) > 4 else room_in(DATA)
    with (folder / "log").open("wb") as log:
        ports = free_ports(2 * len(PARTS))
        start = [part for part in command(find_weed(), ports, "sock/filer.sock", room) if "iam.config" not in part]
        process = subprocess.Popen(
            start, env={"HOME": str(folder), "PATH": os.defpath}, stdout=log, stderr=subprocess.STDOUT
        )
    s3 = client(ports[6])
    body = os.urandom(OBJECT)

    def put(number: int) -> Callable[[], Any]:
        return lambda: s3.put_object(Bucket="bucket", Key=str(number), Body=body)

    def delete(number: int) -> Callable[[], Any]:
        return lambda: s3.delete_object(Bucket="bucket", Key=str(number))

    said: dict[str, Any] = {"starts": works(lambda: s3.create_bucket(Bucket="bucket"), 20), "written_mb": 0}
    count = 0
    while count * OBJECT < write_mb << 20 and works(put(count), 6):
        count += 1
    said |= {"written_mb": count * OBJECT >> 20, "free_mb": shutil.disk_usage(folder).free >> 20}
    said["can_delete"] = all(works(delete(n), 5) for n in range(count))
    # What SeaweedFS does each quarter of an hour.
    deadline = time.monotonic() + 60
    while not (again := works(put(0), 0.1)) and time.monotonic() < deadline:
        httpx.get(f"http://127.0.0.1:{ports[0]}/vol/vacuum?garbageThreshold=0.1", timeout=30)
    said["can_write_again"] = again
    process.kill()
    process.wait()
    for port in ports:
        for left in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
            left.unlink()
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
