#!/usr/bin/env python3
"""Scores an interpreter against CPython 3.14's own test suite, test by test.

  score.py INTERPRETER [-c LANG,BUILTIN] [-f 'test_x,test_asyncio*'] [-j 2] [-v]
           [--errors DIR] [-o RESULTS.tsv] [--min LANG=95,BUILTIN=90] [--impl-name cpython]
           [--manifest FILE [--update]]

Each test file runs in a process of its own (run_one.py: unittest, no resources
enabled). A test counts when real CPython 3.14.8 passed it (cases.txt, measured) and the
interpreter did not skip it as a detail of CPython's implementation; it scores when it
passes here. Prints a line per class: passed / counted, per cent, excluded, and the files
that crashed, hung or did not load. --errors keeps what each file wrote, tracebacks
included. --impl-name runs the tests that are marked as cpython's own, too.
--manifest compares with a list of the tests that are known not to pass: one that fails and is
not listed, or passes and is listed, is an error; --update writes the list for the files that ran.
Exit status: 0, or 1 where --min is missed or (with --min) a file crashed or hung.
Any Python 3.8+ runs this script itself; INTERPRETER may be a command with arguments.
"""
import argparse, collections, concurrent.futures as cf, fnmatch, os, re, resource, shlex, signal, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
DETAIL = re.compile(r"implementation detail|_testcapi|_testinternalcapi|_testlimitedcapi|_testclinic|_testmultiphase|"
                    r"_testsinglephase|_testbuffer|_testembed|_interpreters|_interpchannels|_interpqueues|"
                    r"requires specialization|requires CPython|CPython.specific|JIT", re.I)
LINE = re.compile(r"(ok|skip|ERROR|FAIL|xfail|XPASS)\t[\d.]+\t(.+)$")


def load_cases():
    """The tests each file is scored on, and each file's class."""
    want, cls = collections.defaultdict(set), {}
    with open(os.path.join(HERE, "cases.txt")) as f:
        for line in f:
            line = line.rstrip("\n")
            if line.startswith("  "):
                head, *names = line[2:].split(" ")
                head = head[1:] if head.startswith("!") else "test." + file + head
                want[file].update((head + "." + name).lstrip(".") for name in names)
            elif not line.startswith("#"):
                file, c = line.split(" ")
                cls[file] = c
    return want, cls


def load_manifest(path):
    try:
        with open(path) as f:
            return {tuple(line.split()) for line in f if line.strip() and not line.startswith("#")}
    except FileNotFoundError:
        return set()


def save_manifest(path, known):
    with open(path, "w") as f:
        f.write("# Tests of CPython's suite that Krait is known not to pass: `FILE TEST`. Written by score.py --update.\n")
        f.writelines("%s %s\n" % row for row in sorted(known))


