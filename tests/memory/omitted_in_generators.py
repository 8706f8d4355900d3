# Parameters that a call of a C function omits get room in the running frame; a generator's frame ends with its object.
import os

def opens():
    while True:
        with open(os.devnull) as f:
            yield f.name

def reads(path):
    yield open(path).close()

generators = [opens() for _ in range(200)]
neighbours = [[i] for i in range(200)]
for g in generators: next(g)
print(sum(len(n) for n in neighbours), {next(g) == os.devnull for g in generators}, [n[0] for n in neighbours] == list(range(200)))
print([next(reads(os.devnull)) for _ in range(5)], all(list(reads(os.devnull)) == [None] for _ in range(200)))
