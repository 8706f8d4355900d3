# asyncio's futures and tasks in C: states, callbacks, cancellation, refusals, eager start.
import asyncio, sys
print(asyncio.Future, asyncio.Task)
log=[]
async def child(n):
    try:
        await asyncio.sleep(n); return n
    except asyncio.CancelledError as e:
        log.append(('cancelled', e.args)); raise
async def main():
    t=asyncio.create_task(child(0.01), name='c')
    print(t.get_name())
    print(await t)
    t=asyncio.create_task(child(10)); await asyncio.sleep(0); t.cancel('msg'); 
    try: await t
    except asyncio.CancelledError as e: print('main', e.args, t.cancelled(), t.cancelling())
    print(log, len(asyncio.all_tasks()), asyncio.current_task().get_name())
    t=asyncio.create_task(child(0)); 
    async def selfawait():
        await asyncio.current_task()
    try: await asyncio.create_task(selfawait())
    except RuntimeError as e: print(str(e)[:30])
    async def bad():
        class Y:
            def __await__(self): yield 5
        await Y()
    try: await asyncio.create_task(bad())
    except RuntimeError as e: print(e)
    async def badf():
        class Y:
            def __await__(self): yield asyncio.Future()
        await Y()
    try: await asyncio.create_task(badf())
    except RuntimeError as e: print(str(e)[:50])
    f=asyncio.get_running_loop().create_future()
    cbs=[]
    def cb(x): cbs.append(x.result())
    f.add_done_callback(cb); f.add_done_callback(cb); f.add_done_callback(print)
    print(f.remove_done_callback(print), len(f._callbacks))
    f.set_result(3); await asyncio.sleep(0); print(cbs)
    print(await asyncio.gather(child(0), child(0.001), return_exceptions=True))
    async with asyncio.TaskGroup() as tg:
        a=tg.create_task(child(0)); b=tg.create_task(child(0.01))
    print(a.result(), b.result())
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(5)
    except TimeoutError as e: print('timeout')
    loop=asyncio.get_running_loop(); loop.set_task_factory(asyncio.eager_task_factory)
    async def e(): return 7
    t=asyncio.create_task(e()); print(t.done(), t.result(), t.get_coro())
    async def e2(): print('cur', asyncio.current_task().get_name()); await asyncio.sleep(0); return 8
    t=asyncio.create_task(e2(), name='E'); print(t.done(), t in asyncio.all_tasks()); print(await t)
asyncio.run(main())
