# Decimals under `ulimit -v`: GMP ends the process where it finds no memory, so it is asked for nothing that there is none for.
case $KRAIT in */san-*) echo "SKIP: sanitizers need the address space"; exit ;; esac
size=$("$KRAIT" -c 'print(next(l for l in open("/proc/self/status") if l.startswith("VmPeak")).split()[1])')
for operation in multiply divide sqrt exp str parse ratio; do
    for digits in 600 20000; do
        (ulimit -v $((size + 33000)) && "$KRAIT" data/decimal_limit.py $operation $digits > "$TMPDIR/out" 2>&1); status=$?
        [ $status -lt 124 ] && grep -q MemoryError "$TMPDIR/out" || { echo "$operation from $digits digits on: status $status"; tail -n 3 "$TMPDIR/out"; exit 1; }
    done
done
