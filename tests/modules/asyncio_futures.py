# _asyncio without a running loop: each function and attribute, also of futures that are not initialised.
import _asyncio, asyncio
def t(f,*a,**k):
    try: print(repr(f(*a,**k)))
    except BaseException as e: print(type(e).__name__, e)
loop=asyncio.new_event_loop()
f=_asyncio.Future(loop=loop)
t(setattr,f,"x",1)
import weakref; print(weakref.ref(f)() is f)
t(_asyncio.Future); t(_asyncio.get_event_loop); t(_asyncio.get_running_loop); t(_asyncio.current_task); t(_asyncio.all_tasks); t(_asyncio.current_task, loop); t(_asyncio.all_tasks, loop)
t(_asyncio._enter_task, loop, f); t(_asyncio._leave_task, loop, f);t(_asyncio._swap_current_task, loop, f)
t(_asyncio._set_running_loop, loop); t(_asyncio._get_running_loop)
t(_asyncio._leave_task, loop, f); t(_asyncio._enter_task, loop, f); t(_asyncio._enter_task, loop, f); t(_asyncio._leave_task, loop, 5);t(_asyncio._swap_current_task, loop, None); t(_asyncio._swap_current_task, loop, f); t(_asyncio._swap_current_task, loop, 5);t(_asyncio._swap_current_task, loop, None)
t(_asyncio._set_running_loop, None)
t(f.result); t(f.exception); t(f.set_exception, 5); t(f.set_exception, StopIteration); t(f.set_exception, int); t(setattr, f, '_log_traceback', True); t(delattr, f, '_log_traceback'); t(delattr, f, '_cancel_message'); t(delattr,f,'_asyncio_future_blocking'); t(f.add_done_callback); t(f.add_done_callback, 1); t(f.remove_done_callback, 1); t(f.cancel, msg=5); t(f._make_cancelled_error); t(f.result); t(f.set_result, 1); t(lambda: f._state)
g=_asyncio.Future.__new__(_asyncio.Future)
for n in ('result','exception','done','cancelled','get_loop','cancel','_make_cancelled_error'): t(getattr(g,n))
t(lambda: g._state); t(lambda: g._loop); t(lambda: g._callbacks); t(lambda: g._result); t(lambda: g._exception); t(lambda: repr(g)); t(lambda: iter(g)); t(g.set_result,1); t(g.add_done_callback,print); t(g.remove_done_callback,1); t(lambda:g._asyncio_awaited_by); t(lambda:g._source_traceback); t(lambda: g._log_traceback); t(lambda: g._cancel_message)
t(_asyncio.Task); t(_asyncio.Task, 5, loop=loop); 
async def c(): pass
co=c(); k=_asyncio.Task(co, loop=loop); print(k.get_name()); t(k.set_result,1); t(k.set_exception,1); t(k.set_name, 5); t(k.get_name); t(lambda: k._must_cancel); t(k.uncancel); t(k.cancelling); t(delattr, k, '_log_destroy_pending'); t(lambda: k._fut_waiter); t(k.cancel, 5); t(k.cancel, msg='x'); t(k.cancelling); t(k.uncancel)
t(lambda: _asyncio.Future[int]); t(lambda: type(iter(f))); t(lambda: [m for m in dir(iter(f)) if not m.startswith('__')])
import sys
print(_asyncio.Future.__mro__, _asyncio.Task.__mro__, _asyncio.Future.__module__)

k._log_destroy_pending = False; co.close()
tk=_asyncio.Task.__new__(_asyncio.Task)
t(tk.get_coro); t(tk.get_context); t(tk.get_name); t(lambda: tk._fut_waiter); t(tk.cancel); t(repr, tk)
