"""Workers of gunicorn die in the middle of requests, by SIGKILL, again and again; at last the whole server does. Every note whose writer had
an answer is there afterwards, and the database is whole."""
import http.client
import os
import random
import re
import signal
import sqlite3
import sys
import threading
import urllib.parse
from pathlib import Path

from server import Server, Visitor, wait

GUNICORN = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "2"]
DEATHS, WRITERS = 8, 3


def workers(server):
    return [int(pid) for pid in Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()]


def write_notes(server, cookies, token, number, over, answered, unanswered):
    visitor = Visitor(server)
    visitor.cookies = dict(cookies)
    n = 0
    while not over.is_set():
        n += 1
        title = f"writer {number} note {n}"
        try:
            answer = visitor.ask("POST", "/write", urllib.parse.urlencode({"title": title, "body": "x" * 2000, "token": token}), Content_Type="application/x-www-form-urlencoded")
        except (OSError, http.client.HTTPException):
            unanswered.append(title)
            continue
        if answer.status == 302:
            answered.append(title)
        else:
            print("refused:", answer.status)


def main():
    dice = random.Random(14)
    with Server(GUNICORN) as server:
        rosa = Visitor(server).join()
        token, over, answered, unanswered = rosa.token("/write"), threading.Event(), [], []
        writers = [threading.Thread(target=write_notes, args=(server, rosa.cookies, token, n, over, answered, unanswered)) for n in range(WRITERS)]
        for thread in writers:
            thread.start()
        killed = set()
        for _ in range(DEATHS):
            written = len(answered)
            wait(lambda: len(answered) > written + dice.randrange(8), "notes")
            wait(lambda: len(workers(server)) == 2, "another worker")
            victim = dice.choice(workers(server))
            os.kill(victim, signal.SIGKILL)
            killed.add(victim)
        written = len(answered)
        wait(lambda: len(answered) > written + 10, "notes after the last death")
        print("workers killed:", len(killed), "and still answering:", rosa.get("/").status)
        server.stop(signal.SIGKILL)
        over.set()
        for thread in writers:
            thread.join()

        database = sqlite3.connect(server.folder / "blog.db")
        print("the database is whole:", database.execute("PRAGMA integrity_check").fetchone()[0])
        kept = [title for title, in database.execute("SELECT title FROM posts")]
        database.close()
        lost, invented = set(answered) - set(kept), set(kept) - set(answered) - set(unanswered)
        print("lost:", len(lost), "invented:", len(invented), "twice:", len(kept) - len(set(kept)))
        print("some requests were cut:", len(unanswered) > 0)
        server.start()
        total = int(re.search(r'"total":(\d+)', Visitor(server).get("/api/posts").text)[1])
        print("after a new start:", total == len(kept))
        print(f"{len(answered)} answered, {len(unanswered)} cut", file=sys.stderr)


main()
