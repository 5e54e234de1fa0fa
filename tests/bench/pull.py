"""How long a node takes to fetch an image from a registry beside it, by what the node says, beside unpacking the same by tar."""

import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from support.cluster.cluster import Cluster, running_cluster
from support.cluster.pods import pod
from support.cluster.registry import Registry
from support.figures import figure
from support.images import image_file
from support.waiting import soon

from sardonyx_spawner.kube.image_times import ImageTimes

IMAGES = ("hub", "python", "r+vscode+mlflow")
ROUNDS = 3
NAMESPACE = "default"
PATIENCE_S = 600


def bench_pull() -> list[dict[str, Any]]:
    """Fetch each image into a node that has none of it, and unpack its layers by hand, in turns."""
    files = {name: image_file(name) for name in IMAGES}
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as folder, running_cluster() as cluster:
        registry = Registry(cluster, Path(folder)).start()
        rows = []
        for name, file in files.items():
            slug = name.replace("+", "-")
            image = registry.push(file, f"{slug}:bench")
            layers = registry.layers(image)
            pulled, unpacked = [], []
            for number in range(ROUNDS):
                pulled.append(_pull(cluster, f"{slug}-{number}", image))
                unpacked.append(_unpack(layers))
            size = sum(layer.stat().st_size for layer in layers)
            rows += [
                figure(f"{name}: pull, median", statistics.median(pulled), "s", "tar", statistics.median(unpacked)),
                figure(f"{name}: packed", size / 1e6, "MB", "MB in 1 s by 1 Gbit/s", 125.0),
            ]
        return rows


def _pull(cluster: Cluster, name: str, image: str) -> float:
    """Let a Pod ask for an image; return the seconds that the node says it took, and let the node forget it."""
    before = cluster.images()
    container = {"image": image, "imagePullPolicy": "IfNotPresent"}
    cluster.apply(pod(name, "true", container=container), namespace=NAMESPACE)
    found: list[str] = []

    def is_said() -> bool:
        events = cluster.get("events", f"--namespace={NAMESPACE}", f"--field-selector=involvedObject.name={name}")
        found[:] = [each["message"] for each in events["items"] if each["reason"] == "Pulled"]
        return bool(found)

    soon(is_said, PATIENCE_S)
    cluster.kubectl("delete", "pod", name, f"--namespace={NAMESPACE}", "--now")
    cluster.forget_images(cluster.images() - before)
    times = ImageTimes()
    times.note(found[0])
    took = times.usual_s(image)
    assert took is not None, found[0]
    return took


def _unpack(layers: list[Path]) -> float:
    with tempfile.TemporaryDirectory(prefix="sardonyx-bench-") as folder:
        began = time.monotonic()
        for layer in layers:
            subprocess.run(["tar", "-xzf", str(layer), "-C", folder], check=True)
        return time.monotonic() - began
