# What -c was given is shown in tracebacks and found by inspect; no columns without debug ranges; groups made by except*.
. ./common.sh
run() { "$KRAIT" "$@" 2>&1; }
run -c "
import traceback, inspect, atexit
def f(): pass
try: 1/0
except Exception: traceback.print_exc()
print(inspect.getsource(f))
class A:
    def __init__(self):
        try: x = 1 / 0
        except Exception as e: self.exc = e; self=None
    def __del__(self): traceback.print_exception(self.exc)
obj=A()
"
run -c "  1/0"
run -c "  x =="
echo "x = 1 / 0" > "$d/nd.py"
run -X no_debug_ranges "$d/nd.py" | neutral
PYTHONNODEBUGRANGES=1 "$KRAIT" "$d/nd.py" 2>&1 | neutral
PYTHONNODEBUGRANGES=1 "$KRAIT" -c "
def f(): pass
print(list(f.__code__.co_positions())[:1], list(f.__code__.co_lines())[0][2])"
run -c "
def exc():
    try:
        raise Exception(42)
    except* Exception as e:
        raise
def exc2():
    try:
        raise Exception(42)
    except* Exception as e:
        1/0
def exc3():
    try:
        raise ExceptionGroup('x', [ValueError(1), TypeError(2)])
    except* ValueError as e:
        raise
import traceback
for f in exc, exc2, exc3:
    try: f()
    except Exception as e: traceback.print_exception(e)
"
