# The tour prints what CPython 3.14 prints.
exec "$KRAIT" ../../examples/tour.py
