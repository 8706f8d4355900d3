# The programs of the pages on threads, processes and coroutines print what the pages say.
exec "$KRAIT" ../page-programs ../../docs/threads.md ../../docs/processes.md ../../docs/coroutines.md
