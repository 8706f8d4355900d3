"""pyflakes reports on the standard library."""
import glob, os, sys
from pyflakes import api, reporter
folder = os.path.dirname(os.__file__)
os.chdir(folder)
r = reporter.Reporter(sys.stdout, sys.stdout)
names = sorted(glob.glob("*.py")) + sorted(glob.glob("asyncio/*.py")) + sorted(glob.glob("email/*.py"))
print(sum(api.checkPath(name, r) for name in names if name != "_sysconfigdata.py"))
