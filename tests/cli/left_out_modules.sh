# A build without a C library: the import of its module says what to install; a module of that name elsewhere is found as ever.
. ./common.sh
home=$(dirname "$executable")
mkdir -p "$d/lib/krait/modules"
cp "$executable" "$d/krait"
ln -s "$home/lib/python3.14" "$d/lib/python3.14"
for f in "$home"/lib/krait/* "$home"/lib/krait/modules/*; do
    case $f in */modules | */zlib.so | */_bz2.so) ;; *) ln -s "$f" "$d/lib/krait/${f#"$home"/lib/krait/}" ;; esac
done
try() { "$d/krait" -c "$1" 2>&1 | tail -n 1; }
try 'import zlib'
try 'import bz2'
try 'import importlib; importlib.import_module("no_such_module")'
try 'import sys, importlib.util as u; print("zlib" in sys.builtin_module_names, "_lzma" in sys.builtin_module_names, u.find_spec("zlib"))'
try 'import lzma; print(len(lzma.compress(b"")))'
echo 'print("another zlib")' > "$d/zlib.py"
(cd "$d" && try 'import zlib')
