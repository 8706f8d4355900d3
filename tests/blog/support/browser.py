"""A person with a browser: signs up, writes a note with a picture, finds it again after a reload and after the server was started anew. Then
somebody who tries to be another: the cookie cannot be forged. At last the page as it is seen."""
import base64
import json
import os
import struct
import sys
import zlib
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from server import Server
from webdriver import Browser, Picture

TITLE, BODY = "A heron at the mill", "It stood there for twenty minutes.\n\nThen it did not."
PAPER, LEAF = (246, 244, 236), (47, 122, 85)


def png(width, height, colour):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes(colour) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def sign_up_and_write(browser, server):
    browser.open(server.address)
    assert browser.text(".empty p") == "There are no notes yet."
    browser.go("nav .button")
    browser.fill("[name=name]", "Rosa")
    browser.fill("[name=password]", "a long password")
    browser.go("form.card button")
    assert browser.text(".who") == "Rosa", "signing up logs in"
    print("signed up")

    browser.go("nav .button")
    browser.fill("[name=title]", TITLE)
    browser.fill("[name=body]", BODY)
    (server.folder / "heron.png").write_bytes(png(60, 40, (70, 110, 160)))
    browser.fill("[name=picture]", str(server.folder / "heron.png"))
    browser.go("form.card button")
    check_note(browser)
    print("wrote a note")


def check_note(browser):
    assert browser.text("h1") == TITLE
    assert [p.strip() for p in browser.run("return [...document.querySelectorAll('.post > p:not(.by)')].map(p => p.innerText)")] == BODY.split("\n\n")
    assert browser.run("const i = document.querySelector('.post img'); return i.complete && i.naturalWidth") == 60, "the picture is there"


def check_console(browser):
    bad = [c["message"] for c in browser.complaints() if c["level"] in ("SEVERE", "WARNING")]
    assert not bad, bad


def come_again(browser, server):
    browser.reload()
    check_note(browser)
    print("it is there after a reload")
    check_console(browser)
    server.stop()
    server.start()
    browser.reload()
    check_note(browser)
    browser.complaints()  # of what was still being fetched when the server went
    assert browser.text(".who") == "Rosa", "the session outlives the server"
    print("it is there after a restart")

    browser.fill("#comments textarea", "Who else saw it? <script>document.title = 'caught'</script>")
    browser.go("#comments form button")
    assert "<script>" in browser.text(".comment p") and browser.run("return document.title") == TITLE, "a comment is text"
    print("wrote a comment")


def padded(text):
    return text + "=" * (-len(text) % 4)


def forge(browser, server):
    cookie = browser.cookie("session")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax" and "session" not in browser.run("return document.cookie"), cookie
    payload, stamp, signature = cookie["value"].split(".")
    content = json.loads(base64.urlsafe_b64decode(padded(payload)))
    assert content["user"] == 1, content
    print("the cookie holds", ", ".join(sorted(content)))

    def let_in(value):
        browser.set_cookie(cookie, value)
        browser.open(server.address + "/write")
        return browser.address == server.address + "/write" and browser.text(".who") == "Rosa"

    assert let_in(cookie["value"]), "the genuine one"
    stranger = Flask("stranger", root_path=".")
    stranger.secret_key = "what a stranger thinks it is"
    other_key = SecureCookieSessionInterface().get_signing_serializer(stranger).dumps(content)
    changed = base64.urlsafe_b64encode(json.dumps(content | {"user": 2}).encode()).decode().rstrip("=")
    for name, value in ("another key", other_key), ("a changed payload", f"{changed}.{stamp}.{signature}"), ("a changed time", f"{payload}.{stamp[::-1]}.{signature}"), \
            ("no signature", f"{payload}.{stamp}."), ("rubbish", "%"):
        assert not let_in(value) and "/login" in browser.address, name
        print("refused:", name)
    assert let_in(cookie["value"]), "the genuine one again"
    assert not (server.folder / "heron.png").samefile(next((server.folder / "pictures").iterdir())), "pictures are copies"


def look(browser, server, keep):
    browser.open(server.address)
    shot = browser.screenshot()
    if keep:
        Path(keep).write_bytes(shot)
    picture = Picture(shot)
    width, height = browser.run("return [innerWidth, innerHeight]")
    assert (picture.width, picture.height) == (width, height) and width >= 900, (picture.width, picture.height, width, height)
    # Colours: the page's, the button's, and in the heading dark letters on paper.
    assert picture.pixel(5, height - 5) == PAPER, picture.pixel(5, height - 5)
    left, top, wide, high = browser.box("nav .button")
    assert picture.pixel(left + 6, top + high / 2) == LEAF, picture.pixel(left + 6, top + high / 2)
    seen = picture.colours(*browser.box("h1"))
    assert PAPER in seen and any(sum(c) < 160 for c in seen) and len(seen) > 20, len(seen)
    assert (70, 110, 160) in picture.colours(*browser.box(".picture img")), "the picture is seen"
    print("the colours are right")

    # Where things stand: from top to bottom, in the middle, nothing outside.
    boxes = [browser.box(s) for s in (".brand", "h1", ".card", ".card h2", "footer")]
    assert [b[1] for b in boxes] == sorted(b[1] for b in boxes) and all(b[2] > 50 and b[3] > 15 for b in boxes), boxes
    left, top, wide, high = browser.box("main")
    assert abs(left - (width - left - wide)) <= 1 and 600 < wide < 800, "main stands in the middle"
    outside = "return [...document.querySelectorAll('main *, header *')].filter(e => { const b = e.getBoundingClientRect(); return b.width && (b.left < 0 || b.right > innerWidth + 1) }).length"
    assert browser.run(outside) == 0
    browser.resize(400, 800)
    assert browser.run(outside) == 0 and browser.run("return document.documentElement.scrollWidth <= innerWidth"), "it fits a telephone"
    picture, note = browser.box(".picture"), browser.box(".card h2")
    assert picture[1] + picture[3] <= note[1], "there, the picture stands above the text"
    print("everything has its place, on a telephone too")


def main():
    with Server() as server, Browser() as browser:
        sign_up_and_write(browser, server)
        come_again(browser, server)
        forge(browser, server)
        look(browser, server, os.environ.get("SCREENSHOT"))
        check_console(browser)


sys.exit(main())