def run(cmd, file, timeout, impl=None):
    """One test file: (file, state, {test: result}, module skip reason, {test: skip reason}, stderr, seconds).
    timeout is processor seconds; the wall clock gets four times that."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    if impl:
        env["IMPL_NAME"] = impl
    t0 = time.time()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as d, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        p = subprocess.Popen(cmd + [os.path.join(HERE, "run_one.py"), "test." + file], cwd=d, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                             start_new_session=True, env=env, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (timeout, timeout + 5)))
        try:
            p.wait(timeout=4 * timeout)
            rc = p.returncode
            state = "done" if rc in (0, 1) else "hung" if rc in (-signal.SIGXCPU, 128 + signal.SIGXCPU) else "signal %d" % -rc if rc < 0 else "exit %d" % rc
        except subprocess.TimeoutExpired:
            state = "hung"
        try:
            os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        p.wait()
        text = []
        for f in (out, err):
            f.seek(0)
            text.append(f.read().decode("utf-8", "replace"))
    res, modskip, total = {}, None, False
    for line in text[0].splitlines():
        m = LINE.search(line)          # a test may have printed on the same line before
        if m:
            res[m[2].split(" ")[0]] = m[1]
        elif line.startswith("MODSKIP\t"):
            modskip = line.split("\t")[-1]
        elif "TOTAL\t" in line:
            total = True
    if state == "done" and (not total and modskip is None or any("_FailedTest." in t for t in res)):
        state = "did not load"
    reasons, cur = {}, None
    for line in text[1].splitlines():
        if line.startswith("## "):
            cur = line[3:].strip().split(" ")[0]
        elif cur and line.startswith("skip:"):
            reasons[cur] = line[5:]
    return file, state, res, modskip, reasons, text[1], time.time() - t0


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("interpreter")
    ap.add_argument("-c", "--classes", default="LANG,BUILTIN,CORELIB,PURELIB")
    ap.add_argument("-f", "--files", help="names or patterns, with commas")
    ap.add_argument("-j", "--jobs", type=int, default=2)
    ap.add_argument("-t", "--timeout", type=int, default=120, help="processor seconds a file may take; four times that by the clock")
    ap.add_argument("-o", "--out", help="per-test results, a TSV")
    ap.add_argument("--errors", help="folder for what each file wrote to standard error")
    ap.add_argument("--min", help="CLASS=PERCENT,... ; ALL=PERCENT for all together")
    ap.add_argument("--impl-name")
    ap.add_argument("--manifest", help="the tests known not to pass")
    ap.add_argument("--update", action="store_true", help="write the manifest")
    ap.add_argument("-v", "--verbose", action="store_true", help="a line per file")
    a = ap.parse_args()
    want, cls = load_cases()
    classes = a.classes.split(",")
    for c in classes:
        if c not in set(cls.values()):
            ap.error("no class %s; there are %s" % (c, ", ".join(sorted(set(cls.values())))))
    if a.files:
        files = []
        for pat in a.files.split(","):
            hit = fnmatch.filter(sorted(cls), pat) or fnmatch.filter(sorted(cls), pat + ".*")
            if not hit:
                ap.error("no test file %s" % pat)
            files += hit
    else:
        files = sorted(f for f in cls if cls[f] in classes)
    cmd = shlex.split(a.interpreter)
    if os.path.sep in cmd[0]:
        cmd[0] = os.path.abspath(cmd[0])
    if a.errors:
        os.makedirs(a.errors, exist_ok=True)
    tot = collections.defaultdict(lambda: [0, 0, 0])
    bad = collections.defaultdict(list)
    known = load_manifest(a.manifest) if a.manifest else set()
    surprises = []
    out = open(a.out, "w") if a.out else None
    with cf.ThreadPoolExecutor(a.jobs) as pool:
        for n, (file, state, res, modskip, reasons, err, dt) in enumerate(pool.map(lambda f: run(cmd, f, a.timeout, a.impl_name), files)):
            c, ok, counted, excluded = cls[file], 0, 0, 0
            for test in sorted(want[file]):
                got = res.get(test)
                why = reasons.get(test) or (modskip or "")
                if (got == "skip" or (got is None and modskip)) and DETAIL.search(why):
                    got, excluded = "detail", excluded + 1
                else:
                    counted += 1
                    ok += got in ("ok", "xfail")
                passed = got in ("ok", "xfail", "detail")
                if a.manifest and passed == ((file, test) in known):
                    surprises.append((file, test, "passes, and is listed as failing" if passed else got or "lost: " + state))
                if out:
                    out.write("%s\t%s\t%s\t%s\n" % (file, c, test, got or "lost: " + state))
            for k, v in enumerate((ok, counted, excluded)):
                tot[c][k] += v
            if state != "done":
                bad[c].append("%s (%s)" % (file, state))
            if a.errors:
                with open(os.path.join(a.errors, file + ".txt"), "w") as f:
                    f.write(err)
            if a.verbose:
                print("%-44s %-8s %4d / %4d  excl %3d  %5.1fs %s" % (file, c, ok, counted, excluded, dt, "" if state == "done" else state), flush=True)
            elif sys.stderr.isatty():
                print("\r%d/%d %-40s" % (n + 1, len(files), file[:40]), end="", file=sys.stderr, flush=True)
    missed = False
    tot["ALL"] = [sum(t[k] for t in tot.values()) for k in range(3)]
    bad["ALL"] = sum((v for v in bad.values()), [])
    bounds = dict(p.split("=") for p in a.min.split(",")) if a.min else {}
    for c in sorted(tot, key=lambda c: (c == "ALL", c)):
        o, n, e = tot[c]
        pc = 100 * o / max(n, 1)
        print("%-8s %6d / %6d  %6.2f %%  excluded %d, crashed, hung or not loaded %d%s" % (
            c, o, n, pc, e, len(bad[c]), ": " + ", ".join(bad[c][:12]) if bad[c] and c != "ALL" else ""))
        if c in bounds and pc < float(bounds[c]):
            missed = True
            print("         below the %s %% asked" % bounds[c])
    if a.update:
        save_manifest(a.manifest, known.symmetric_difference(row[:2] for row in surprises))
    elif surprises:
        print("not as %s says:" % a.manifest)
        for row in surprises:
            print("  %s %s: %s" % row)
    sys.exit(bool(missed or (a.min and bad["ALL"]) or (surprises and not a.update)))


if __name__ == "__main__":
    main()
