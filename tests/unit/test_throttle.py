from sardonyx_hub_config.sign_in import throttle
from sardonyx_hub_config.sign_in.throttle import FREE, LONGEST_WAIT_S, Throttle, wait_after


def test_a_few_failures_cost_nothing() -> None:
    """People do mistype."""
    assert [wait_after(n) for n in range(FREE + 1)] == [0.0] * (FREE + 1)


def test_the_wait_grows_and_has_a_ceiling() -> None:
    """Guessing gets slow, and nobody is locked out for good."""
    waits = [wait_after(FREE + n) for n in range(1, 60)]

    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S


def test_success_forgets_the_failures() -> None:
    """Who knows the password starts afresh."""
    failures = Throttle(free=0)
    failures.failed("amina", 0.0)

    failures.succeeded("amina")

    assert failures.wait_s("amina", 0.0) == 0.0


def test_the_wait_runs_from_the_last_failure() -> None:
    """It passes by itself."""
    failures = Throttle(free=0)
    failures.failed("amina", 100.0)

    assert failures.wait_s("amina", 101.0) == 1.0
    assert failures.wait_s("amina", 103.0) == 0.0


def test_many_names_do_not_fill_the_memory() -> None:
    """The least recent ones are forgotten."""
    failures = Throttle(free=0)

    for number in range(throttle.REMEMBERED + 10):
        failures.failed(str(number), 0.0)

    assert len(failures._failures) == throttle.REMEMBERED
