"""coverage measures a program's lines, with each of its pure-Python ways of tracing, and its branches, and reports what never ran."""
import json, os, pathlib, tempfile

import coverage.cmdline

PROGRAM = """
def count(a):
    if a:
        return 1
    for i in range(3):
        if i == 5:
            print("never")
        yield i
    try:
        1 / 0
    except ZeroDivisionError:
        pass
    else:
        print("never")
    while a:
        a -= 1
    return (yield from inner())

def inner():
    yield "x"
    return 2

class C:
    x = [i for i in range(3) if i]
    def shown(self): return self.x
    def never(self):
        return 1

print(list(count(0)), C().shown())
with open(__file__) as program:
    program.read()
match 5:
    case 4: print("never")
    case _: pass
async def main():
    async for n in numbers():
        if n == 1: break
async def numbers():
    for n in range(3):
        yield n
import asyncio
asyncio.run(main())
"""

os.chdir(tempfile.mkdtemp())
pathlib.Path("program.py").write_text(PROGRAM)
for core, *options in ["pytrace"], ["sysmon"], ["sysmon", "--branch"]:
    os.environ["COVERAGE_CORE"] = core
    print(core, *options)
    coverage.cmdline.main(["run", *options, "--source=.", "program.py"])
    coverage.cmdline.main(["report", "-m"])
    coverage.cmdline.main(["json", "-q", "-o", "report.json"])
    result = json.loads(pathlib.Path("report.json").read_text())["files"]["program.py"]
    print(result["executed_lines"], result.get("executed_branches"), result.get("missing_branches"))
