"""Runs the library's command line tools (`python -m NAME`) for a test, and shows what they print and how they end.

A test is a function of a Tools object that calls its run() again and again; show(test) runs it and prints what it showed: with the
interpreter that runs the program, in a folder of its own, in an environment that is always the same. Where the environment variable ORACLE
names another Python (a command, perhaps with arguments), the function runs with that one too, and the two must show the same; there the
library's own lines count too, which the committed output leaves out: helps, and a traceback's frames in the library.
What differs from machine to machine is made neutral: the folder is DIR, the interpreter PY, the library's folder LIB; a test gives
patterns for what else there is. Tracebacks lose the frames of runpy: CPython has it in its executable and shows no source lines for it.
"""
import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

NAME = "python3.14"  # Tools show and measure the name of the interpreter: lines break after it.

FRAMES = r'(?m)^  File "%s[^"\n]*", line \d+, in .*\n(    .*\n)*'


class Tools:
    def __init__(self, command):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="tools-"))
        home = os.path.join(self.folder, "home")
        os.mkdir(home)
        if len(command) == 1 and os.path.basename(command[0]) != NAME:
            link = os.path.join(home, NAME)
            os.symlink(command[0], link)
            command = [link]
        self.command = command
        self.environment = {"PATH": os.environ["PATH"], "HOME": os.path.expanduser("~"), "PYTHONUSERBASE": home, "TMPDIR": home,
                            "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "120", "TERM": "dumb", "NO_COLOR": "1",
                            "PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": os.path.join(home, "cache")}
        self.environment |= {name: os.environ[name] for name in ("LSAN_OPTIONS",) if name in os.environ}  # leaks of other people's libraries
        self.executable, self.prefix, library = self.output(["-c", "import os, sys; print(sys.executable, sys.prefix, os.__file__)"]).split()
        self.library = os.path.dirname(library)
        self.patterns = [(FRAMES % r'[^"\n]*runpy', ""), (re.escape(self.executable), "PY"), (re.escape(self.library), "LIB"), (re.escape(self.folder), "DIR"),
                         (r"\bkrait\b", NAME), (r"\b0x[0-9a-f]{8,}\b", "0xADDRESS")]
        self.full, self.shown = [], []

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        """A file of the folder, from text (lines end as given) or bytes."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content.encode() if isinstance(content, str) else content)

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def remove(self, name):
        os.unlink(self.path(name))

    def neutral(self, pattern, text):
        """From here on what matches the pattern shows as that text; later patterns first."""
        self.patterns.insert(0, (pattern, text))

    def output(self, arguments):
        return subprocess.run(self.command + arguments, cwd=self.folder, env=self.environment, capture_output=True, text=True).stdout

    def start(self, *arguments, **options):
        """A process of the tool that goes on beside the test."""
        return subprocess.Popen([*self.command, *arguments], cwd=self.folder, env=self.environment, **options)

    def run(self, name, *arguments, input="", brief=False, hidden=False, options=(), environment={}):
        """python -m NAME ARGUMENTS. `brief` leaves lines out of the committed output that are the library's own text, such as help; what is
        `hidden` the test shows itself."""
        environment = self.environment | environment
        done = subprocess.run([*self.command, *options, "-m", name, *arguments], cwd=self.folder, env=environment, timeout=60, umask=0o022,
                              input=input if isinstance(input, bytes) else input.encode(), capture_output=True)
        self.say("$", *options, "-m", shlex.join([name, *arguments]))
        if not hidden:
            self.text(done.stdout, brief)
            if done.stderr:
                self.say("standard error:")
                self.text(done.stderr, brief)
        if done.returncode:
            self.say("status", done.returncode)
        return done

    def say(self, *words):
        self.text(" ".join(map(str, words)))

    def text(self, text, brief=False):
        """Shows text or bytes; what is not UTF-8 as escapes, and the carriage returns too."""
        if isinstance(text, bytes):
            text = text.decode(errors="backslashreplace").replace("\r", "\\r")
        for pattern, neutral in self.patterns:
            text = re.sub(pattern, neutral, text)
        self.full += text.splitlines()
        self.shown += re.sub(FRAMES % "LIB", "", text).splitlines()[:1 if brief else None]

    def names(self, folder):
        """The files below a folder."""
        for where, folders, files in os.walk(self.path(folder)):
            folders.sort()
            yield from (os.path.relpath(os.path.join(where, name), self.folder) for name in sorted(files))

    def listing(self, folder):
        """Shows the files below a folder with their sizes."""
        for name in self.names(folder):
            self.say(f"  {name}: {os.path.getsize(self.path(name))}")


def session(test, command):
    tools = Tools(command)
    try:
        test(tools)
    finally:
        shutil.rmtree(tools.folder)
    return tools


def show(test):
    own = session(test, [sys.executable])
    print("\n".join(own.shown))
    if "ORACLE" in os.environ:
        other = session(test, shlex.split(os.environ["ORACLE"]))
        differences = list(difflib.unified_diff(other.full, own.full, "ORACLE", "Krait", lineterm=""))
        print("\n".join(differences), file=sys.stderr)
        if differences:
            sys.exit(1)
