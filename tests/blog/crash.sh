# gunicorn with two processes, killed while they work.
. ./common.sh
python support/crash.py
