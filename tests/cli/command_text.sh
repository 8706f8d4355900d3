#!/bin/sh
# -c: white space that all lines begin with is none of the program's; a coding line says nothing. -v, -X cpu_count, -R and -X pycache_prefix.
. ./common.sh
run() { "$KRAIT" "$@" 2>&1 | tail -n 2; echo "status $?"; }
run -c '
    print(1)
    if 1:
        print(2)
'
run -c '  a=1

 
  print(a)'
run -c "  x='''a
      b
  '''
  print(repr(x))"
printf '\tprint(1)\n    print(2)' > "$d/mixed"
run -c "$(cat "$d/mixed")"
run -c 'print(1)
  print(2)'
run -c '  # c
 print(3)'
run -c '# coding: latin-1
print(ascii("æ"))'
"$KRAIT" -v -S -c 'print("ran")' 2> /dev/null
"$KRAIT" -v -S -c 'pass' 2>&1 | grep -c "^import '_io'"
PYTHONDEBUG=2 PYTHONDONTWRITEBYTECODE=2 PYTHONVERBOSE= "$KRAIT" -c 'import sys; print(sys.flags.debug, sys.flags.dont_write_bytecode, sys.flags.verbose)'
run -X cpu_count=4321 -c 'import os; print(os.cpu_count(), os.process_cpu_count())'
PYTHON_CPU_COUNT=1234 "$KRAIT" -c 'import os; print(os.cpu_count())'
PYTHON_CPU_COUNT=1234 "$KRAIT" -X cpu_count=default -c 'import os; print(os.cpu_count() != 1234)'
run -X cpu_count=0 -c pass
PYTHONHASHSEED=0 "$KRAIT" -R -c 'import sys; print(sys.flags.hash_randomization)'
PYTHONPYCACHEPREFIX=foo "$KRAIT" -X pycache_prefix= -c 'import sys; print(sys.pycache_prefix)'
