# Settings with which the blog cannot start.
. ./common.sh
python support/problems.py settings
