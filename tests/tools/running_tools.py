"""krait -m timeit, unittest, doctest, cProfile and pdb: programs run under them, succeed, fail and are looked into."""
from support.tool import show

TESTS = '''
import unittest

def setUpModule():
    print("set up")

class Numbers(unittest.TestCase):
    def test_sum(self):
        """Numbers add up."""
        self.assertEqual(1 + 1, 2)

    def test_wrong(self):
        self.assertEqual([1, 2, {"a": 3}], [1, 2, {"a": 4}])

    def test_error(self):
        print("printed in a test")
        {}["missing"]

    @unittest.skip("not today")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        self.fail("as thought")

    @unittest.expectedFailure
    def test_unexpected(self):
        pass

    def test_parts(self):
        for i in range(4):
            with self.subTest(i=i):
                self.assertLess(i, 2, "too big")

class Texts(unittest.IsolatedAsyncioTestCase):
    async def test_lines(self):
        self.assertMultiLineEqual("one\\ntwo\\nthree\\n", "one\\n2\\nthree\\n")
'''
DOCTESTS = '''"""
>>> from math import sqrt
>>> sqrt(2)  # doctest: +ELLIPSIS
1.41...
>>> 1 / 0
Traceback (most recent call last):
    ...
ZeroDivisionError: division by zero
>>> print("one\\\\n\\\\nthree")
one
<BLANKLINE>
three
"""

def wrong(x):
    """
    >>> wrong(1)
    3
    >>> wrong()
    >>> [wrong(i) for i in range(3)]  # doctest: +NORMALIZE_WHITESPACE
    [0,   2,
     4]
    >>> wrong(2) # doctest: +SKIP
    """
    return 2 * x

class Class:
    def method(self):
        """
        >>> Class().method()
        {'a': 1}
        """
        return {'b': 1}
'''
PROFILED = '''
import sys

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

class Sorter:
    def __init__(self, items):
        self.items = items

    def run(self):
        return sorted(self.items, key=lambda x: -x), max(self.items), len(self.items)

def numbers():
    for i in range(5):
        yield fib(i)

print(fib(10), Sorter([3, 1, 2]).run(), list(numbers()), "a,b".split(","), sys.argv[1:])
'''
DEBUGGED = '''
import sys

class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def pay(self, amount):
        if amount > self.balance:
            raise ValueError("not enough")
        self.balance -= amount
        return self.balance

def squares(n):
    for i in range(n):
        yield i * i

def total(values):
    """Adds."""
    result = 0
    for value in values:
        result += value
    return result

def main():
    account = Account("Ada", 10)
    spent = total(squares(4))
    print("spent", spent)
    account.pay(3)
    try:
        account.pay(100)
    except ValueError as error:
        print("error:", error)
    return account

account = main()
print("end", account.balance, sys.argv[1:])
'''


def timeit_tool(t):
    t.neutral(r"\d+(\.\d+)?(e[-+]\d+)? (nsec|usec|msec|sec)\b", "TIME")
    t.neutral(r"(?m)^raw times:.*", "raw times: TIMES")
    t.neutral(r"(?m)^(\d+ loops? -> ).*", r"\1TIME")
    def run(*arguments, brief=False):
        t.run(*arguments, brief=brief, options=("-W", "ignore"))  # the warning that a machine is busy

    run("timeit", "-n", "5", "-r", "3", "-s", "x = list(range(10))", "sum(x)")
    run("timeit", "-n", "2", "-r", "1", "if True:", "    pass", "1 + 1")
    run("timeit", "-n", "3", "-u", "msec", "-p", "pass")
    run("timeit", "-n", "1", "-r", "2", "-v", "import time; time.sleep(0.001)")
    run("timeit", "-n", "1", "-u", "hours", "pass")
    run("timeit", "-n", "x", "pass", brief=True)
    run("timeit", "-n", "1", "undefined")
    run("timeit", "-n", "1", "x = = 1")
    run("timeit", "-n", "1", "-s", "def f():", "-s", "    return missing", "f()")
    run("timeit", "-n", "1", "return 1")
    run("timeit", "--nonsense", brief=True)
    run("timeit", "-h", brief=True)


