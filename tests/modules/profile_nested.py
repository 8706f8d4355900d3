"""Calls of C functions that call Python code that calls C functions: profilers and tools hear of each end, in the order of the calls."""
import cProfile
import sys


def last(path):
    return max(path.rfind(p) for p in "/.")


def keyed(words):
    return sorted(words, key=lambda word: word.count("a"))


def failing():
    try:
        list(map(lambda x: [].pop(), (1,)))
    except IndexError:
        return sum([1, 2])


def deep(n):
    return n and next(map(deep, (n - 1,))) + len("x")


events = []


def profile(frame, event, arg):
    events.append((event, arg.__name__ if event.startswith("c_") else frame.f_code.co_name))


def watched():
    return last("/a.b"), keyed(["ab", "b"]), failing(), deep(3)


sys.setprofile(profile)
watched()
sys.setprofile(None)
for event in events:
    print(*event)

print("monitored")
events.clear()
monitoring = sys.monitoring
monitoring.use_tool_id(3, "test")
for name in ("CALL", "C_RETURN", "C_RAISE"):
    monitoring.register_callback(3, getattr(monitoring.events, name),
                                 lambda code, offset, function, argument, name=name: events.append((name, code.co_name, function.__name__)))
monitoring.set_events(3, monitoring.events.CALL)
watched()
monitoring.set_events(3, 0)
for event in events:
    print(*event)

profiler = cProfile.Profile()
profiler.runcall(watched)
profiler.create_stats()
for (path, line, name), (primitive, calls, *times, callers) in sorted(profiler.stats.items(), key=lambda item: item[0][1:]):
    print(line, name, primitive, calls, sorted((caller[1:], counts[:2]) for caller, counts in callers.items()))
