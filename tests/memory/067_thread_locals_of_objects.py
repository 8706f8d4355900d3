import threading
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def work(n):
    local = N("local of the thread")
    print("working with", n.name)
t = threading.Thread(target=work, args=(N("argument"),))
t.start(); t.join()
print("joined")
data = threading.local()
def work2():
    data.x = N("thread-local")
t = threading.Thread(target=work2)
t.start(); t.join()
print("joined again")
