"""black formats a folder of the standard library."""
import glob, os
import black
import json
folder = os.path.dirname(json.__file__)
for path in sorted(glob.glob(folder + "/*.py")) + [os.path.join(os.path.dirname(folder), name) for name in ("bisect.py", "heapq.py", "textwrap.py")]:
    with open(path, encoding="utf-8") as f: source = f.read()
    print(f"== {os.path.basename(path)}")
    print(black.format_str(source, mode=black.Mode(line_length=100)))
