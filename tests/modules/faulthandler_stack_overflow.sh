# The traceback of a thread whose C stack is used up.
$KRAIT -X faulthandler -c 'import faulthandler
def f():
    faulthandler._stack_overflow()
f()' 2>&1 | grep -E "^Fatal|^  File"