def unittest_tool(t):
    t.neutral(r"in \d+\.\d+s", "in TIME")
    t.neutral(r"(?m)^(Slowest test durations\n-+\n)(.*\n)*?\n", r"\1TIMES\n")
    t.write("test_a.py", TESTS)
    t.write("tests/__init__.py", "")
    t.write("tests/test_deep.py", "import unittest\nclass Deep(unittest.TestCase):\n    def test_deep(self): pass\n    def test_other(self): pass\n")
    t.write("tests/test_broken.py", "import missing_module\n")
    t.run("unittest", "test_a")
    t.run("unittest", "-v", "test_a.Numbers.test_sum", "test_a.Texts")
    t.run("unittest", "-q", "tests.test_deep")
    t.run("unittest", "-f", "-b", "test_a.Numbers")
    t.run("unittest", "-v", "-k", "sum", "-k", "test_p*", "test_a")
    t.run("unittest", "--locals", "test_a.Numbers.test_error")
    t.run("unittest", "--durations", "2", "-v", "tests.test_deep")
    t.run("unittest")
    t.run("unittest", "discover", "-s", "tests", "-p", "test_d*.py", "-v")
    t.run("unittest", "discover", "-s", "tests", "-t", ".")
    t.run("unittest", "discover", "-s", "nowhere", brief=True)
    t.run("unittest", "missing_tests")
    t.run("unittest", "test_a.Numbers.missing")
    t.run("unittest", "tests/test_deep.py")
    t.write("empty.py", "")
    t.run("unittest", "empty")
    t.run("unittest", "--nonsense", brief=True)
    t.run("unittest", "-h", brief=True)


def doctest_tool(t):
    t.write("d.py", DOCTESTS)
    t.write("good.txt", "Text\n\n    >>> x = 5\n    >>> x * 2\n    10\n")
    t.write("bad.txt", ">>> x = {\n...     'b': [1, 2],\n... }\n>>> x\n{'b': [1, 3]}\n>>> y\n>>> raise ValueError('one')\n>>> print(1)\n2\n")
    t.run("doctest", "d.py")
    t.run("doctest", "-v", "good.txt")
    t.run("doctest", "-v", "d.py")
    t.run("doctest", "bad.txt", "good.txt")
    t.run("doctest", "-f", "bad.txt")
    t.run("doctest", "-o", "REPORT_NDIFF", "-o", "FAIL_FAST", "bad.txt")
    t.run("doctest", "-o", "NONSENSE", "bad.txt", brief=True)
    t.run("doctest", "missing.txt")
    t.write("inconsistent.txt", ">>> if 1:\n...     x\n  1\n")
    t.run("doctest", "inconsistent.txt")
    t.run("doctest", brief=True)
    t.run("doctest", "-h", brief=True)


def profile_tool(t):
    t.neutral(r"in \d+\.\d+ seconds", "in TIME seconds")
    t.neutral(r"\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}", "DATE")
    t.neutral(r"(?m)^( +\d+(?:/\d+)?)((?: +\d+\.\d+){4})(?= )", r"\1 TIMES")
    t.neutral(r"(?<= -> | <- )( +\d+(?:/\d+)?)((?: +\d+\.\d+){2})", r"\1 TIMES")
    t.write("p.py", PROFILED)
    t.run("cProfile", "-s", "name", "p.py", "a", "b")
    done = t.run("cProfile", "-s", "ncalls", "-m", "p", hidden=True)  # the import system's calls depend on the path
    t.text("".join(sorted(line for line in done.stdout.decode().splitlines(True) if "p.py" in line)))
    t.run("profile", "-s", "name", "p.py")
    t.run("cProfile", "-o", "profile.out", "p.py")
    t.run("pstats", "profile.out", input="strip\nsort name\nstats fib\ncallers fib\ncallees run\nstats 2\nsort nonsense\nread missing\nhelp sort\nquit\n")
    t.write("fails.py", "def f():\n    raise ValueError('gone')\nf()\n")
    t.write("exits.py", "raise SystemExit(7)\n")
    t.run("cProfile", "-s", "name", "fails.py")
    t.run("cProfile", "-s", "name", "exits.py")
    t.run("cProfile", "missing.py")
    done = t.run("cProfile", "-m", "missing_module", hidden=True)
    t.text(done.stderr)
    t.run("cProfile", "-s", "nonsense", "p.py", brief=True)
    t.run("cProfile", brief=True)
    t.run("cProfile", "-h", brief=True)


