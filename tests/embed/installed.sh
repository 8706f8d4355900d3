# `make install` into a folder of our own, and the example programs built on what is there, as pkg-config tells: shared and static.
build=$(dirname "$KRAIT") root=$(cd ../.. && pwd)
[ "$build" = "$root/build" ] || { echo "SKIP: of the plain build only"; exit; }
[ -f "$build/lib/libkrait.so" ] && [ -f "$build/lib/libkrait.a" ] || { echo "SKIP: the libraries are not built (make embed-examples)"; exit; }
command -v pkg-config > /dev/null || { echo "SKIP: there is no pkg-config"; exit; }
prefix=$TMPDIR/prefix
cp -p "$build/flags" "$TMPDIR/flags" # make notes with which flags it was called: they are none of this test's business
make -C "$root" --no-print-directory -o all -o shared install PREFIX="$prefix" COMPILE=python3.14/encodings > "$TMPDIR/make" 2>&1; status=$?
cp -p "$TMPDIR/flags" "$build/flags"
[ $status = 0 ] || { tail -n 5 "$TMPDIR/make"; exit 1; }
[ "$("$prefix/bin/krait" -c 'import json, sys; print(json.dumps(sys.prefix))')" = "\"$prefix/lib/krait\"" ] || { echo "the installed krait does not run"; exit 1; }
# Its users may not be allowed to write into the library: the caches are there.
"$prefix/bin/krait" -v -c pass 2>&1 | grep -q "__init__.krait-314.pyc matches $prefix/lib/krait/lib/python3.14/encodings/__init__.py" || { echo "nothing was compiled"; exit 1; }
[ -f "$prefix/lib/krait/lib/python3.14/importlib/__pycache__/_bootstrap.py.krait-314.frozen" ] || { echo "importlib was not compiled"; exit 1; }
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
unset KRAIT_HOME
for name in scoreboard two; do
    ${CC:-cc} "$root/examples/embed/$name.c" $(pkg-config --cflags --libs krait) -lpthread -Wl,-rpath,"$prefix/lib" -o "$TMPDIR/$name" || exit 1
    (cd / && "$TMPDIR/$name") > "$TMPDIR/out" || { echo "$name ends with status $?"; exit 1; }
    cmp "$name.expected" "$TMPDIR/out" || exit 1
    ${CC:-cc} "$root/examples/embed/$name.c" $(pkg-config --cflags --libs krait-static) -o "$TMPDIR/$name" || exit 1
    (cd / && KRAIT_HOME="$prefix/lib/krait" "$TMPDIR/$name") > "$TMPDIR/out" || { echo "$name, static, ends with status $?"; exit 1; }
    cmp "$name.expected" "$TMPDIR/out" || exit 1
done
