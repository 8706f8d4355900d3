"""A thread that fails before it has told who started it that it runs: the start comes to an end (CPython's waits for ever)."""
import sys, threading


class Broken(threading.Thread):
    def _set_ident(self):
        raise MemoryError


sys.unraisablehook = lambda u: print("ignored:", u.exc_type.__name__)
thread = Broken(target=print, args=("never",))
thread.start()
thread.join()
print(thread.is_alive())
