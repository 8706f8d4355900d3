"""A pytest plugin that writes one line of JSON for each test as it ends, and bounds its time.

run.py loads it with `-p recorder` and these variables:
    RECORDER_RESULTS    the file that the lines are appended to; what it names already is not run again
    RECORDER_LIMIT      seconds that a test may take; the process ends when one takes longer

A line is {"test": id, "outcome": "started" | "passed" | "failed" | "skipped", "why": text}. A test that ends the process leaves its
"started" as the last word, so that run.py can tell what happened to it and go on behind it.
"""
import faulthandler
import json
import os

import pytest


class Recorder:
    def __init__(self, path, limit):
        self.limit = limit
        self.known = set()
        if os.path.exists(path):
            with open(path, encoding="utf-8") as lines:
                self.known = {json.loads(line)["test"] for line in lines}
        # Descriptors, not files: some suites make an unclosed file an error.
        self.results = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        # Tests replace sys.stderr and its descriptor; what a time limit prints belongs to the first one.
        self.terminal = os.dup(2)
        self.outcomes = {}

    def write(self, test, outcome, why=""):
        os.write(self.results, (json.dumps({"test": test, "outcome": outcome, "why": why}) + "\n").encode())

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if item.nodeid not in self.known]

    def pytest_collectreport(self, report):
        if report.failed and report.nodeid not in self.known:
            self.write(report.nodeid, "failed", last_line(report))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        faulthandler.dump_traceback_later(self.limit, exit=True, file=self.terminal)
        self.write(item.nodeid, "started")
        try:
            return (yield)
        finally:
            faulthandler.cancel_dump_traceback_later()
            outcome, why = self.outcomes.pop(item.nodeid, ("skipped", "not run"))
            self.write(item.nodeid, outcome, why)

    def pytest_runtest_logreport(self, report):
        before = self.outcomes.get(report.nodeid)
        if before and before[0] == "failed":
            return
        if report.failed:
            self.outcomes[report.nodeid] = ("failed", last_line(report))
        elif report.skipped:
            self.outcomes[report.nodeid] = ("skipped", last_line(report))
        elif before is None and report.when == "call":
            self.outcomes[report.nodeid] = ("passed", "")


def last_line(report):
    """What went wrong, in one line: the exception where there is one."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        text = crash.message
    elif isinstance(report.longrepr, tuple):
        text = report.longrepr[2]
    else:
        text = str(report.longrepr or "").strip().rpartition("\n")[2]
    return text.strip().partition("\n")[0][:200]


def pytest_configure(config):
    recorder = Recorder(os.environ["RECORDER_RESULTS"], float(os.environ["RECORDER_LIMIT"]))
    config.pluginmanager.register(recorder, "krait-recorder")
