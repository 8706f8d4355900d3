"""The test suites of packages from PyPI, unmodified, on Krait and on CPython 3.14, compared test by test.

    BUILD/krait tests/ecosystem/suites/run.py [--again] [SUITE...]

Everything lies in BUILD/ecosystem: the virtual environment that Krait makes (the one of tests/ecosystem/run), the source distributions,
and a file of results for each suite and interpreter, with the version in its name. CPython (the variable PYTHON, python3.14) runs the
same installed packages through PYTHONPATH; its results are kept and only made anew with --again. Last docs/ecosystem.md is written from
all results there are. The status is 1 when a suite is below what packages.toml requires, 77 when the network or the CPython is missing.
"""
import argparse
import email.parser
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import tomllib

import report

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
KRAIT = pathlib.Path(sys.executable).resolve()
PLACE = KRAIT.parent / "ecosystem"
VENV = PLACE / "venv"
SITE = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
CPYTHON_SITE = PLACE / "cpython"
PYTHON = os.environ.get("PYTHON", "python3.14")
RESTARTS = 40


class Skip(Exception):
    pass


def say(text):
    print(text, flush=True)


# --- What is needed ----------------------------------------------------------------------------------------------------------------------

def check_cpython():
    program = "import sys; sys.exit(sys.version_info[:2] != (3, 14) or sys.implementation.name != 'cpython')"
    try:
        if subprocess.run([PYTHON, "-c", program], timeout=60).returncode == 0:
            return
    except OSError:
        pass
    raise Skip(f"{PYTHON} is no CPython 3.14 (PYTHON=...)")


