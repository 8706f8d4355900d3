"""A fork while other interpreters stand: the child has only its own, and can make new ones."""
import os
import warnings
from concurrent import interpreters

warnings.simplefilter("ignore")
left = interpreters.create()
left.exec("x = 1")
pid = os.fork()
if pid == 0:
    alone = [i.id for i in interpreters.list_all()] == [0]
    os._exit(7 if alone and interpreters.create().call(lambda: 1) == 1 else 8)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
left.exec("print(x, flush=True)")
left.close()
