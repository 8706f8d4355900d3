#!/usr/bin/env python3
"""Scores an interpreter against CPython 3.14's own test suite, test by test.

  score.py INTERPRETER [-c LANG,BUILTIN] [-f 'test_x,test_asyncio*'] [-j 2] [-v]
           [--errors DIR] [-o RESULTS.tsv] [--min LANG=95,BUILTIN=90] [--impl-name cpython]
           [--faster SECONDS] [--manifest [--update]] [--page FILE]

Each test file runs in a process of its own (run_one.py: unittest, no resources
enabled). A test counts when real CPython 3.14.8 passed it (cases.txt, measured) and the
interpreter did not skip it as a detail of CPython's implementation; it scores when it
passes here. Prints a line per class: passed / counted, per cent, excluded, and the files
that crashed, hung or did not load. --errors keeps what each file wrote, tracebacks
included. --impl-name runs the tests that are marked as cpython's own, too.
--manifest holds the results against expected/ (see manifest.py): a test that fails without being
listed, or passes and is listed, is an error; --update rewrites the rows of the files that ran.
--page writes docs/conformance.md.
Exit status: 0, or 1 where --min is missed, or (with --min) a file crashed or hung, or (with
--manifest) a result is not the expected one.
Any Python 3.9+ runs this script itself; INTERPRETER may be a command with arguments.
"""
import argparse, collections, concurrent.futures as cf, fnmatch, os, re, resource, shlex, signal, subprocess, sys, tempfile, time

import manifest as expected
import page

HERE = os.path.dirname(os.path.abspath(__file__))
DETAIL = re.compile(r"implementation detail|_testcapi|_testinternalcapi|_testlimitedcapi|_testclinic|_testmultiphase|"
                    r"_testsinglephase|_testbuffer|_testembed|_interpreters|_interpchannels|_interpqueues|"
                    r"requires specialization|requires CPython|CPython.specific|JIT", re.I)
LINE = re.compile(r"(ok|skip|ERROR|FAIL|xfail|XPASS)\t[\d.]+\t(.+)$")
OUTCOMES = {"ok": "pass", "xfail": "pass", "skip": "skip", "ERROR": "fail", "FAIL": "fail", "XPASS": "fail"}


class Cases:
    """The tests each file is scored on, each file's class, and the seconds that CPython took."""

    def __init__(self):
        self.tests, self.cls, self.seconds = collections.defaultdict(set), {}, {}
        with open(os.path.join(HERE, "cases.txt")) as f:
            for line in f:
                line = line.rstrip("\n")
                if line.startswith("  "):
                    head, *names = line[2:].split(" ")
                    head = head[1:] if head.startswith("!") else "test." + file + head
                    self.tests[file].update((head + "." + name).lstrip(".") for name in names)
                elif not line.startswith("#"):
                    file, self.cls[file], seconds = line.split(" ")
                    self.seconds[file] = float(seconds)

    def chosen(self, classes, patterns, faster):
        """The files to run, the longest first."""
        files = [f for f in self.cls if self.cls[f] in classes]
        if patterns:
            files = []
            for pattern in patterns.split(","):
                hit = fnmatch.filter(self.cls, pattern) or fnmatch.filter(self.cls, pattern + ".*")
                if not hit:
                    sys.exit("no test file %s" % pattern)
                files += hit
        return sorted((f for f in set(files) if self.seconds[f] < faster), key=lambda f: (-self.seconds[f], f))


class FileRun:
    """One test file, run: state, {test: result}, why tests were skipped, what it wrote to standard error, seconds."""

    def __init__(self, file):
        self.file, self.state, self.results, self.module_skip, self.skips, self.errors, self.seconds = file, "done", {}, None, {}, "", 0

    def outcome(self, test):
        """pass, detail (excluded), skip, fail, crash or hang."""
        got = self.results.get(test)
        if got == "skip" or got is None and self.module_skip:
            return "detail" if DETAIL.search(self.skips.get(test) or self.module_skip or "") else "skip"
        if got is None:
            return "hang" if self.state == "hung" else "crash" if self.state.startswith("signal") else "fail"
        return OUTCOMES[got]

    def read(self, out, errors):
        total = False
        for line in out.splitlines():
            m = LINE.search(line)          # a test may have printed on the same line before
            if m:
                self.results[m[2].split(" ")[0]] = m[1]
            elif line.startswith("MODSKIP\t"):
                self.module_skip = line.split("\t")[-1]
            elif "TOTAL\t" in line:
                total = True
        if self.state == "done" and (not total and self.module_skip is None or any("_FailedTest." in t for t in self.results)):
            self.state = "did not load"
        self.errors, current = errors, None
        for line in errors.splitlines():
            if line.startswith("## "):
                current = line[3:].strip().split(" ")[0]
            elif current and line.startswith("skip:"):
                self.skips[current] = line[5:]


