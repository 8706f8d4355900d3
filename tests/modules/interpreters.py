"""Several interpreters in one process: isolation, what crosses, what is told of exceptions, queues, pools."""
import os.path
import sys
import threading
from concurrent import interpreters
from concurrent.futures import InterpreterPoolExecutor
import _interpreters

LINES = "import sys; sys.stdout.reconfigure(line_buffering=True)"
exec(LINES)


def show(function, *args, **kwargs):
    try:
        print("->", function(*args, **kwargs))
    except BaseException as e:
        print(type(e).__name__, str(e).split("\n")[0], "| cause:", type(e.__cause__).__name__)


# Isolation: what one sets, no other sees.
one, two = interpreters.create(), interpreters.create()
one.exec(LINES)
two.exec(LINES)
one.exec("import json; json.loads = 'ours'; x = 1")
two.exec("import json; print(callable(json.loads), 'x' in globals(), __name__)")
print([i.id for i in interpreters.list_all()], interpreters.get_current().id, one.whence, one.is_running())
one.exec("import sys; print(sys.modules['__main__'].x)")

# What crosses.
one.prepare_main(a=1, b=(2.5, "text", b"bytes", None, (True, -7)))
one.exec("print(a, b)")
show(one.prepare_main, c=[1])
for v in None, 1, 10**40, 1.5, "s", b"b", (1,), [], object(), len:
    print(type(v).__name__, interpreters.is_shareable(v))
show(one.call, lambda a, b: a + b, 1, 2)
show(one.call, lambda: [1, {"a": (2, {3})}])
show(one.call, divmod, 17, 5)
show(one.call, os.path.join, "a", "b")


def closure():
    inside = 1
    return lambda: inside


show(one.call, closure())
show(one.call, lambda *, k=1: k)
try:
    one.call(lambda x: x, threading.Lock())
except interpreters.NotShareableError as e:
    print("no lock:", type(e.__cause__).__name__)
show(one.call, 5)
show(one.call, lambda: 1 / 0)
show(one.exec, "class E(Exception): pass\nraise E('told')")
show(one.exec, "1 +")
show(one.exec, "raise SystemExit(3)")
show(one.exec, "import os; os.fork()")
show(one.exec, "import threading; threading.Thread(daemon=True)")
show(one.exec, 5)
info = _interpreters.exec(one.id, "def f():\n    raise KeyError('k')\nf()")
print(info.type.__name__, info.msg, info.formatted)
print(info.errdisplay)

# One at a time, and not from inside.
show(one.exec, f"import _interpreters as i; i.exec({one.id}, 'pass')")
show(one.exec, f"import _interpreters as i; i.destroy({one.id})")
show(_interpreters.destroy, 0)
show(_interpreters.exec, 99, "pass")
show(_interpreters.exec, -1, "pass")
show(_interpreters.exec, "a", "pass")

# One inside another.
one.exec("""
from concurrent import interpreters
inner = interpreters.create()
print(inner.call(lambda: 6 * 7), flush=True)
inner.close()
""")

# Queues.
q = interpreters.create_queue(2)
one.call(lambda q: q.put((1, [2])), q)
q.put(q)
print(q.qsize(), q.full(), q.maxsize)
show(q.put, 3, timeout=0)
print(q.get(), q.get() is q)
show(q.get_nowait)
one.call(lambda q: q.put("left behind"), q)
two.call(lambda q: q.put("kept"), q)
one.close()
print(q.get(), q.get())
show(one.exec, "pass")
one = interpreters.create()
one.call(lambda q: q.put_nowait(1), q)

# Each thread in an interpreter of its own.
results = []


def in_thread(n):
    i = interpreters.create()
    results.append((n, i.call(lambda n: sum(range(n)), n)))
    i.close()


threads = [threading.Thread(target=in_thread, args=(n,)) for n in (10, 100, 1000)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results))

# Threads inside one are joined when it ends; its exit functions run.
two.exec("""
import threading, time, atexit
atexit.register(print, "at exit of", __import__("_interpreters").get_current()[0], flush=True)
threading.Thread(target=lambda: (time.sleep(0.02), print("thread done", flush=True))).start()
""")
two.close()

with InterpreterPoolExecutor(2) as pool:
    print(list(pool.map(pow, range(5), [3] * 5)))
    f = pool.submit(int, "no number")
    print(type(f.exception()).__name__, f.exception())

# References: the last one ends it.
before = len(interpreters.list_all())
for _ in range(3):
    interpreters.create().exec("data = list(range(1000))")
print(len(interpreters.list_all()) - before)
