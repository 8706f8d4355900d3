"""The module in C under the name that the package on PyPI has for its own."""
from _greenlet import *
