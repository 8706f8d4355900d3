# The blog over HTTP, and every kind of bad request.
. ./common.sh
python support/pages.py
