# What pip says of packages that it cannot install.
. ./common.sh
python support/problems.py packages
