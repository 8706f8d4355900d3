# f_lineno set by a trace function: where a frame can jump to, and where not.
import sys
def run(func, first, second, *args):
    code = func.__code__; out = []; done = []
    def tr(frame, event, arg):
        if frame.f_code is not code: return None
        if event == 'line' and not done and frame.f_lineno == first + code.co_firstlineno:
            done.append(1)
            frame.f_lineno = second + code.co_firstlineno
        return tr
    sys.settrace(tr)
    try:
        func(out)
    except Exception as e:
        sys.settrace(None)
        out.append((type(e).__name__, str(e)))
    sys.settrace(None)
    print(func.__name__, out)
def j1(o):
    o.append(1)
    o.append(2)
    o.append(3)
run(j1, 1, 3)
def j2(o):
    for i in 1, 2:
        o.append(2)
    o.append(3)
    o.append(4)
run(j2, 3, 2); run(j2, 2, 4); run(j2, 4, 3)
def j3(o):
    try:
        o.append(2)
        1/0
    except ZeroDivisionError:
        o.append(5)
        o.append(6)
    o.append(7)
run(j3, 2, 5); run(j3, 5, 7); run(j3, 7, 2)
class C:
    def __enter__(s): return s
    def __exit__(s, *a): pass
def j4(o):
    with C():
        o.append(2)
        o.append(3)
    o.append(4)
run(j4, 2, 4); run(j4, 4, 2); run(j4, 2, 3)
def j5(o):
    o.append(1)
    x = 5
    o.append(x)
run(j5, 1, 300); run(j5, 1, -3)
def j6(o):
    while True:
        o.append(2)
        break
    o.append(4)
run(j6, 4, 2)