def run(cmd, file, timeout, impl=None):
    """timeout is processor seconds; the wall clock gets four times that."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    if impl:
        env["IMPL_NAME"] = impl
    r, start = FileRun(file), time.time()

    def limit():  # the hard limit stays: tests set it to what it was
        resource.setrlimit(resource.RLIMIT_CPU, (timeout, resource.getrlimit(resource.RLIMIT_CPU)[1]))

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as d, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        p = subprocess.Popen(cmd + [os.path.join(HERE, "run_one.py"), "test." + file], cwd=d, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                             start_new_session=True, env=env, preexec_fn=limit)
        try:
            rc = p.wait(timeout=4 * timeout)
            r.state = "done" if rc in (0, 1) else "hung" if rc in (-signal.SIGXCPU, 128 + signal.SIGXCPU) else "signal %d" % -rc if rc < 0 else "exit %d" % rc
        except subprocess.TimeoutExpired:
            r.state = "hung"
        try:
            os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        p.wait()
        text = []
        for f in (out, err):
            f.seek(0)
            text.append(f.read().decode("utf-8", "replace"))
    r.read(*text)
    r.seconds = time.time() - start
    return r


def arguments(classes):
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("interpreter")
    ap.add_argument("-c", "--classes", default="LANG,BUILTIN,CORELIB,PURELIB", help="of " + ", ".join(sorted(classes)))
    ap.add_argument("-f", "--files", help="names or patterns, with commas")
    ap.add_argument("-j", "--jobs", type=int, default=2)
    ap.add_argument("-t", "--timeout", type=int, default=120, help="processor seconds a file may take; four times that by the clock")
    ap.add_argument("-o", "--out", help="per-test results, a TSV")
    ap.add_argument("--errors", help="folder for what each file wrote to standard error")
    ap.add_argument("--faster", type=float, default=float("inf"), help="only files that CPython ran in fewer seconds")
    ap.add_argument("--min", help="CLASS=PERCENT,... ; ALL=PERCENT for all together")
    ap.add_argument("--impl-name")
    ap.add_argument("--manifest", action="store_true", help="compare with expected/")
    ap.add_argument("--update", action="store_true", help="write expected/")
    ap.add_argument("--page", help="the page to write")
    ap.add_argument("-v", "--verbose", action="store_true", help="a line per file")
    a = ap.parse_args()
    for c in a.classes.split(","):
        if c not in classes:
            ap.error("no class %s; there are %s" % (c, ", ".join(sorted(classes))))
    return a


def report_totals(results, states, cls, minimum):
    """Prints the classes; whether a bound is missed."""
    totals, bad, missed = collections.defaultdict(collections.Counter), collections.defaultdict(list), False
    for file, outcomes in sorted(results.items()):
        for name in (cls[file], "ALL"):
            totals[name].update(outcomes.values())
            if states[file] != "done":
                bad[name].append("%s (%s)" % (file, states[file]))
    bounds = dict(p.split("=") for p in minimum.split(",")) if minimum else {}
    for name in sorted(totals, key=lambda c: (c == "ALL", c)):
        c = totals[name]
        counted = sum(c.values()) - c["detail"]
        rate = 100 * c["pass"] / max(counted, 1)
        print("%-8s %6d / %6d  %6.2f %%  excluded %d, crashed, hung or not loaded %d%s" % (
            name, c["pass"], counted, rate, c["detail"], len(bad[name]), ": " + ", ".join(bad[name][:12]) if bad[name] and name != "ALL" else ""))
        if name in bounds and rate < float(bounds[name]):
            missed = True
            print("         below the %s %% asked" % bounds[name])
    return missed or bool(minimum and bad["ALL"])


def report_unexpected(known, results):
    """Prints what is not as expected/ says; whether there is anything."""
    rows = [(file, *row) for file in sorted(results) for row in known.unexpected(file, as_expected(results[file]))]
    for file, test, want, got in rows:
        print("not as expected: %s: %s, expected: %s" % (test, got, want))
    missing = known.without_reason()
    for file, test in missing:
        print("no reason is given: %s %s" % (file, test))
    print("%d results are not as expected, %d expected failures have no reason" % (len(rows), len(missing)))
    return bool(rows or missing)


def as_expected(outcomes):
    """The outcomes in the manifest's words: what is excluded does not fail."""
    return {test: "pass" if outcome == "detail" else outcome for test, outcome in outcomes.items()}


def main():
    cases = Cases()
    a = arguments(set(cases.cls.values()))
    files = cases.chosen(a.classes.split(","), a.files, a.faster)
    cmd = shlex.split(a.interpreter)
    if os.path.sep in cmd[0]:
        cmd[0] = os.path.abspath(cmd[0])
    if a.errors:
        os.makedirs(a.errors, exist_ok=True)
    results, states, out = {}, {}, open(a.out, "w") if a.out else None
    with cf.ThreadPoolExecutor(a.jobs) as pool:
        for n, future in enumerate(cf.as_completed([pool.submit(run, cmd, f, a.timeout, a.impl_name) for f in files])):
            r = future.result()
            outcomes = results[r.file] = {test: r.outcome(test) for test in cases.tests[r.file]}
            states[r.file] = r.state
            if out:
                out.writelines("%s\t%s\t%s\t%s\n" % (r.file, cases.cls[r.file], test, outcomes[test]) for test in sorted(outcomes))
            if a.errors:
                with open(os.path.join(a.errors, r.file + ".txt"), "w") as f:
                    f.write(r.errors)
            if a.verbose:
                c = collections.Counter(outcomes.values())
                print("%-44s %-8s %4d / %4d  excl %3d  %5.1fs %s" % (r.file, cases.cls[r.file], c["pass"], len(outcomes) - c["detail"], c["detail"], r.seconds,
                                                                   "" if r.state == "done" else r.state), flush=True)
            elif sys.stderr.isatty():
                print("\r%d/%d %-40s" % (n + 1, len(files), r.file[:40]), end="", file=sys.stderr, flush=True)
    if out:
        out.close()
    wrong = report_totals(results, states, cases.cls, a.min)
    known = expected.Manifest()
    if a.update:
        for file, outcomes in results.items():
            known.update(file, cases.cls[file], as_expected(outcomes))
        known.save()
    if a.manifest:
        wrong = report_unexpected(known, results) or wrong
    if a.page:
        page.write(a.page, results, cases.cls, known)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
