"""The end of the interpreter with daemon threads: they stop, joining them then is an error, not a wait."""
import subprocess
import sys

PROGRAMS = {
    "a busy daemon thread": """
import threading
class Cycle:
    def __init__(self):
        self.me = self
        self.thread = threading.Thread(target=loop, daemon=True)
        self.thread.start()
    def __del__(self):
        for wait in (None, 5):
            try: self.thread.join(wait)
            except PythonFinalizationError as e: print(e)
        print(self.thread.is_alive())
def loop():
    while True: pass
Cycle()
""",
    "preexec_fn": """
import subprocess
class AtEnd:
    def __del__(self):
        try: subprocess.Popen(["true"], preexec_fn=print)
        except PythonFinalizationError as e: print(e)
at_end = AtEnd()
""",
    "an interrupt": """
import _thread
class AtEnd:
    def __del__(self): _thread.interrupt_main()
at_end = AtEnd()
""",
    "a new thread": """
import threading
class AtEnd:
    def __del__(self):
        try: threading.Thread(target=print).start()
        except PythonFinalizationError as e: print(e)
at_end = AtEnd()
""",
}
for name, program in PROGRAMS.items():
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    print(f"{name}: {done.returncode}", done.stdout.strip(), done.stderr.strip().split("\n")[-1], sep="\n  ")
