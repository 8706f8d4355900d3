# For the tests of this folder: examples/blog in a virtual environment made by Krait, with the packages from PyPI. It lies in the build
# folder, is made once, and tests that start at the same time wait for the one that makes it. `python` runs one of support/.
build=$(cd "$(dirname "$KRAIT")" && pwd)
export BLOG_ENV="$build/blog"
case $("$KRAIT" -c 'import sys; print(getattr(sys.implementation, "_stress", "") or "")') in
    "") ;;
    *) echo "SKIP: far too slow on a stress build"; exit ;;
esac
exec 9> "$build/blog.lock"
flock 9
# Where PyPI does not answer, one test has waited for it, and the others of this run need not.
if [ -n "$(find "$build/blog.unreachable" -mmin -10 2> /dev/null)" ]; then status=69
else
    BLOG_EXTRA='gunicorn asgiref' ../../examples/blog/start --prepare > "$build/blog.log" 2>&1
    status=$?
    [ $status != 69 ] || touch "$build/blog.unreachable"
fi
exec 9>&-
case $status in
    0) ;;
    69) echo "SKIP: PyPI cannot be reached"; exit ;;
    *) cat "$build/blog.log" >&2; exit 1 ;;
esac
python() { "$BLOG_ENV/bin/python" "$@"; }
