# The blog in a real browser. Debian's chromium and chromium-driver are what it needs; `make browser-test` installs them.
for program in chromium chromedriver; do
    command -v $program > /dev/null || { echo "SKIP: $program is not installed (make browser-test)"; exit; }
done
. ./common.sh
export SCREENSHOT="$build/blog.png"
python support/browser.py
