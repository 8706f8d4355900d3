"""A browser, driven by W3C WebDriver: JSON over HTTP to the program chromedriver. Headless, with a fresh profile, on loopback only."""
import base64
import http.client
import json
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from server import wait

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    def __init__(self, width=1000, height=800):
        self.folder = Path(tempfile.mkdtemp(prefix="browser-"))
        self.log = self.folder / "log"
        with open(self.log, "w") as log:
            self.driver = subprocess.Popen([shutil.which("chromedriver"), "--port=0"], stdout=log, stderr=subprocess.STDOUT)
        wait(lambda: self.driver.poll() is not None or self.driver_port(), "chromedriver")
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
                     "--force-device-scale-factor=1", f"--window-size={width},{height}", f"--user-data-dir={self.folder / 'profile'}"]
        self.session = ""
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments, "binary": shutil.which("chromium")}, "goog:loggingPrefs": {"browser": "ALL"}}
        self.session = "/session/" + self.ask("POST", "/session", capabilities={"alwaysMatch": wanted})["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        try:
            if self.session:
                self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(20)
            if problem[0]:
                print(self.log.read_text()[-1000:], file=sys.stderr)
            shutil.rmtree(self.folder, ignore_errors=True)

    def driver_port(self) -> int:
        found = re.search(r"started successfully on port (\d+)", self.log.read_text())
        return int(found[1]) if found else 0

    def ask(self, method, path, **arguments):
        connection = http.client.HTTPConnection("127.0.0.1", self.driver_port(), timeout=50)
        connection.request(method, self.session + path, json.dumps(arguments) if method == "POST" else None, {"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
        connection.close()
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{method} {path}: {value['message'].splitlines()[0]}")
        return value

    def open(self, address):
        self.ask("POST", "/url", url=address)

    @property
    def address(self):
        return self.ask("GET", "/url")

    def reload(self):
        self.ask("POST", "/refresh")

    def resize(self, width, height):
        self.ask("POST", "/window/rect", width=width, height=height)

    def element(self, selector):
        return f"/element/{self.ask('POST', '/element', using='css selector', value=selector)[ELEMENT]}"

    def fill(self, selector, text):
        self.ask("POST", self.element(selector) + "/value", text=text)

    def go(self, selector):
        """Clicks what leads to another page, and waits until that is there."""
        self.run("window.before = true")
        self.ask("POST", self.element(selector) + "/click")
        wait(lambda: self.run("return !window.before && document.readyState == 'complete'"), f"the page behind {selector}")

    def text(self, selector):
        return self.ask("GET", self.element(selector) + "/text")

    def box(self, selector):
        """Left, top, width, height within the window."""
        return self.run("const b = document.querySelector(arguments[0]).getBoundingClientRect(); return [b.left, b.top, b.width, b.height]", selector)

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", script=script, args=arguments)

    def cookie(self, name):
        return self.ask("GET", f"/cookie/{name}")

    def set_cookie(self, cookie, value):
        self.ask("DELETE", f"/cookie/{cookie['name']}")
        self.ask("POST", "/cookie", cookie=cookie | {"value": value})

    def complaints(self):
        """What the browser wrote on its console."""
        return self.ask("POST", "/se/log", type="browser")

    def screenshot(self) -> bytes:
        return base64.b64decode(self.ask("GET", "/screenshot"))


class Picture:
    """A PNG with 8 bits a channel, as screenshots are; `pixel(x, y)` is red, green and blue."""

    def __init__(self, png: bytes):
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        data, place = [], 8
        while place < len(png):
            size, kind = struct.unpack_from(">I4s", png, place)
            if kind == b"IHDR":
                self.width, self.height, depth, colours = struct.unpack_from(">IIBB", png, place + 8)
                assert depth == 8 and colours in (2, 6), (depth, colours)
            if kind == b"IDAT":
                data.append(png[place + 8:place + 8 + size])
            place += 12 + size
        self.channels = 3 if colours == 2 else 4
        self.rows = self.unfilter(zlib.decompress(b"".join(data)))

    def unfilter(self, data):
        size, step = self.width * self.channels, self.channels
        rows, above = [], bytes(size)
        for start in range(0, len(data), size + 1):
            kind, row = data[start], bytearray(data[start + 1:start + 1 + size])
            for i in range(size if kind else 0):
                left, up, corner = row[i - step] if i >= step else 0, above[i], above[i - step] if i >= step else 0
                if kind == 4:
                    guess = min((left, up, corner), key=lambda c: abs(left + up - corner - c))
                else:
                    guess = (0, left, up, (left + up) // 2)[kind]
                row[i] = (row[i] + guess) & 255
            rows.append(bytes(row))
            above = row
        return rows

    def pixel(self, x, y):
        x = int(x) * self.channels
        return tuple(self.rows[int(y)][x:x + 3])

    def colours(self, left, top, width, height):
        return {self.pixel(x, y) for y in range(int(top), int(top + height)) for x in range(int(left), int(left + width))}
