# What faulthandler writes for one thread and for all, of C frames, and what enables it.
import faulthandler, os, re, subprocess, sys, tempfile

def inner(**how):
    with tempfile.TemporaryFile() as f:
        faulthandler.dump_traceback(f, **how)
        f.seek(0)
        return f.read().decode()

print(inner(all_threads=False).splitlines()[0])
print(inner().startswith("Current thread 0x"))
with tempfile.TemporaryFile() as f:
    faulthandler.dump_c_stack(f)
    f.seek(0)
    lines = f.read().decode().splitlines()
print(lines[0])
print(all(re.fullmatch(r'  Binary file ".+"(, at .*[+-]0x[0-9a-f]+)? \[0x[0-9a-f]+\]|  <.+>.*', x) for x in lines[1:]), len(lines) > 1)

def enabled(*options, **variables):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | variables
    code = "import faulthandler; print(faulthandler.is_enabled())"
    return subprocess.run([sys.executable, *options, "-c", code], env=env, capture_output=True, text=True).stdout.strip()

print(enabled(), enabled("-X", "faulthandler"), enabled(PYTHONFAULTHANDLER="1"), enabled(PYTHONFAULTHANDLER=""), enabled("-E", PYTHONFAULTHANDLER="1"), enabled("-X", "dev"))
