# The programs of examples/embed/, as `make check` builds them on libkrait.a, and on libkrait.so where `make embed-examples` did.
# Nothing of the heap is left when they end: builds with AddressSanitizer look for leaks then.
build=$(dirname "$KRAIT")
[ -x "$build/embed/scoreboard-static" ] || { echo "SKIP: the programs are not built (make check)"; exit; }
root=$(cd ../.. && pwd)
export KRAIT_HOME="$root/build" ASAN_OPTIONS=detect_leaks=1
for name in scoreboard two; do
    for program in $name-static $name; do
        [ -x "$build/embed/$program" ] || continue
        "$build/embed/$program" > "$TMPDIR/out" || { echo "$program ends with status $?"; exit 1; }
        cmp "$name.expected" "$TMPDIR/out" || { diff "$name.expected" "$TMPDIR/out"; exit 1; }
    done
done
if [ -f "$build/lib/libkrait.so" ]; then
    alien=$(nm -D --defined-only "$build/lib/libkrait.so" | awk '$3 !~ /@@KRAIT_PRIVATE$/ && $3 !~ /^krait_/ && $3 !~ /^KRAIT_/ { print $3 }')
    [ -z "$alien" ] || { echo "libkrait.so exports $alien"; exit 1; }
fi
