# Lines of the source below errors and warnings, in the encoding of the file.
. ./common.sh
printf '# coding: latin1\ndef f():\n    pass\nreturn "\344"\n' > "$d/latin.py"
printf 'x = 1\nassert(1, "a")\ny = f"{1 is 1}"\nif x:\n    z = "\\d"\n' > "$d/warned.py"
printf '# coding: latin1\nz = "\344\\d"' > "$d/warned_latin.py"
printf '\357\273\277return 1' > "$d/mark.py"
printf 'y = 5 \\' > "$d/ends.py"
for f in latin warned warned_latin mark ends; do echo "-- $f"; "$KRAIT" "$d/$f.py" 2>&1 | neutral; done
