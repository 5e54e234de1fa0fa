"""How long images take, as nodes say it, and as the next hub knows it."""

from pathlib import Path

import pytest

from sardonyx_spawner.kube import image_times
from sardonyx_spawner.kube.image_times import ImageTimes


def fetched(image: str, took: str = "12.345s") -> str:
    """Return what a node says."""
    return f'Successfully pulled image "{image}" in {took} ({took} including waiting). Image size: 5 bytes.'


@pytest.mark.parametrize(
    ("took", "seconds"), [("12.345s", 12.345), ("2m3.5s", 123.5), ("850ms", 0.85), ("1h2m3s", 3723.0)]
)
def test_the_usual_time_of_an_image_is_learned_from_the_nodes(took: str, seconds: float) -> None:
    """In each form in which they write it."""
    times = ImageTimes()
    times.note(fetched("a/b:1", took))
    times.note("Created container: notebook")
    assert times.usual_s("a/b:1") == pytest.approx(seconds)
    assert times.usual_s("a/b:2") is None


def test_the_next_hub_knows_it(tmp_path: Path) -> None:
    """The first person after an upgrade reads it, too."""
    times = ImageTimes()
    times.keep(tmp_path / "images.json")
    for took in ("10s", "20s", "90s"):
        times.note(fetched("a/b:1", took))
    after = ImageTimes()
    after.keep(tmp_path / "images.json")

    assert after.usual_s("a/b:1") == pytest.approx(20.0)


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": ["x"]}', "not json"])
def test_what_cannot_be_read_is_begun_anew(tmp_path: Path, text: str) -> None:
    """Nobody's start fails for that."""
    file = tmp_path / "images.json"
    file.write_text(text)
    times = ImageTimes()
    times.keep(file)
    times.note(fetched("a/b:1"))

    assert times.usual_s("a/b:1") == pytest.approx(12.345)


def test_a_disk_that_is_full_stops_no_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is known as long as this hub runs."""
    times = ImageTimes()
    times.keep(tmp_path / "gone" / "images.json")
    times.note(fetched("a/b:1"))

    assert times.usual_s("a/b:1") == pytest.approx(12.345)
    assert "not written down" in caplog.text


def test_what_was_fetched_last_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tags come and go for years."""
    monkeypatch.setattr(image_times, "MOST_IMAGES", 2)
    times = ImageTimes()
    for image in ("a/b:1", "a/b:2", "a/b:1", "a/b:3"):
        times.note(fetched(image))

    assert [times.usual_s(f"a/b:{tag}") is None for tag in (1, 2, 3)] == [False, True, False]
