"""One round of bench/concurrency: lines `name value`, or the table of many rounds."""
import asyncio
import sys
import threading
import time
from concurrent.futures import InterpreterPoolExecutor, ProcessPoolExecutor

SIZE = 3_000_000
PAUSE = 0.002
JOBS, JOB_SECONDS = 4, 0.25


def compute(size):
    """Plain computing: calls, ints, a list and a dict; no I/O."""
    counts, row = {}, [0] * 64
    for i in range(size):
        row[i & 63] += i
        key = row[i * 7 & 63] % 97
        counts[key] = counts.get(key, 0) + 1
    return sum(row), len(counts)


def seconds(function, *args):
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


def together(n):
    threads = [threading.Thread(target=compute, args=(SIZE,)) for _ in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def lateness(computing, waits=100):
    """How late a thread comes back from short sleeps while others compute: (median, the worst of twenty)."""
    stop, late = False, []

    def busy():
        while not stop:
            compute(1000)

    def waiting():
        for _ in range(waits):
            late.append(seconds(time.sleep, PAUSE) - PAUSE)

    threads = [threading.Thread(target=busy) for _ in range(computing)]
    waiter = threading.Thread(target=waiting)
    for t in threads + [waiter]:
        t.start()
    waiter.join()
    stop = True
    for t in threads:
        t.join()
    late.sort()
    return late[waits // 2], late[waits - waits // 20]


def pool_seconds(pool_type, workers, size):
    with pool_type(workers) as pool:
        list(pool.map(compute, [size // 100] * workers * 4))  # all workers are up, and what runs often is compiled
        return seconds(lambda: list(pool.map(compute, [size] * JOBS)))


def switches(tasks, number=100_000):
    """Seconds for so many switches among tasks of an event loop."""

    async def one():
        for _ in range(number // tasks):
            await asyncio.sleep(0)

    async def main():
        async with asyncio.TaskGroup() as group:
            for _ in range(tasks):
                group.create_task(one())

    return seconds(asyncio.run, main())


def measure():
    together(1)  # what runs often is compiled by now
    for n in (1, 2, 4, 8) * 3:
        print(f"threads{n}", seconds(together, n))
    for computing in 1, 4:
        median, worst = lateness(computing)
        print(f"median{computing}", median)
        print(f"worst{computing}", worst)
    for tasks in 10, 1000, 10_000:
        print(f"tasks{tasks}", switches(tasks))
    size = int(SIZE * JOB_SECONDS / seconds(compute, SIZE))  # jobs take equally long under every Python: what workers cost is in proportion
    for name, pool_type in ("processes", ProcessPoolExecutor), ("interpreters", InterpreterPoolExecutor):
        for workers in 1, 2:
            print(f"{name}{workers}", pool_seconds(pool_type, workers, size))


def table(*files):
    ours, theirs = map(best, files)
    print("| | Krait | CPython | bound |\n|---|---|---|---|")
    row = lambda what, show, bound: print(f"| {what} | {show(ours)} | {show(theirs)} | {bound} |")
    row("one thread computes", lambda b: f"{b['threads1'] * 1000:.0f} ms", "")
    for n in 2, 4, 8:
        row(f"{n} threads together, by {n} times one", lambda b: f"{b[f'threads{n}'] / n / b['threads1']:.2f}", "at most 1.10")
    for n in 1, 4:
        row(f"a thread that slept, beside {n} computing: late by, median (19 of 20)",
            lambda b: f"{b[f'median{n}'] * 1000:.1f} ms ({b[f'worst{n}'] * 1000:.1f} ms)", "CPython's")
    for n in 10, 1000, 10_000:
        row(f"100,000 switches among {n:,} tasks", lambda b: f"{b[f'tasks{n}'] * 1000:.0f} ms", "CPython's")
    for name in "processes", "interpreters":
        row(f"two {name}, times as fast as one", lambda b: f"{b[name + '1'] / b[name + '2']:.2f}", "at least 1.80" if name == "processes" else "")


def best(file):
    values = {}
    with open(file) as lines:
        for line in lines:
            name, value = line.split()
            values[name] = min(float(value), values.get(name, float("inf")))
    return values


if __name__ == "__main__":
    table(*sys.argv[2:]) if sys.argv[1:2] == ["table"] else measure()
