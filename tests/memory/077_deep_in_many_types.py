# Chains of fifty thousand objects of many types die without recursion in C, on a thread's small stack as well, alone and in a circle.
import gc
import threading
import weakref

DEEP = 50_000


class Node:
    __slots__ = "next", "other", "__weakref__"

    def __init__(self, next, other=None):
        self.next, self.other = next, other

    def method(self):
        pass


def nested_tuple(x):
    return (x,)


def nested_cell(x):
    return (lambda v: lambda: v)(x)


def nested_iterator(x):
    return iter([x])


def nested_generator(x):
    def generator(x):
        yield x

    g = generator(x)
    next(g)
    return g


def nested_exception(x):
    return Exception(x)


def nested_method(x):
    return Node(x).method


def nested_frozenset(x):
    return frozenset((x,))


def nested_map(x):
    return map(None, [x])


def nested_dict_of_lists(x):
    return {"a": [x], "b": None}


makers = [Node, nested_tuple, nested_cell, nested_iterator, nested_generator, nested_exception, nested_method, nested_frozenset, nested_map, nested_dict_of_lists]


def run(where):
    for make in makers:
        last = Node(None)
        gone = weakref.ref(last)
        x = make(last)
        del last
        for i in range(DEEP):
            x = make(x)
        assert gone() is not None
        del x
        print(where, make.__name__, gone() is None)


run("main")
threading.stack_size(256 * 1024)
thread = threading.Thread(target=run, args=("thread",))
thread.start()
thread.join()

# The same below a circle: the collector breaks it and counting does the rest.
head = Node(None)
gone = weakref.ref(head)
x = head
for i in range(DEEP):
    x = Node(x, (x,))
head.next = x
del head, x
print(gone() is None, gc.collect() > DEEP, gone() is None)

# A comb: each tooth is a chain as well.
comb = None
for i in range(300):
    tooth = None
    for j in range(300):
        tooth = Node(tooth)
    comb = Node(comb, tooth)
gone = weakref.ref(comb.other)
del comb, tooth
print(gone() is None)
