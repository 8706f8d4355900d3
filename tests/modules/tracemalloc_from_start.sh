# Tracing from the start on, by option and by environment; bad numbers end the program.
one='import tracemalloc as t; print(t.is_tracing(), t.get_traceback_limit())'
"$KRAIT" -X tracemalloc -c "$one"
"$KRAIT" -X tracemalloc=7 -c "$one"
"$KRAIT" -X tracemalloc=0 -c "$one"
PYTHONTRACEMALLOC=10 "$KRAIT" -c "$one"
PYTHONTRACEMALLOC=0 "$KRAIT" -c "$one"
PYTHONTRACEMALLOC=10 "$KRAIT" -E -c "$one"
PYTHONTRACEMALLOC=-1 "$KRAIT" -c "$one" 2>&1 | head -n 1
cat > "$TMPDIR/named.py" << 'PY'
import weakref
class C: pass
c = C()
print(repr(weakref.ref(c)).split(' to ')[1].split(' at ')[0], repr(weakref.proxy(c)).split(' to ')[1].split(' at ')[0])
PY
(cd "$TMPDIR" && "$KRAIT" named.py && "$KRAIT" -c 'import named')
