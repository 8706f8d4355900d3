# The encoding of file names, arguments and streams, by locale, -X utf8 and PYTHONUTF8; coercion of the C locale.
. ./common.sh
cd "$d"
show='import locale, os, sys; print(sys.flags.utf8_mode, sys.getfilesystemencoding(), *(f"{s.encoding}/{s.errors}" for s in (sys.stdin, sys.stdout, sys.stderr)), locale.getencoding(), locale.getpreferredencoding(False), open(os.devnull).encoding, locale.setlocale(locale.LC_CTYPE), os.environ.get("LC_CTYPE"), ascii(sys.argv[1:]), ascii(os.fsdecode(b"\xc3\xa9")))'
p() { env -u LANG -u LC_ALL -u LC_CTYPE "$@" -c "$show" hé 2>&1 < /dev/null | neutral; }
p "$KRAIT"
for v in LANG LC_CTYPE LC_ALL; do p $v=C "$KRAIT"; p $v=C.UTF-8 "$KRAIT"; done
p LC_ALL=POSIX "$KRAIT"; p LANG=no_SUCH "$KRAIT"
for c in 0 warn; do p LANG=C PYTHONCOERCECLOCALE=$c "$KRAIT"; p LC_ALL=C PYTHONCOERCECLOCALE=$c "$KRAIT"; p LANG=C PYTHONCOERCECLOCALE=$c "$KRAIT" -I; done
for m in 0 1 2 ''; do
    p LC_ALL=C PYTHONUTF8=$m "$KRAIT"; p LC_ALL=C.UTF-8 PYTHONUTF8=$m "$KRAIT"; p LC_ALL=C PYTHONUTF8=$m "$KRAIT" -E
    p LC_ALL=C "$KRAIT" -X utf8=$m; p LC_ALL=C.UTF-8 PYTHONUTF8=0 "$KRAIT" -X utf8=$m; p LANG=C PYTHONUTF8=$m PYTHONCOERCECLOCALE=warn "$KRAIT"
done
p LC_ALL=C.UTF-8 PYTHONUTF8=2 "$KRAIT" -X utf8 -X utf8=0
for e in utf-8 latin-1 :strict ascii:replace; do p LC_ALL=C PYTHONUTF8=0 PYTHONIOENCODING=$e "$KRAIT"; p LC_ALL=C.UTF-8 PYTHONUTF8=1 PYTHONIOENCODING=$e "$KRAIT"; done
# names of files, modules and commands
q() { "$KRAIT" "$@" 2>&1 | neutral; }
printf 'import sys\nprint(ascii(sys.argv), ascii(__file__))\n' | tee hé.py > "$(printf 'b\377d.py')"
mkdir dé; cp hé.py dé/__main__.py
for l in C C.UTF-8; do for u in 0 1; do
    export LC_ALL=$l PYTHONUTF8=$u
    q hé.py; q dé; q "$(printf 'b\377d.py')"; q -m hé; q -c 'print(ascii("é"))' | tail -n 1; q -c "$(printf 'print(ascii("\377"))')"
    q -c 'import os; print(ascii(sorted(os.listdir()))); open("n\xe9w\udc80", "w").close(); os.remove("n\xe9w\udc80")' | tail -n 1
done; done
