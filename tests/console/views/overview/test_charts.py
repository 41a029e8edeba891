from console.views.overview.charts import summary_words
from console.views.overview.series import nearest, read, summarise
from tests.console.views.overview.histories import NOW, a_history, a_sample, at


def test_a_span_is_summed_up_in_words() -> None:
    found = summarise(a_history(), at(0), at(12))
    assert (found.most_waiting, found.succeeded, found.failed, found.oldest_seconds) == (10, 8, 2, 7.5)
    assert "up to 10 waiting, 8 succeeded, 2 failed" in summary_words(found)
    assert "no data" in summary_words(summarise(a_history(), at(40), at(50)))


def test_the_cross_hair_reads_every_value_at_once() -> None:
    reading = read(a_history(), at(6))
    assert reading.sample is not None
    assert (reading.sample.waiting, reading.succeeded, reading.wait_p95) == (10, 0.8, 2.0)
    assert read(a_history(), at(45)).sample is None
    assert read(a_history(), at(1000)).succeeded is None


def test_nothing_is_read_in_a_gap() -> None:
    samples = [a_sample(0), a_sample(60)]
    assert nearest(samples, NOW.timestamp() + 30, within_seconds=12) is None
    assert nearest(samples, NOW.timestamp() + 55, within_seconds=12) is samples[1]
