"""A socket or a database that is forgotten warns; where its repr() fails nothing is said; a warning made an error is told."""
import gc, socket, sqlite3, sys, warnings
class Quiet(socket.socket):
    def __repr__(self): raise LookupError("no repr")
class Named(socket.socket):
    def __repr__(self): return "<named>"
class Database(sqlite3.Connection):
    def __init__(self): super().__init__(":memory:")
    def __repr__(self): raise LookupError("no repr")
sys.unraisablehook = lambda u: print("unraisable", type(u.exc_value).__name__, u.exc_value)
for kind in Named, Quiet, Database:
    for action in "always", "ignore", "error":
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter(action)
            s = kind()
            del s
            gc.collect()
            print(kind.__name__, action, [str(w.message) for w in seen])
