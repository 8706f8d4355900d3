# A write to nobody and a file beyond its limit raise an OSError; they are no end of the program. Programs that it starts have the signals as they were.
import os, resource, signal, subprocess, sys, tempfile

print(signal.getsignal(signal.SIGPIPE), signal.getsignal(signal.SIGXFSZ))
r, w = os.pipe()
os.close(r)
try:
    os.write(w, b"to nobody")
except OSError as e:
    print(repr(e))

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "file")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    with open(path, "wb", buffering=0) as f:
        print(f.write(bytes(1500)))
        try:
            f.write(b"more")
        except OSError as e:
            print(repr(e))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    print(os.path.getsize(path))

show = ["grep", "SigIgn", "/proc/self/status"]
ours = lambda text: int(text.split()[1], 16) & (1 << signal.SIGPIPE - 1 | 1 << signal.SIGXFSZ - 1)
print(ours(subprocess.check_output(show, text=True)), ours(subprocess.check_output(show, text=True, restore_signals=False)))
