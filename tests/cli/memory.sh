# What the heap tells: guards, its tables at exit and when asked.
. ./common.sh
for name in default malloc pymalloc debug malloc_debug pymalloc_debug; do PYTHONMALLOC=$name "$KRAIT" -c 'print("a" * 3, [[]] * 2, {1: 2})'; done
PYTHONMALLOC=other "$KRAIT" -c "print(1)" 2>&1; echo "status $?"
PYTHONMALLOC=other "$KRAIT" -E -c 'print("not looked at")'
"$KRAIT" -X dev -c 'import json; print(json.dumps({"a": [1, 2.5, None]}))'
program='
import sys
class Counted: pass
kept = [Counted() for i in range(1234)], ["%d text" % i for i in range(777)], "long" * 1000000
if sys.argv[1:]: sys._debugmallocstats()'
table() { sed -n -e 's/^ *1234 *[0-9]*  Counted$/1234 Counted/p' -e 's/^.* \(objects\) *bytes$/\1/p' -e 's/^.* bytes from the system.*/the whole/p' -e 's/^raw blocks/&/p'; }
"$KRAIT" -X heapstats -c "$program" 2>&1 | table
"$KRAIT" -c "$program" now 2>&1 | table
"$KRAIT" -c "$program" 2>&1 | table
