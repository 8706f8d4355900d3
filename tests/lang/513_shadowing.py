# Errors that tell of a module which hides another one; relative imports without a spec; imports that fail in another thread.
import os, subprocess, sys, tempfile, threading

with tempfile.TemporaryDirectory() as folder:
    def write(name, text):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        return path

    def last_line(*args, cwd=folder):
        r = subprocess.run([sys.executable, *args], cwd=cwd, capture_output=True, text=True)
        print(*[os.path.basename(a) for a in args], "->", (r.stderr.strip().splitlines() or ["fine"])[-1].replace(os.path.realpath(folder), "F").replace(folder, "F"))

    script = write("fractions.py", "import fractions\nfractions.Fraction\n")
    last_line(script)
    last_line("-m", "fractions")
    last_line("-c", "import fractions")
    last_line("-P", script)
    write("fractions.py", "from fractions import Fraction\n")
    last_line(script)
    third = write("numpy.py", "import numpy\nnumpy.array\n")
    last_line(third)
    write("numpy.py", "from numpy import array\n")
    last_line(third)
    write("numpy.py", "x = 1\n")
    last_line("-c", "import numpy; numpy.attr")
    write("statistics/__init__.py", "")
    last_line("-c", "import statistics; statistics.mean")
    last_line("-c", "import statistics, sys; del sys.stdlib_module_names; statistics.mean")
    last_line("-c", "import json; json.nothing")

    sys.path.insert(0, folder)
    write("slowly.py", "import time\ntime.sleep(0.2)\nraise RuntimeError\n")
    seen = []

    def importing():
        try:
            import slowly
            seen.append("module")
        except RuntimeError:
            seen.append("RuntimeError")

    threads = [threading.Thread(target=importing) for _ in range(3)]
    for t in threads: t.start()
    for t in threads: t.join()
    print(seen)

sys.modules["a.bb.c"] = {}
try:
    __import__("bb.c", {"__package__": "a"}, level=1)
except KeyError as e:
    print(repr(e))
finally:
    del sys.modules["a.bb.c"]
