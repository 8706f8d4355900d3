"""docs/conformance.md: what of CPython's suite passes, class by class and file by file, and why the rest does not."""
import collections

CLASSES = {
    "LANG": "the language",
    "BUILTIN": "built-in types and functions",
    "CORELIB": "modules that CPython writes in C",
    "PURELIB": "the library's Python",
    "IMPL": "CPython's own insides",
}
HEAD = """# Conformance

CPython 3.14.8's own test suite, as its package brings it, run by Krait file by file, each in a process of its own. What counts is the
single test, and of these the %(total)d that CPython 3.14.8 passes itself (measured on the same files, without optional resources).

    make conformance

compares each test with what `tests/conformance/expected/` says of it and writes this page. A test that fails and is not listed is an
error; one that passes and is listed, too.

| | passed | of | |
|---|---:|---:|---:|
"""


def percent(part, whole):
    return "%.2f %%" % (100 * part / whole) if whole else "-"


def reasons(file, outcomes, manifest):
    """The reasons of a file's failing tests, the commonest first."""
    count = collections.Counter(manifest.find(file, test)[2] for test, outcome in outcomes.items() if outcome not in ("pass", "detail"))
    return "; ".join("%s (%d)" % (reason.replace("|", "\\|"), n) for reason, n in count.most_common())


def write(path, results, cls, manifest):
    """results: file -> {test: outcome}; an outcome is pass, detail (excluded) or one of the manifest's."""
    totals = collections.defaultdict(collections.Counter)
    for file, outcomes in results.items():
        totals[cls[file]].update(outcomes.values())
    everything = sum(totals.values(), collections.Counter())
    library = sum((c for name, c in totals.items() if name != "IMPL"), collections.Counter())
    lines = [HEAD % {"total": sum(everything.values())}]

    def row(title, counter, details):
        whole = sum(counter.values()) - (0 if details else counter["detail"])
        lines.append("| %s | %d | %d | %s |\n" % (title, counter["pass"], whole, percent(counter["pass"], whole)))
    row("everything that CPython passes", everything, True)
    row("without the tests that say they test a detail of CPython's implementation", everything, False)
    row("without the class of CPython's own insides as well", library, False)
    lines.append("\n| class | | passed | counted | | excluded as details |\n|---|---|---:|---:|---:|---:|\n")
    for name, title in CLASSES.items():
        c = totals[name]
        if c:
            whole = sum(c.values()) - c["detail"]
            lines.append("| %s | %s | %d | %d | %s | %d |\n" % (name, title, c["pass"], whole, percent(c["pass"], whole), c["detail"]))
    for name, title in CLASSES.items():
        files = sorted(f for f in results if cls[f] == name)
        if not files:
            continue
        lines.append("\n## %s: %s\n\n| file | passed | counted | excluded | not passing |\n|---|---:|---:|---:|---|\n" % (name, title))
        for file in files:
            c = collections.Counter(results[file].values())
            lines.append("| %s | %d | %d | %d | %s |\n" % (file, c["pass"], sum(c.values()) - c["detail"], c["detail"], reasons(file, results[file], manifest)))
    with open(path, "w") as f:
        f.writelines(lines)
