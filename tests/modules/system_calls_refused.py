# What calls of posix, select, socket, random and struct make of unusual arguments.
import copy
import os
import pickle
import random
import select
import socket
import struct
import sys


def show(f, *a, **k):
    try:
        print(f(*a, **k))
    except Exception as e:
        print(type(e).__name__, e)


print("- sched_param")
param = os.sched_param(1)
print(param.__reduce__()[1])
for proto in range(6):
    show(lambda: pickle.loads(pickle.dumps(param, proto)))
show(copy.copy, param)
show(copy.deepcopy, param)

print("- getrandbits")
for k in -1, -1 << 1000, 0, 1 << 200, (1 << 64) - 1, 1 << 44, 1.5, "a":
    show(random.Random(1).getrandbits, k)

print("- more than there is")
for n in 40, 44, 60, 63:
    show(lambda: [None] * (1 << n))

print("- CMSG")
for f in socket.CMSG_LEN, socket.CMSG_SPACE:
    for n in -1, 0, 1, 0x7fffffff - 24, 0x7fffffff - 23, 0x7fffffff - 16, 0x7fffffff - 15, 1 << 62, 1 << 80:
        show(f, n)

print("- a list that its items change")
r, w = os.pipe()


class File:
    def fileno(self):
        del files[-1]
        return w


files = [File() for _ in range(10)]
first = files[:5]
print(select.select([], files, []) == ([], first, []))
poll = select.poll()
poll.register(w, select.POLLOUT)
for timeout in None, -1, -1e-100, 0, 1e-100, 0.5:
    print(poll.poll(timeout) == [(w, select.POLLOUT)])
for timeout in 1 << 40, -1 << 80, "a":
    show(poll.poll, timeout)

print("- environments")


class Env:
    def __init__(self, keys, values):
        self.keys_, self.values_ = keys, values

    def __getitem__(self, key):
        raise RuntimeError("not called")

    def __len__(self):
        return 1

    def keys(self):
        return self.keys_

    def values(self):
        return self.values_


class Clears:
    def __fspath__(self):
        shared.clear()
        return b"x"


class NoLength:
    def __getitem__(self, key):
        raise KeyError(key)


class Sub(dict):
    def keys(self):
        return ["SUB"]

    def values(self):
        return ["v"]

    def items(self):
        raise RuntimeError("not called")


shared = [Clears()]
for env in (Env(shared, shared), Env(["A"], ["1", "2"]), Env([], ["1"]), Env(5, []), Env(["A"], 5), Env(["A="], ["x"]), Env(["A"], ["x\0"]),
            Env([1], ["x"]), Env([""], ["x"]), NoLength(), 5, [], Sub(a=1), Env(iter(["Q"]), iter(["W"])), {"Z": b"1", b"Y": "2"}):
    sys.stdout.flush()
    try:
        os.waitpid(os.posix_spawn("/usr/bin/env", ["env"], env), 0)
    except Exception as e:
        print(type(e).__name__, e)
