# How programs end: exit statuses, streams that cannot be flushed, what finalisers may still say, hooks that get what is no exception.
. ./common.sh
cd "$d"
p() { "$KRAIT" "$@" 2>&1 | neutral; }
status() { "$KRAIT" -c "$1" > "${2:-out}" 2> err; echo "status $?"; neutral < err; [ ! -e out ] || cat out; rm -f out; }
for n in '' None 0 1 47 -1 255 256 300 0xffff_ffff '2**32' '2**63-1' '2**63' '2**128' '-2**63' '-2**64' True '"text"' '(1, 2)'; do status "import sys; sys.exit($n)"; done
status 'import os, sys; sys.stdout.write("x"); os.close(1)'
status 'import sys; sys.stdout.write("x")' /dev/full
status 'import sys; sys.stdout.write("x"); 1/0' /dev/full
status 'import sys; sys.stdout.write("x"); sys.exit(3)' /dev/full
status 'import sys; sys.stdout.write("x"); sys.stdout = None' /dev/full
status 'import sys; sys.stdout.write("x"); sys.stdout.close()' /dev/null
status 'import sys; sys.stderr = open("/dev/full", "w"); sys.stderr.write("x")'
status 'import sys
class Stream:
    def flush(self): 1/0
sys.stdout = Stream(); sys.exit(3)'
status 'import sys
class Last:
    def __del__(self): print("finalised", sys.stderr); 1/0
sys.last = Last()'
p -c 'import sys; sys.excepthook(1, "1", 1); sys.excepthook(1, 2, 3); sys.excepthook(ValueError, None, None); sys.excepthook(ValueError, ValueError("v"), 1); sys.stderr = None; sys.excepthook(1, 2, 3)'
p -c 'import sys
for cls in type(sys.flags), type(sys.version_info):
    for make in (cls, lambda cls: cls((1, 2)), lambda cls: cls.__new__(cls), lambda cls: tuple.__new__(cls)):
        try: print(make(cls))
        except TypeError as e: print(e)'
p -c 'import sys
class Own(SystemExit): pass
for status in (), (42,), (17, 23), None, [1], SystemExit(3), Own(4), Own, ValueError(3), 2 ** 70:
    try: sys.exit(status)
    except SystemExit as e: print(type(e), e.args, e.code)'
