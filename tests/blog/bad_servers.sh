# A port in use, and other starts that cannot be; a disk that is full.
. ./common.sh
python support/problems.py servers full_disk
