#!/bin/sh
# The prompt of python -m asyncio: await at the top level, tracebacks, variables of the context, and its tools.
. ./common.sh
"$KRAIT" -q -m asyncio << 'PROGRAM' 2>&1 | grep -v -e "asyncio REPL" -e "concurrent/futures" -e "__get_result" -e "~^$" -e "raise self"
import asyncio
await asyncio.sleep(0, 5)
async def f(): return 1/0

await f()
PROGRAM
"$KRAIT" -m asyncio ps nope 2>&1 | tail -n 1 | sed "s/.* ps:/ps:/"
