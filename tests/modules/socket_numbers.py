"""Numbers, names and buffers that _socket's functions take and refuse, and a sequence that changes while it is walked."""
import socket


def attempt(function, *args):
    try:
        print(repr(function(*args)))
    except Exception as error:
        print(type(error).__name__, error)


for function in socket.ntohs, socket.htons, socket.ntohl, socket.htonl:
    for value in 1, -1, -2**70, 1 << 16, 1 << 32, 1 << 65, "a", 1.5:
        attempt(function, value)
for index in 0, -1, 2**32, "a":
    attempt(socket.if_indextoname, index)
for name in 0, None, b"lo", "lo", "x" * 99, b"lo\0":
    attempt(socket.if_nametoindex, name)
for name in b"a" * 300, 3:
    attempt(socket.sethostname, name)
with socket.socket() as s:
    for seconds in 30, 0.1, 1.5, 1e9:
        s.settimeout(seconds)
        print(s.gettimeout(), s.timeout)
    for buffers in 1, [b"x"], [bytearray(2), 3], b"abc":
        attempt(s.recvmsg_into, buffers)
with socket.socket(socket.AF_UNIX) as s:
    s.bind("")
    print(len(s.getsockname()))


class Shrinks:
    def __buffer__(self, flags):
        buffers.clear()
        return memoryview(bytearray(b"ab"))


left, right = socket.socketpair()
with left, right:
    buffers = [Shrinks(), b"cd"]
    print(left.sendmsg(buffers), right.recv(10))
    left.send(b"xy")
    buffers = [Shrinks(), bytearray(4)]
    print(right.recvmsg_into(buffers))
