"""docs/ecosystem.md: what the suites and the programs of tests/ecosystem showed, from their results."""
import fnmatch

SHOWN = 40      # differing tests of one suite that are named one by one

HEAD = """# Packages from PyPI

Written by `make ecosystem`, which installs the newest versions with Krait's own venv and pip and runs them unmodified on Krait and on
CPython 3.14. CPython runs the same installed files, so both use a package's Python code where it also has a C accelerator.

## Their own test suites
The tests come from the source distribution of the installed version and run under pytest, with the same plugins. Per cent: of the tests
that CPython passes, those that Krait passes.

| package | version | passed by CPython | of these by Krait | per cent |
|---|---|--:|--:|--:|
"""


class Row:
    """One suite's results side by side: test -> (outcome, why) of each interpreter."""

    def __init__(self, suite, version, theirs, ours):
        self.suite, self.version = suite, version
        self.expected = [test for test, (outcome, _) in theirs.items() if outcome == "passed"]
        self.missed = [(test, ours.get(test, ("absent", "not collected"))) for test in self.expected if ours.get(test, ("",))[0] != "passed"]

    def passed(self):
        return len(self.expected) - len(self.missed)

    def per_cent(self):
        # Rounded down: 100 means all of them.
        return int(1000 * self.passed() / len(self.expected)) / 10 if self.expected else 0

    def below(self):
        return self.per_cent() < self.suite.get("required", 95)

    def line(self):
        return f"{self.suite['name']} {self.version}: {self.passed()} of {len(self.expected)} that CPython passes, {self.per_cent():.1f} %"

    def reason(self, test, outcome, why):
        for pattern, reason in self.suite.get("reasons", {}).items():
            if fnmatch.fnmatchcase(test, pattern):
                return reason
        return f"{outcome}: {why}"


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def differences(row):
    lines = [f"\n**{row.suite['name']}**\n", "| test | on Krait |", "|---|---|"]
    for test, (outcome, why) in row.missed[:SHOWN]:
        lines.append(f"| `{test.replace('|', chr(92) + '|')}` | {cell(row.reason(test, outcome, why))} |")
    if len(row.missed) > SHOWN:
        lines.append(f"| and {len(row.missed) - SHOWN} more | |")
    return "\n".join(lines) + "\n"


def page(rows, programs):
    text = HEAD
    for row in rows:
        text += f"| {row.suite['name']} | {row.version} | {len(row.expected)} | {row.passed()} | {row.per_cent():.1f} |\n"
    differing = [row for row in rows if row.missed]
    if differing:
        text += "\nTests that CPython passes and Krait does not:\n" + "".join(map(differences, differing))
    if programs.exists():
        text += ("\n## Programs that use them\nEach program of `tests/ecosystem` runs under both interpreters; the outputs must be the same byte for byte."
                 "\n\n| program | result |\n|---|---|\n")
        for line in programs.read_text().splitlines():
            result, name, rest = line.split(None, 2)
            text += f"| {name} | {result} {cell(rest)} |\n"
    return text
