# A sample of what `make fail-allocation` does in full: allocations of start-up and of an import fail, each in its turn.
case $KRAIT in */san-* | */stress-*) step=1999 ;; *) step=499 ;; esac
cd ../..
for program in "-c pass" "-p tests/memory/data/import_again.py" "-p tests/memory/data/modules_again.py"; do
    past= many=$step; case $program in -p*) past=-p program=${program#-p } ;; esac
    case $program in *modules_again.py) many=$((step * 15)) ;; esac
    tests/memory-failure $past -s $many -- "$KRAIT" $program > "$TMPDIR/out" || { cat "$TMPDIR/out"; exit 1; }
done
# From some point on there is no memory at all.
for n in 100 3000 20000 27000 30000 33000 40000 70000 120000; do
    timeout 60 "$KRAIT" -X fail_allocation=${n}x0 examples/tour.py > /dev/null 2> "$TMPDIR/out"; status=$?
    [ $status -lt 124 ] || { echo "no memory after allocation $n: status $status"; exit 1; }
done
"$KRAIT" -X fail_allocation=1/2 -c pass 2> "$TMPDIR/out" && exit 1
grep -q '^krait: -X fail_allocation: ' "$TMPDIR/out"
