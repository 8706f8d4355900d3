#!/bin/sh
# The prompt where standard input is a pipe: results go to standard output, prompts and tracebacks to standard error.
. ./common.sh
"$KRAIT" -q -i << 'PROGRAM' 2>&1
x = 1
x
def f():
    return 1/0

f()
for i in range(2):
    print(i)

'''a
b'''
if 1:
    y = 3
else:
    y = 4
y
def (
import inspect
print(inspect.getsource(f))
raise SystemExit(3)
PROGRAM
echo "status $?"
echo 'print("from the script"); a = 5' > "$TMPDIR/script.py"
printf 'a\n' | "$KRAIT" -i "$TMPDIR/script.py" 2>&1
printf '1/0\n' > "$TMPDIR/startup.py"
printf '2\n' | PYTHONSTARTUP=$TMPDIR/startup.py "$KRAIT" -q -i 2>&1 | sed "s|$TMPDIR|.|"
