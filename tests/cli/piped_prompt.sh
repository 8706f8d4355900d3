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
# When a statement is whole, where its errors are shown, and what the end of the input makes of one that is not.
while IFS= read -r text; do
    echo "--- $text"
    printf "$text" | "$KRAIT" -q -i 2>&1
    echo
done <<'TEXTS'
1 / 0 / 3 / 4
def f(x, x): ...\n
x = 1 +\n2
print(1)\nif 1:\n  print(2)\n\n3
try:\n pass\n3\n
\n\n
if 1:
if 1:\n
(1,\n2
x = """a\nb
# c\n4\n
def f():\n  nonlocal x\n\n5\n
return 3\n6\n
@d\n9\n
class A:\n  x=1\n  y=2\nprint(3)\n
x = 1 \\\\\n+ 2\nx\n
  # c\n  5\n6\n
if 1:\n  3\n  # c\n\n
[\n1,\n\n2]\n
TEXTS
