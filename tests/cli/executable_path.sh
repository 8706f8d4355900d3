# sys.executable and sys.prefix: the path of the call without the detours in it; a `..` at its beginning stays.
. ./common.sh
mkdir -p "$d/env/bin" "$d/here"; ln -s "$KRAIT" "$d/env/bin/python"
"$KRAIT" -c 'import os, sys; print("home =", os.path.dirname(os.path.realpath(sys.executable)))' > "$d/env/pyvenv.cfg"
cd "$d/here"
for program in "$d/env/bin/python" "$d/here/../env/./bin//python" "/../..$d/env/bin/python" ../env/bin/python ./../here/.././env/bin/../bin/python; do
    "$program" -I -W ignore -c 'import sys; print(sys.executable, sys.prefix)' 2> /dev/null | neutral
done
cd "$d/env/bin"; for program in ./python ./././python ../bin/python; do "$program" -I -c 'import sys; print(sys.executable, sys.prefix)' 2> /dev/null | neutral; done
