"""Imports json; when memory ran out on the way, imports it again, and looks whether the second import is a whole one. For tests/memory-failure."""
import sys

failed = False
try:
    import json
except MemoryError:
    failed = True
    import json

value = {"a": [1, -2.5, None, True], "\u017e": "x\n" * 3, "n": {}}
assert json.loads(json.dumps(value)) == value
assert json.dumps({"b": 1, "a": (2,)}, sort_keys=True, indent=1) == '{\n "a": [\n  2\n ],\n "b": 1\n}'
try:
    json.loads("[1,")
except json.JSONDecodeError as e:
    assert str(e) == "Expecting value: line 1 column 4 (char 3)"
else:
    assert False
if failed:
    sys.exit("MemoryError, and json is there now")
