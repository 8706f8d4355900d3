"""The start of a web server, from the command to its first answer: what bench/web measures.

    web_start.py RUNS PORT COMMAND...      COMMAND is to answer http://127.0.0.1:PORT/

Prints one line: the best of the runs in milliseconds of wall clock, and of CPU of the server. The first run, which writes what is cached, does
not count.
"""
import http.client
import os
import signal
import subprocess
import sys
import time

runs, port, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
LIMIT = 60


def answers():
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except ConnectionRefusedError:
        return False
    finally:
        connection.close()


def start():
    """Seconds of wall clock and of CPU."""
    if answers():
        sys.exit(f"bench/web: something else answers at port {port}")
    began = time.perf_counter()
    with open(os.devnull, "w") as nowhere:
        server = subprocess.Popen(command, stdout=nowhere, stderr=nowhere)
    while not answers():
        if server.poll() is not None or time.perf_counter() - began > LIMIT:
            server.kill()
            sys.exit(f"bench/web: no answer from {' '.join(command)}")
        time.sleep(0.001)
    took = time.perf_counter() - began
    server.send_signal(signal.SIGKILL)
    used = os.wait4(server.pid, 0)[2]
    server.returncode = 0
    return took, used.ru_utime + used.ru_stime


start()
found = [start() for _ in range(runs)]
print(f"{min(wall for wall, _ in found) * 1000:.0f} {min(cpu for _, cpu in found) * 1000:.0f}")