def pdb_tool(t):
    t.write("bank.py", DEBUGGED)

    def run(commands, *arguments, name="bank.py"):
        t.run("pdb", *arguments, name, "arg", input=commands)

    run("list\nnext\nn\nbreak main\nb Account.pay\nb bank.py:18, i == 2\ntbreak total\nbreak\ncontinue\nlist .\nwhere\ncontinue\nargs\nstep\ns\np value\n"
        "return\nretval\ncontinue\np i, n\nup\np result\ndown\nclear 3\nc\nargs\np self.balance\npp self.__dict__\nwhatis self\nwhatis amount\n"
        "source Account\ndisplay self.balance\nn\nn\nn\nundisplay self.balance\nc\ncondition 2 amount > 50\nignore 2 1\nc\nquit\n")
    run("b total\ncommands 1\nsilent\nprint('total of', values)\nend\nc\nlonglist\nuntil 25\nu\nd\nd\nu\nu\nu\nw 1\nj 26\nn\n"
        "!result = 100\nresult += 1\nc\nq\n")
    run("alias pi for k in sorted(%1.__dict__): print(k, '=', %1.__dict__[k])\nalias ps pi self\nalias\nb Account.pay\nc\nps\nunalias ps\nps\n"
        "[x for x in range(3)]\nfor i in range(2):\n    print(i)\n\nself.missing\nx = = 1\n1/0\np missing\ndef f():\n    return self.owner\n\nf()\n"
        "interact\nprint(amount)\n\nq\n")
    run("b 999\nb missing\nb nowhere.py:1\nclear 7\nenable 7\ncondition\nignore\njump\nj 1000\ndisable 1\ntbreak\nb 30\ndisable 1\nb\nenable 1\n"
        "c\nnonsense\nhelp\nuntil 1\nup 5\ndown\nd\nlist 1,3\nl\nl 10, 2\nl x\nexceptions\ndebug total([1])\nc\nrun\nq\n")
    run("restart\nb 27\nc\nrestart a b\np sys.argv\nc\nkill\n")
    run("b 13\nc\np $_exception\nn\n", "-c", "b 11", "-c", "continue")
    t.write("fails.py", "def f(x):\n    y = 1 / x\n    return y\n\ntry:\n    f(0)\nexcept ZeroDivisionError as e:\n    raise ValueError('bad') from e\n")
    run("w\np $_exception\nexceptions\nexceptions 0\np x\nl\nc\nq\n", "-c", "c", name="fails.py")
    t.write("exits.py", "import sys\nsys.exit(3)\n")
    run("c\nq\n", name="exits.py")
    t.write("broken.py", "x = = 1\n")
    run("c\nq\n", name="broken.py")
    t.write("breaks.py", "def f():\n    breakpoint()\n    return 5\nprint(f())\nimport asyncio\nasync def g():\n    await asyncio.sleep(0)\n    return 6\nprint(asyncio.run(g()))\n")
    run("c\nl\nn\nn\nb g\nc\nn\nn\nc\n", name="breaks.py")
    t.write("bank2/__init__.py", "")
    t.write("bank2/__main__.py", "print(__name__)\n")
    t.run("pdb", "-m", "bank2", "x", input="n\nl\nc\nq\n")
    t.write("home/.pdbrc", "p 'read'\n")
    t.run("pdb", "-m", "missing_module", input="q\n")
    t.run("pdb", "missing.py", input="q\n")
    t.run("pdb", brief=True)
    t.run("pdb", "-h", brief=True)
    t.run("pdb", "--nonsense", brief=True)
    t.run("pdb", "-p", "x", brief=True)


def test(t):
    for tool in (timeit_tool, unittest_tool, doctest_tool, profile_tool, pdb_tool):
        tool(t)


show(test)
