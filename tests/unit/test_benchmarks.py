"""The speed report can be renewed topic by topic, and a topic that fails loses nothing of the others."""

import sys
import types

import pytest

from benchmarks import __main__ as command
from benchmarks.ratio_chart import ratio_chart

ROW = {"job": "a job", "ours": 2.0, "unit": "ms", "peer": "a peer", "peer_value": 8.0, "ratio": 4.0}


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """Runs the command on two invented topics and gives the report."""

    def failing():
        raise RuntimeError("no second processor")

    for topic, measure in {"zebra": lambda: [ROW], "adder": failing}.items():
        monkeypatch.setitem(sys.modules, f"benchmarks.bench_{topic}", types.SimpleNamespace(measure=measure))
    monkeypatch.setattr(command, "REPORT", tmp_path / "BENCHMARKS.md")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["benchmarks", *words])
        code = command.main()
        return code, command.REPORT.read_text() if command.REPORT.exists() else ""

    return run


def test_one_topic_alone_leaves_the_report_as_it_is(bench):
    assert bench("zebra") == (0, "")


def test_renewing_one_topic_keeps_the_other(bench):
    bench("zebra", "--write")
    code, report = bench("adder", "--write")
    assert code == 1
    assert "| a job | 2 | ms |" in report
    assert "failed: RuntimeError: no second processor" in report
    assert report.index("## adder") < report.index("## zebra")
    assert bench("adder", "--write")[1] == report


def test_the_ratios_are_drawn_and_said():
    figure = ratio_chart({"zebra": [ROW, {**ROW, "ratio": 0.5}, {**ROW, "ratio": None}]})
    assert figure.png.startswith(b"\x89PNG")
    assert "of 2 jobs measured beside a peer, 1 are at least as fast and 1 slower" in figure.alt
    with pytest.raises(ValueError, match="Nothing to draw"):
        ratio_chart({"zebra": []})
