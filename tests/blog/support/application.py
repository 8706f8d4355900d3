"""An application for the test of Flask's features: one view for each."""
import asyncio
import io
import time

from flask import Blueprint, Flask, Response, request, send_file, session, stream_with_context

WORD = "first"
app = Flask(__name__)
inner = Blueprint("inner", __name__, url_prefix="/inner")
outer = Blueprint("outer", __name__, url_prefix="/outer")


@app.get("/word")
def word():
    return WORD


@app.get("/fault")
def fault():
    answer = 42
    cause = {"here": [answer]}
    return 1 / (answer - 42)


@app.get("/remember")
def remember():
    session["seen"] = True
    return "never"


@app.get("/async")
async def waits():
    async def one(n):
        await asyncio.sleep(0.01 * (3 - n))
        return n
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(n)) for n in range(3)]
    return {"answers": [task.result() for task in tasks], "path": request.path}


@app.get("/stream")
def stream():
    @stream_with_context
    def lines():
        for n in range(int(request.args["n"])):
            yield f"line {n}\n"
            time.sleep(0.05)
    return Response(lines(), mimetype="text/plain")


@app.get("/download")
def download():
    return send_file(io.BytesIO(bytes(range(256)) * 100), "application/octet-stream", as_attachment=True, download_name="Grüße.bin", conditional=True)


@app.post("/upload")
def upload():
    return {name: [file.filename, len(file.read())] for name, file in request.files.items()}


@inner.get("/<name>")
def hello(name):
    return f"{request.blueprint} {request.endpoint} {name}"


@outer.before_request
def first():
    if request.args.get("stop"):
        return "stopped", 418


@inner.errorhandler(KeyError)
def missing(e):
    return f"handled {e!r}", 409


@inner.get("/missing")
def looks():
    return {}["key"]


outer.register_blueprint(inner)
app.register_blueprint(outer)


@app.shell_context_processor
def names():
    return {"word_length": len(WORD)}


@app.cli.command()
def shout():
    print(WORD.upper())
