# -X importtime: which imports are shown, how deep they stand, in what order, and the sum of the times.
. ./common.sh
cd "$d"
mkdir pk
echo 'import pk.b' > pk/__init__.py; echo 'import pk.c, sys' > pk/b.py; echo 'from . import d' > pk/c.py; echo 'import sys' > pk/d.py; echo 'import pk, none_such' > fails.py
program='import pk
try: import fails
except ImportError: pass
import pk, sys
sys.modules["mod\ud800é"] = sys
__import__("mod\ud800é")
try: __import__("none\ud800é")
except ImportError: pass
'
shown() { grep '^import time' | grep -e ' pk' -e fails -e none -e mod -e imported | sed 's/[0-9][0-9]*/N/g; s/  *N/ N/g'; }
for o in importtime importtime=1 importtime=yes importtime= importtime=0; do echo "-- $o"; "$KRAIT" -X $o -c "$program" 2>&1 | shown; done
echo "-- 2"; "$KRAIT" -X importtime=2 -c "$program" 2>&1 | shown | grep -v 'cached.*  pk'
for v in 1 2 0 no; do echo "-- $v"; PYTHONPROFILEIMPORTTIME=$v "$KRAIT" -c "import fails" 2>&1 | shown | grep -v cached; done
PYTHONPROFILEIMPORTTIME=3 "$KRAIT" -c 1 2>&1; PYTHONPROFILEIMPORTTIME=1 "$KRAIT" -X importtime=0 -c 1 2>&1
for o in 3 -1; do "$KRAIT" -X importtime=$o -c 1 2>&1 | head -n 1; done
"$KRAIT" -X importtime -c 'import pk' 2>&1 | awk -F '[|:]' '/ pk/ { if ($3 < $2) print "less than its own" } / pk\.[bcd]$/ { own += $2 } / pk$/ { own += $2; print ((own <= $3 + 9 && own >= $3 - 9) ? "sums up" : "differs") }'
