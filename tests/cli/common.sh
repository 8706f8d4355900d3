# For the tests of this folder: no PYTHON* variable, a directory of their own, and output without the names of this machine.
for v in $(env | sed -n 's/^\(PYTHON[A-Z]*\)=.*/\1/p'); do unset "$v"; done
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
executable=$("$KRAIT" -c 'import sys; print(sys.executable)')
neutral() { sed -e "s,$d,DIR,g" -e "s,$executable,PY,g" -e 's/python3\.14/PY/g' -e 's/krait/PY/g'; }
