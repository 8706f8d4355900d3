import os, tempfile, warnings, gc
warnings.simplefilter("ignore")
path = os.path.join(tempfile.mkdtemp(), "f")
f = open(path, "w")
f.write("text that is flushed when the file is dropped")
fd = f.fileno()
del f
try:
    os.fstat(fd)
    print("open")
except OSError:
    print("closed")
print(open(path).read())
def g():
    f = open(path)
    return f.fileno()
fd = g()
try:
    os.fstat(fd)
    print("open")
except OSError:
    print("closed")
os.remove(path)
os.rmdir(os.path.dirname(path))
