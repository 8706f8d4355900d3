"""A module without statements tells of line 0; any other does not."""
import sys


def trace(source):
    events = []

    def tracer(frame, event, arg):
        if frame.f_code.co_filename == "traced":
            events.append((event, frame.f_lineno))
        return tracer

    code = compile(source, "traced", "exec")
    sys.settrace(tracer)
    try:
        exec(code, {})
    finally:
        sys.settrace(None)
    print(repr(source), events)


for source in "", "\n", "# c\n", "\n\nx=1\n", '"""doc"""', "pass", "def f(): pass\n":
    trace(source)
