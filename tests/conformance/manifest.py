"""What Krait is known not to pass of CPython's suite: expected/CLASS.tsv, a row `FILE TEST RESULT REASON` with tabs for each test that
does not pass. TEST stands without `test.FILE.`; `*` at its end takes every test that begins so. RESULT is

  fail    it fails, raises, or does not exist because the file could not be loaded
  skip    the test finds something missing and skips itself, where CPython passes
  crash   the process ended by a signal before the test's end
  hang    the file ran into its time limit before the test's end
  any     it may pass or not: the reason says on what that hangs

A test without a row passes. A row without a reason is an error.
"""
import collections
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected")
HEADER = "file\ttest\tresult\treason\n"


def short(file, test):
    """A test's name within its file."""
    return test.removeprefix("test." + file + ".")


class Manifest:
    def __init__(self, folder=FOLDER):
        self.folder = folder
        self.rows = collections.defaultdict(dict)      # file -> {test or prefix*: (result, reason)}
        self.cls = {}
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        for name in names:
            with open(os.path.join(folder, name)) as f:
                if next(f) != HEADER:
                    raise SystemExit("%s: the first line must be %r" % (name, HEADER))
                for number, line in enumerate(f, 2):
                    parts = line.rstrip("\n").split("\t")
                    if len(parts) != 4:
                        raise SystemExit("%s:%d: four columns are expected" % (name, number))
                    file, test, *rest = parts
                    self.rows[file][test] = tuple(rest)
                    self.cls[file] = name.removesuffix(".tsv")

    def find(self, file, test):
        """The row that a test falls under: (its key, result, reason); (None, "pass", "") without one."""
        rows, name = self.rows.get(file, {}), short(file, test)
        if name in rows:
            return (name, *rows[name])
        for key, row in rows.items():
            if key.endswith("*") and name.startswith(key[:-1]):
                return (key, *row)
        return None, "pass", ""

    def unexpected(self, file, outcomes):
        """(test, what the row says, what happened) of the tests that do not do what they are expected to."""
        for test, outcome in sorted(outcomes.items()):
            expected = self.find(file, test)[1]
            if expected not in (outcome, "any"):
                yield test, expected, outcome

    def without_reason(self):
        return [(file, test) for file, rows in self.rows.items() for test, (result, reason) in rows.items() if not reason]

    def update(self, file, cls, outcomes):
        """Makes the rows of a file say what happened; reasons are kept, and a row that covers several tests as long as it holds."""
        covered, kept = collections.defaultdict(set), {}
        for test, outcome in outcomes.items():
            covered[self.find(file, test)[0]].add(outcome)
        for key, (result, reason) in self.rows.get(file, {}).items():
            if result == "any" or covered[key] == {result}:
                kept[key] = result, reason
        old, self.rows[file], self.cls[file] = self.rows.get(file, {}), kept, cls
        for test, outcome in outcomes.items():
            if outcome != "pass" and self.find(file, test)[0] is None:
                kept[short(file, test)] = outcome, old.get(short(file, test), ("", ""))[1]
        if len(kept) > 1 and "pass" not in outcomes.values() and len(set(kept.values())) == 1:
            self.rows[file] = {"*": next(iter(kept.values()))}

    def save(self):
        os.makedirs(self.folder, exist_ok=True)
        for cls in sorted(set(self.cls.values())):
            with open(os.path.join(self.folder, cls + ".tsv"), "w") as f:
                f.write(HEADER)
                for file in sorted(f for f in self.rows if self.cls[f] == cls):
                    f.writelines("%s\t%s\t%s\t%s\n" % (file, test, *row) for test, row in sorted(self.rows[file].items()))
