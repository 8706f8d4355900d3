"""The child of a fork runs no event loop and no task, whatever its parent did."""
import asyncio
import os
import warnings

warnings.simplefilter("ignore")


async def main():
    pid = os.fork()
    if pid == 0:
        alone = asyncio._get_running_loop() is None
        asyncio._set_running_loop(loop := object())
        os._exit(7 if alone and asyncio.current_task(loop) is None else 8)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), asyncio.current_task() is not None)


asyncio.run(main())
