"""The servers that wait: who gets which, which are made, and which are given up."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sardonyx_spawner.group_volume import GroupVolume
from sardonyx_spawner.kube.place import ClusterPlace, SharedVolumes
from sardonyx_spawner.kube.ready_made.figures import Figures
from sardonyx_spawner.kube.ready_made.stock import CALM_S, LONGEST_AGAIN_S, OLDEST_S, ReadyServer, Stock
from sardonyx_spawner.kube.ready_made.wishes import Rules
from sardonyx_spawner.plan import ServerPlan

PLAN = ServerPlan("kite2345", "python", "Python", "Python", image="lab/python:1", memory=1 << 30, home="fresh")
OTHER = replace(PLAN, person="wolf6789", profile="course", title="Course", summary="Course", author_name="Ben")
LARGE = replace(PLAN, memory=2 << 30)


class Clock:
    """Seconds, as a test says."""

    now = 1000.0

    def __call__(self) -> float:
        """Return them."""
        return self.now


class Shop:
    """A stock, its clock, and servers that wait in it."""

    def __init__(self, at_most: int = 10, at_least: int = 1) -> None:
        self.clock = Clock()
        self.stock = Stock(Rules(at_most, at_least), ClusterPlace(), 8888, self.clock)

    def put(self, name: str, plan: ServerPlan = PLAN, *, waits: bool = True, is_there: bool = True) -> ReadyServer:
        """Add a server that waits, or is made."""
        self.stock.offer([plan])
        (shape,) = self.stock.wanted()
        waiting: Any = SimpleNamespace(is_there=is_there) if waits else None
        server = self.stock.servers[name] = ReadyServer(name, shape, b"", self.clock(), waiting=waiting)
        return server

    def take(self, plan: ServerPlan = PLAN) -> str:
        """Return the name of what somebody gets; "" = nothing."""
        found = self.stock.take(plan)
        return found.name if found else ""


def test_who_comes_gets_one_that_waits_for_such_a_plan() -> None:
    """Whoever they are, and whatever else their plan says: only the kind of server counts."""
    shop = Shop()
    shop.put("one")
    assert shop.take(OTHER) == "one"


def test_nobody_gets_one_twice() -> None:
    """It is gone from the stock before anything else happens."""
    shop = Shop()
    shop.put("one")
    assert [shop.take(), shop.take(OTHER)] == ["one", ""]


def test_the_oldest_is_taken_first() -> None:
    """It has waited longest."""
    shop = Shop()
    shop.put("one")
    shop.clock.now += 5
    shop.put("two")
    assert [shop.take(), shop.take()] == ["one", "two"]


def test_one_of_another_size_is_no_use() -> None:
    """Its memory is not what was chosen."""
    shop = Shop()
    shop.put("one")
    assert shop.take(LARGE) == ""


def test_one_that_is_not_ready_is_not_taken() -> None:
    """Nor one whose process has ended."""
    shop = Shop()
    shop.put("made", waits=False)
    shop.put("gone", is_there=False)
    assert shop.take() == ""


def test_servers_with_a_home_or_a_gpu_are_never_made_before() -> None:
    """The one would have to be there first, the other would be held for nobody."""
    shop = Shop()
    shop.stock.offer([replace(PLAN, home="kept"), replace(PLAN, gpus=1)])
    assert shop.stock.wanted() == {}
    assert shop.take(replace(PLAN, home="kept")) == ""


def test_what_is_taken_is_made_again() -> None:
    """As long as it is asked for, and once for each."""
    shop = Shop()
    shop.put("one")
    assert shop.stock.missing(shop.stock.wanted()) == []
    shop.take()
    (shape,) = shop.stock.missing(shop.stock.wanted())
    assert shop.stock.plans[shape].image == "lab/python:1"


def test_nothing_is_made_that_is_being_made() -> None:
    """It counts as soon as it was asked for."""
    shop = Shop()
    shop.put("one", waits=False)
    assert shop.stock.missing(shop.stock.wanted()) == []


def test_somebody_without_a_place_gets_all_that_wait_out_of_the_way_for_a_while() -> None:
    """And nothing is made until it is calm again."""
    shop = Shop()
    server = shop.put("one")
    assert shop.stock.give_back() is True
    assert shop.stock.wanted() == {}
    assert shop.stock.spare(shop.stock.wanted()) == [server]
    shop.clock.now += CALM_S
    assert list(shop.stock.wanted().values()) == [1]


def test_nothing_is_given_back_where_nothing_waits() -> None:
    """Whoever asks is told, and does not wait for it."""
    assert Shop().stock.give_back() is False


def test_what_failed_is_tried_again_later_and_later() -> None:
    """Up to ten minutes, until it works."""
    shop = Shop()
    server = shop.put("one")
    del shop.stock.servers["one"]
    assert [shop.stock.failed(server.shape) for _time in range(3)] == [10, 20, 40]
    assert shop.stock.missing(shop.stock.wanted()) == []
    shop.clock.now += 40
    assert shop.stock.missing(shop.stock.wanted()) == [server.shape]
    assert [shop.stock.failed(server.shape) for _time in range(9)][-1] == LONGEST_AGAIN_S
    shop.stock.worked(server.shape)
    assert shop.stock.failed(server.shape) == 10


def test_of_too_many_those_go_that_are_not_ready() -> None:
    """Then the newest."""
    shop = Shop()
    ready = shop.put("ready")
    shop.clock.now += 5
    newer, making = shop.put("newer"), shop.put("making", waits=False)
    assert shop.stock.spare({ready.shape: 1}) == [newer, making]


def test_what_has_waited_for_half_a_day_is_made_anew() -> None:
    """Its image may have been renewed."""
    shop = Shop()
    server = shop.put("one")
    shop.clock.now += OLDEST_S
    assert shop.stock.spare(shop.stock.wanted()) == [server]


def test_people_who_are_there_already_are_not_expected() -> None:
    """More of them than there are seats are none too few."""
    shop = Shop(at_least=0)
    shop.stock.expect([(OTHER, 3), (PLAN, -2)])
    assert list(shop.stock.wanted().values()) == [3]


def test_it_is_counted_how_often_one_was_there() -> None:
    """For the operator: whether more should wait."""
    shop = Shop()
    shop.put("one")
    shop.take()
    shop.take()
    shop.take(replace(PLAN, home="kept"))
    shop.put("two")
    shop.put("three", waits=False)
    counted = {
        (sample.name, *sample.labels.values()): sample.value
        for family in Figures(shop.stock).collect()
        for sample in family.samples
    }
    assert counted == {
        ("sardonyx_ready_made_servers", "ready"): 1,
        ("sardonyx_ready_made_servers", "making"): 1,
        ("sardonyx_ready_made_starts_total", "yes"): 1,
        ("sardonyx_ready_made_starts_total", "no"): 1,
    }


def test_kinds_that_nobody_asks_for_any_more_are_forgotten() -> None:
    """A place that is changed often does not grow for it."""
    shop = Shop(at_least=0)
    shop.take()
    assert len(shop.stock.plans) == 1
    shop.clock.now += 3600
    shop.stock.wanted()
    assert shop.stock.plans == {}


def test_nobody_of_a_class_with_a_volume_is_given_or_promised_one_that_waits() -> None:
    """What waits is for others, and none is made that nobody could take."""
    shop = Shop()
    shop.stock.place = replace(shop.stock.place, shared_volumes=SharedVolumes())
    of_a_class = replace(OTHER, volumes=(GroupVolume("class", "ab2c3d4e", is_writable=True),))
    shop.put("one")

    assert shop.take(of_a_class) == ""
    shop.stock.expect([(of_a_class, 30)])
    assert [*shop.stock.wanted().values()] == [1]
    assert (shop.stock.missed, shop.take(OTHER)) == (0, "one")
