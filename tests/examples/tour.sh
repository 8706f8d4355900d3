# The tour prints what CPython 3.14 prints.
"$KRAIT" examples/tour.py | diff tests/examples/tour.out - 