def pip(*arguments):
    """Runs the environment's pip; its output goes to a log, and what fails skips everything, for there is nothing to test."""
    log = PLACE / "suites.log"
    with open(log, "ab") as out:
        done = subprocess.run([VENV / "bin" / "pip", *arguments], stdout=out, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Skip(f"pip {arguments[0]} fails, see {log}")


def install(settings):
    names = set(settings["common"])
    for suite in settings["suite"]:
        names |= {suite.get("install", suite["name"]), *suite.get("needs", [])}
    stamp, wanted = PLACE / "suites.installed", "\n".join(sorted(names)) + "\n"
    if stamp.exists() and stamp.read_text() == wanted and VENV.exists():
        return
    if not (VENV / "bin" / "pip").exists():
        subprocess.run([KRAIT, "-m", "venv", VENV], check=True)
    say(f"installing {len(names)} packages")
    pip("install", "--quiet", *sorted(names))
    # What Krait has built in, CPython gets as its own binary.
    pip("install", "--quiet", "--target", str(CPYTHON_SITE), "--upgrade", "--no-deps", "--only-binary", ":all:", "--implementation", "cp",
        "--python-version", "3.14", "--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64", "greenlet")
    stamp.write_text(wanted)


def installed_version(name):
    wanted = re.sub(r"[-_.]+", "-", name).lower()
    for metadata in SITE.glob("*.dist-info/METADATA"):
        with open(metadata, encoding="utf-8") as text:
            headers = email.parser.Parser().parse(text, headersonly=True)
        if re.sub(r"[-_.]+", "-", headers["Name"]).lower() == wanted:
            return headers["Version"]
    raise Skip(f"{name} is not installed")


def source(name, version):
    """The source distribution, unpacked afresh: tests leave files behind."""
    downloads = PLACE / "sources" / f"{name}-{version}"
    if not list(downloads.glob("*.tar.gz")):
        pip("download", "--quiet", "--no-deps", "--no-binary", name, "--dest", str(downloads), f"{name}=={version}")
    for folder in downloads.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    [archive] = downloads.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(downloads, filter="data")
    [unpacked] = [path for path in downloads.iterdir() if path.is_dir()]
    return unpacked


# --- One suite under one interpreter -----------------------------------------------------------------------------------------------------

def environment(kind, results, limit):
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    paths = [HERE] if kind == "krait" else [HERE, SITE, CPYTHON_SITE]
    env |= {
        "PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC",
        "RECORDER_RESULTS": str(results), "RECORDER_LIMIT": str(limit), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PATH": f"{VENV}/bin{os.pathsep}{env['PATH']}" if kind == "krait" else env["PATH"],
    }
    return env


def records(path, machine="(?!)"):
    """The last word on each test: {id: (outcome, why)}. What matches `machine` is left out of the ids."""
    found = {}
    if path.exists():
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                found[re.sub(machine, "", record["test"])] = (record["outcome"], record["why"])
    return found


def close_started(path, why):
    """A test that ended its process has no outcome yet."""
    open_tests = [test for test, (outcome, _) in records(path).items() if outcome == "started"]
    with open(path, "a", encoding="utf-8") as lines:
        for test in open_tests:
            lines.write(json.dumps({"test": test, "outcome": "failed", "why": why}) + "\n")
    return bool(open_tests)


def run_suite(suite, version, kind):
    results = PLACE / "suites" / f"{suite['name']}-{version}.{kind}.jsonl"
    results.parent.mkdir(exist_ok=True)
    unfinished = results.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    folder = source(suite["name"], version)
    interpreter = VENV / "bin" / "python" if kind == "krait" else PYTHON
    limit = suite.get("limit", 60)
    command = [interpreter, "-m", "pytest", "-q", "-p", "recorder", "-p", "no:faulthandler", "-p", "no:cacheprovider", "--tb=short",
               *(word for plugin in suite.get("plugins", []) for word in ("-p", plugin)), *suite.get("arguments", []), *suite.get("tests", ["tests"])]
    begin = time.monotonic()
    with open(results.with_suffix(".log"), "wb") as log:
        for _ in range(RESTARTS):
            process = subprocess.Popen(command, cwd=folder, env=environment(kind, unfinished, limit), stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
            status = watch(process, unfinished, limit, f"{suite['name']} on {kind}")
            end_group(process.pid)
            why = f"killed by signal {-status}" if status < 0 else f"ended the process with status {status}, or took over {limit} s"
            if not close_started(unfinished, why):
                break
    show_progress("")
    found = records(unfinished)
    if not found:
        raise SystemExit(f"{suite['name']} on {kind}: no test ran, see {results.with_suffix('.log')}")
    unfinished.replace(results)
    passed = sum(outcome == "passed" for outcome, _ in found.values())
    say(f"{suite['name']} {version} on {kind}: {passed} passed of {len(found)}, {time.monotonic() - begin:.0f} s")


def watch(process, results, limit, title):
    """Waits for a run; one in which nothing moves for longer than its own limit can explain is ended."""
    size, moved = -1, time.monotonic()
    while True:
        try:
            return process.wait(2)
        except subprocess.TimeoutExpired:
            pass
        now = results.stat().st_size if results.exists() else 0
        if now != size:
            size, moved = now, time.monotonic()
            show_progress(f"{title}: {len(records(results))} tests")
        if time.monotonic() - moved > 2 * limit + 120:
            end_group(process.pid)


def end_group(leader):
    """Ends what a run left behind, such as servers of a test that was cut off."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass


def show_progress(text):
    if sys.stdout.isatty():
        print(f"\r\033[K{text}", end="", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--again", action="store_true", help="run CPython anew as well")
    parser.add_argument("suites", nargs="*")
    options = parser.parse_args()
    settings = tomllib.loads((HERE / "packages.toml").read_text())
    check_cpython()
    PLACE.mkdir(exist_ok=True)
    install(settings)
    rows = []
    for suite in settings["suite"]:
        version = installed_version(suite["name"])
        kept = PLACE / "suites" / f"{suite['name']}-{version}.cpython.jsonl"
        wanted = not options.suites or suite["name"] in options.suites
        if wanted and (options.again or not kept.exists()):
            run_suite(suite, version, "cpython")
        if wanted:
            run_suite(suite, version, "krait")
        ours = kept.with_suffix("").with_suffix(".krait.jsonl")
        if kept.exists() and ours.exists():
            machine = suite.get("machine", "(?!)")
            rows.append(report.Row(suite, version, records(kept, machine), records(ours, machine)))
    (ROOT / "docs" / "ecosystem.md").write_text(report.page(rows, PLACE / "results" / "programs"))
    for row in rows:
        say(row.line())
    below = [row for row in rows if row.below()]
    say(f"{len(rows) - len(below)} passed, {len(below)} failed")
    return 1 if below else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Skip as why:
        say(f"SKIP: {why}")
        sys.exit(77)
