from console.charts.levels import Series, levels_of
from console.views.overview.charts import percentile_words, reading_words, summary_words
from console.views.overview.series import nearest, newest, read, summarise
from tests.console.views.overview.histories import NOW, a_history, a_sample, at


def test_a_span_is_summed_up_in_words() -> None:
    found = summarise(a_history(), at(0), at(12))
    assert (found.most_waiting, found.succeeded, found.failed, found.oldest_seconds) == (10, 8, 2, 7.5)
    assert "up to 10 waiting, 8 succeeded, 2 failed" in summary_words(found)
    assert "no data" in summary_words(summarise(a_history(), at(40), at(50)))


def test_the_cross_hair_reads_every_value_at_once() -> None:
    reading = read(a_history(), at(6))
    assert reading.sample is not None
    assert (reading.sample.waiting, reading.succeeded, reading.wait) == (10, 0.8, (1.0, 2.0))
    assert "high 1 · normal 9 · low 0 · oldest 7 s · 0 running" in reading_words(reading, form="%H:%M:%S")
    assert "no data" in reading_words(read(a_history(), at(45)), form="%H:%M:%S")
    assert percentile_words(reading.wait) == "p50 1 ms · p95 2 ms"
    assert percentile_words(read(a_history(), at(15)).wait) == "–"
    assert newest(a_history()) == at(5)
    assert read(a_history(), at(45)).sample is None
    assert read(a_history(), at(1000)).succeeded is None


def test_nothing_is_read_in_a_gap() -> None:
    samples = [a_sample(0), a_sample(60)]
    assert nearest(samples, NOW.timestamp() + 30, within_seconds=12) is None
    assert nearest(samples, NOW.timestamp() + 55, within_seconds=12) is samples[1]


def test_a_band_is_filled_down_to_its_floor() -> None:
    high = Series("p95", lambda palette: palette.accent, [4.0, 6.0, None], floor=[1.0, 2.0, None])
    [level] = levels_of([0, 5, 10], [high], step=5, is_stacked=False)
    assert level.is_filled
    assert level.stretches == [([0, 5], [4.0, 6.0], [1.0, 2.0])]
