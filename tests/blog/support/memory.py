"""Many requests of all kinds, and what they leave behind:  memory.py FIRST REQUESTS
The server's resident memory after all of them is at most 5 % above what it was after the first ones."""
import re
import sys
from pathlib import Path

from server import Server, Visitor

LIMIT = 1.05


def resident(server) -> int:
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())[1])


def visit(n, member, stranger):
    """Most only read; each fiftieth time a note is written, commented and deleted again, so that the database stays as large as it is."""
    kind = n % 10
    if n % 50 == 49:
        page = member.send("/write", title=f"Note {n}", body="Only for a moment. " * 20).headers["Location"]
        assert member.send(page + "/comment", page, text="seen").status == 302
        assert member.send(page + "/delete", page).status == 302
    elif kind == 0:
        assert stranger.get("/nowhere").status == 404
    elif kind == 1:
        assert stranger.get("/api/posts").status == 200
    elif kind == 2:
        assert stranger.ask("POST", "/api/posts", "{", Content_Type="application/json").status == 401
    elif kind == 3:
        assert member.ask("POST", "/write", "title=without+a+token").status == 400
    elif kind == 4:
        assert stranger.get("/?q=meadow").status == 200
    else:
        assert "Rosa" in member.get(("/", "/post/1")[n % 2]).text


def main(first, requests):
    with Server() as server:
        stranger, member = Visitor(server), Visitor(server).join()
        for n in range(8):
            member.send("/write", title=f"A meadow, part {n}", body="It is louder than the road. " * 30)
        for n in range(1, requests + 1):
            visit(n, member, stranger)
            if n == first:
                before = resident(server)
            if n % 1000 == 0:
                print(f"{resident(server)} kB after {n} requests", file=sys.stderr)
        after = resident(server)
    print(f"{before} kB after {first} requests, {after} kB after {requests}: {(after / before - 1) * 100:+.1f} %", file=sys.stderr)
    assert after <= before * LIMIT


main(*map(int, sys.argv[1:]))
