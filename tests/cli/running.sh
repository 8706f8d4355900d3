# Ways to run a program, and exit statuses.
. ./common.sh
run() { "$KRAIT" "$@" 2> "$d/err"; echo "status $?"; neutral < "$d/err" | tail -n 3; }
run -c 'print("from -c"); import sys; print(sys.argv, __name__)' a b
echo 'print("from stdin"); import sys; print(sys.argv)' | "$KRAIT" - x y; echo "status $?"
echo 'print("no argument")' | "$KRAIT"; echo "status $?"
printf 'import sys\nprint("file", sys.argv[1:], __name__, sys.path[0] == sys.argv[0].rpartition("/")[0])\n' > "$d/prog.py"
run "$d/prog.py" 1 2
mkdir "$d/app"; echo 'import helper; print("main of", __name__, helper.x)' > "$d/app/__main__.py"; echo 'x = 5' > "$d/app/helper.py"
run "$d/app"
(cd "$d/app" && "$KRAIT" -c 'import zipfile; z = zipfile.ZipFile("../app.zip", "w"); z.write("__main__.py"); z.write("helper.py"); z.close()'); run "$d/app.zip"
mkdir "$d/pkg"; echo 'print("init")' > "$d/pkg/__init__.py"; echo 'import sys; print("pkg main", __package__, sys.argv[1:])' > "$d/pkg/__main__.py"; echo 'print("mod", __name__, __spec__.name)' > "$d/pkg/mod.py"
(cd "$d" && "$KRAIT" -m pkg arg; "$KRAIT" -m pkg.mod)
run -m no_such_module; run "$d/missing.py"; run -c 'raise SystemExit'; run -c 'raise SystemExit(5)'; run -c 'raise SystemExit("message")'; run -c 'import sys; sys.exit(True)'; run -c 'import os; os._exit(9)'
run -c '1/0'; run -c 'x = = 1'; run -c 'import sys; sys.exit([1])'; run -c 'raise KeyboardInterrupt'; run -c 'exit(3)'; run -c 'quit()'; run --nonsense; run -Z; run -c; run -X; run -W
("$KRAIT" -c 'import os, signal; os.kill(os.getpid(), signal.SIGTERM)'; echo "status $?") 2> /dev/null
"$KRAIT" -c 'print("x" * 100000)' | head -c 5; echo
"$KRAIT" -c 'import sys; sys.stdout.write("no newline")'; echo; "$KRAIT" -c 'import atexit; atexit.register(print, "atexit"); print("body")'; "$KRAIT" -c 'import threading; threading.Thread(target=lambda: (threading.main_thread().join(), print("thread ends last"))).start(); print("main ends")'
"$KRAIT" -c 'import sys; print("out"); print("err", file=sys.stderr)' 2>&1 | sort
"$KRAIT" -q -i -c 'x = 5' < /dev/null 2> /dev/null; echo "status $?"; echo 'print(x + 1)' | "$KRAIT" -q -i -c 'x = 5' 2> /dev/null
"$KRAIT" -c 'def f():
    class C:
        def __del__(self): print("del at exit")
    global c; c = C()
f(); print("end")'
printf '# coding: latin-1\nprint("\351", len("\351"))\n' > "$d/latin.py"; run "$d/latin.py"; printf 'print("\351")\n' > "$d/bad.py"; run "$d/bad.py"; printf '#!/usr/bin/env krait\nprint("shebang")\n' > "$d/s.py"; run "$d/s.py"; : > "$d/empty.py"; run "$d/empty.py"; printf 'print("crlf")\r\nif 1:\r\n  print(2)\r\n' > "$d/crlf.py"; run "$d/crlf.py"
