# Blocks that were allocated in one place share the tuple of their traceback.
import tracemalloc


def allocate(n):
    return [bytearray(n) for _ in range(3)]


tracemalloc.start(3)
kept = allocate(5000)
stacks = [frames for domain, size, frames, total in tracemalloc._get_traces() if size > 5000 and size < 5100]
print(len(stacks), all(s is stacks[0] for s in stacks))
