# What can be run: files, folders, zip files and folders in them; and a library that is not there.
. ./common.sh
cd "$d"
p() { "$KRAIT" "$@" > out 2>&1; s=$?; sed -e "s/^[^ ]*: can/can/" -e "s,[^ ]*/python314.zip,ZIP," out | neutral; echo "status $s"; }
mkdir -p dir/sub empty
echo 'import sys; print(__file__, __name__, sys.argv, sys.path[0])' | tee dir/__main__.py dir/sub/__main__.py > file.py
"$KRAIT" -c 'import zipfile
with zipfile.ZipFile("z.zip", "w") as z:
    for name in "dir/__main__.py", "dir/sub/__main__.py": z.write(name)'
for name in file.py ./file.py ././file.py dir dir/ ./dir dir/sub empty z.zip z.zip/dir z.zip/dir/sub z.zip/none z.zip/none/none none none/none file.py/none "$d/file.py" "$d/z.zip/dir"; do p "$name" x; p -P "$name"; done
PYTHONHOME=/none "$KRAIT" -c 1 2>&1 | grep -e PYTHON -e prefix -e 'stdlib dir' -e platlibdir
PYTHONHOME=/none:/other PYTHONPATH=/a:/b "$KRAIT" -s -c 1 2>&1 | grep -e PYTHON -e prefix -e 'user site' -e environment -e import.site
