# Some hundred requests leave nothing behind; `make web-robustness` does it with ten thousand.
. ./common.sh
python support/memory.py ${REQUESTS:-200 400}
