# What Flask itself offers a developer, on an application that has one view for each.
. ./common.sh
python support/features.py
