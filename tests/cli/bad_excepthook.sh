# An excepthook that fails does not end the prompt: both exceptions are shown.
. ./common.sh
printf 'import sys\nsys.excepthook = 1\n1/0\nprint("x")\n' | "$KRAIT" -i -q 2>&1
