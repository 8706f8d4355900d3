"""posix_spawn and posix_spawnp: what they start, ask for and refuse."""
import os
import signal
import sys
import tempfile

SH = "/bin/sh"


def attempt(*args, function=os.posix_spawn, **options):
    try:
        pid = function(*args, **options)
        print("status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    except Exception as error:
        print(type(error).__name__, error)


def with_options(**options):
    attempt(SH, [SH, "-c", "exit 2"], os.environ, **options)


attempt(SH, [SH, "-c", "exit $code"], {"code": "3"})
attempt(SH, [SH, "-c", "exit 1"], None)
attempt(b"/bin/sh", (b"sh", b"-c", b"exit 7"), {b"A": b"b"})
attempt("sh", ["sh", "-c", "exit 4"], os.environ, function=os.posix_spawnp)
attempt("nonexistent", ["x"], os.environ, function=os.posix_spawnp)
for argv in [], [""], 3, [SH, 3]:
    attempt(SH, argv, os.environ)
for environment in 3, {3: 4}, {"a=b": "c"}, {"": "c"}:
    attempt(SH, [SH], environment)
for path in "/nonexistent", 3, None:
    attempt(path, ["x"], os.environ)

with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "out")
    attempt(SH, [SH, "-c", "echo written; echo too >&2"], os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, name, os.O_WRONLY | os.O_CREAT, 0o600), (os.POSIX_SPAWN_DUP2, 1, 2), (os.POSIX_SPAWN_CLOSEFROM, 3)])
    with open(name) as file:
        print(file.read())
    print(oct(os.stat(name).st_mode & 0o777))
for actions in None, 3, [1], [()], [(9,)], [("x",)]:
    with_options(file_actions=actions)
for action in [(os.POSIX_SPAWN_OPEN,), (os.POSIX_SPAWN_OPEN, "a", "/tmp/x", 0, 0), (os.POSIX_SPAWN_OPEN, 1, 2, 0, 0), (os.POSIX_SPAWN_OPEN, 1, "a\0b", 0, 0),
               (os.POSIX_SPAWN_OPEN, 1, "/nonexistent/x", 0, 0), (os.POSIX_SPAWN_CLOSE,), (os.POSIX_SPAWN_CLOSE, -1), (os.POSIX_SPAWN_DUP2, 1),
               (os.POSIX_SPAWN_DUP2, 1, "x"), (os.POSIX_SPAWN_CLOSEFROM,)]:
    with_options(file_actions=[action])
for group in 0, None, "a":
    with_options(setpgroup=group)
for flag in True, 3, "x":
    with_options(resetids=flag, setsid=flag)
for signals in [signal.SIGUSR1], [999], ["a"], [0], 3, None, [signal.NSIG - 1]:
    with_options(setsigmask=signals)
    with_options(setsigdef=signals)
for scheduler in None, (None, os.sched_param(0)), (os.SCHED_OTHER, os.sched_param(0)), (1,), 3, (None, 3), ("a", os.sched_param(0)):
    with_options(scheduler=scheduler)
with_options(nope=1)
sys.addaudithook(lambda name, args: print(name, args) if name == "os.posix_spawn" else None)
attempt(SH, [SH, "-c", "exit 5"], {})
