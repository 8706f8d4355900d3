# The import system: modules, packages, relative imports, hooks, reloading, errors.
import importlib, os, sys, tempfile, textwrap
tmp = tempfile.TemporaryDirectory(); root = tmp.name; sys.path.insert(0, root)
def write(name, text=""):
    p = os.path.join(root, name); os.makedirs(os.path.dirname(p), exist_ok=True)
    with open(p, "w") as f: f.write(textwrap.dedent(text))
    importlib.invalidate_caches()
write("simple.py", '''
    """Doc."""
    print("simple runs", __name__)
    x = 1
    _private = 2
    def get(): return x
''')
import simple; import simple as s2; from simple import x, get as g
print(simple is s2, x, g(), simple.__doc__, simple.__name__, simple.__package__ == "", simple.__spec__.name, os.path.basename(simple.__file__), os.path.basename(simple.__spec__.origin), type(simple.__loader__).__name__, sys.modules["simple"] is simple, os.path.basename(os.path.dirname(simple.__cached__)))
ns = {}; exec("from simple import *", ns); print(sorted(k for k in ns if k != "__builtins__"))
write("pkg/__init__.py", "print('pkg init'); from . import a; __all__ = ['b', 'value']; value = 5")
write("pkg/a.py", "from .sub import deep; from .. import nothing" if False else "from .sub.deep import d; from . import b; name = __name__")
write("pkg/b.py", "from .a import d as dd; from pkg.sub import deep; import pkg.a as whole")
write("pkg/sub/__init__.py", "")
write("pkg/sub/deep.py", "d = __package__")
import pkg.sub.deep; print(pkg.a.name, pkg.sub.deep.d, pkg.b.dd, pkg.b.whole is pkg.a, pkg.__path__ == [os.path.join(root, "pkg")])
ns = {}; exec("from pkg import *", ns); print(sorted(k for k in ns if k != "__builtins__"), ns["b"] is pkg.b)
os.makedirs(os.path.join(root, "space/inner")); write("space/inner/mod.py", "v = 'namespace'")
import space.inner.mod; print(space.inner.mod.v, type(space.__path__).__name__, space.__file__ if hasattr(space, "__file__") else "no file", space.__spec__.origin)
write("broken.py", "y = 1\n1 / 0"); write("syntax.py", "x = = 1"); write("circ1.py", "import circ2\nfrom circ2 import v\nw = 1"); write("circ2.py", "from circ1 import w\nv = 2"); write("missing_inner.py", "import not_there_at_all")
for stmt in ("import broken", "import syntax", "import circ1", "import missing_inner", "import nope", "import simple.sub", "from simple import zzz", "from pkg import zzz", "import pkg.nope", "from . import x", "from .. import x", "from pkg.sub import gone", "import os.path.nope", "from simple import get.x" if False else "import ", "from os import nonexistent_thing"):
    try: exec(stmt, {"__name__": "m"}); print(stmt, "ok")
    except (ImportError, SyntaxError, ZeroDivisionError, KeyError) as e: print(stmt, "->", type(e).__name__, str(e).replace(root, "ROOT").replace(os.__file__, "OS"), getattr(e, "name", None))
print("broken" in sys.modules, "circ1" in sys.modules)
write("simple.py", "x = 'reloaded'; print('runs again')"); simple.keep = 1; importlib.reload(simple); print(simple.x, simple.keep, g())
write("dyn.py", "def __getattr__(n):\n    if n == 'lazy': return 'made lazily'\n    raise AttributeError(f'no {n}')\ndef __dir__(): return ['lazy']")
import dyn; print(dyn.lazy, dir(dyn)); from dyn import lazy; print(lazy)
try: dyn.other
except AttributeError as e: print(e)
try: from dyn import other
except ImportError as e: print(str(e).replace(root, "ROOT"))
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith("virtual"): return importlib.machinery.ModuleSpec(name, Loader(), origin="virtual", is_package=name == "virtual")
class Loader:
    def create_module(self, spec): return None
    def exec_module(self, m): m.made = f"made for {m.__name__}"
import importlib.machinery, importlib.util
sys.meta_path.insert(0, Finder); import virtual.child; print(virtual.made, virtual.child.made, virtual.__spec__.origin); sys.meta_path.pop(0)
spec = importlib.util.spec_from_file_location("by_path", os.path.join(root, "pkg/sub/deep.py")); m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m); print(m.d == "", m.__name__)
print(importlib.import_module("pkg.sub").__name__, importlib.import_module(".sub", "pkg").__name__, __import__("pkg.sub") is pkg, __import__("pkg.sub", fromlist=["deep"]).__name__, importlib.util.find_spec("nope"), importlib.util.find_spec("pkg.sub.deep").name, importlib.util.resolve_name("..x", "a.b"))
import types; mod = types.ModuleType("made", "doc"); mod.v = 1; sys.modules["made"] = mod; import made; print(made.v, made.__doc__, repr(made), made.__dict__["__loader__"])
sys.modules["blocked"] = None
try: import blocked
except ModuleNotFoundError as e: print(e)
del sys.modules["pkg.b"]; import pkg.b as again; print(again.dd); from os import path; import os.path as op; print(path is op, repr(sys)[:14], repr(importlib.machinery.BuiltinImporter)[:8])
import zipfile; z = zipfile.ZipFile(os.path.join(root, "z.zip"), "w"); z.writestr("inzip.py", "where = 'in a zip'"); z.writestr("zp/__init__.py", "from . import m"); z.writestr("zp/m.py", "k = 7"); z.close()
sys.path.insert(0, os.path.join(root, "z.zip")); import inzip, zp; print(inzip.where, zp.m.k, type(inzip.__loader__).__name__); import __future__; print(__future__.annotations.compiler_flag > 0)
pyc = simple.__cached__; print(os.path.exists(pyc) or sys.dont_write_bytecode, pyc.endswith(".pyc")); orig = os.getcwd(); tmp.cleanup()
