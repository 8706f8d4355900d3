# Programs that use up the memory under `ulimit -v`: every kind of object ends in MemoryError, and the program goes on afterwards.
case $KRAIT in */san-*) echo "SKIP: sanitizers need the address space"; exit ;; esac
size=$("$KRAIT" -c 'print(next(l for l in open("/proc/self/status") if l.startswith("VmPeak")).split()[1])')
for room in 40000 60000; do
    (ulimit -v $((size + room)) && "$KRAIT" data/exhaust.py > "$TMPDIR/out" 2>&1) || { echo "with $room KB of room: status $?"; tail -n 3 "$TMPDIR/out"; exit 1; }
    [ "$(grep -c 'ended in MemoryError$' "$TMPDIR/out")" = "$(wc -l < "$TMPDIR/out" | awk '{ print $1 - 1 }')" ] || { echo "with $room KB of room:"; cat "$TMPDIR/out"; exit 1; }
    tail -n 1 "$TMPDIR/out" | grep -q '^still here: 45 abc 100000$' || { echo "with $room KB of room:"; cat "$TMPDIR/out"; exit 1; }
done
# Start-up itself without enough memory: a message, no signal.
for room in -200000 -100000 -60000 -20000 -6000 -3000 -1500 -700 -300; do
    message=$( (ulimit -v $((size + room)) && exec "$KRAIT" -c pass) 2>&1); status=$?
    [ $status -lt 126 ] && { [ $status = 0 ] || [ -n "$message" ]; } || { echo "start-up with $room KB less than it takes: status $status, $message"; exit 1; }
done
