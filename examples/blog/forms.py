"""What comes in through forms: the token that shows that a form is ours, text fields, pictures."""
import hmac
import secrets
import uuid
from pathlib import Path

from flask import abort, current_app, request, session

PICTURES = {b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg", b"GIF87a": ".gif", b"GIF89a": ".gif"}


def form_token() -> str:
    """A secret of this browser's session, in every form that changes something: another site cannot know it."""
    if "token" not in session:
        session["token"] = secrets.token_urlsafe()
    return session["token"]


def check_token() -> None:
    if request.method != "POST":
        return
    expected, given = session.get("token", ""), request.form.get("token", "")
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        abort(400, "This form was open for too long, or it is not from this site. Go back, reload the page and send it again.")


def fits(text: str, limit: int) -> bool:
    """Neither empty nor too long, and nothing that not every database can keep: zeros, half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return 1 <= len(text) <= limit and "\0" not in text


def text_field(name: str, limit: int) -> str:
    text = request.form.get(name, "").strip()
    if not fits(text, limit):
        abort(400, f"{name.capitalize()}: between 1 and {limit} characters, please.")
    return text


def picture_folder() -> Path:
    return current_app.config["FOLDER"] / "pictures"


def uploaded_picture() -> str | None:
    """Keeps the picture under a name of our own, and answers that. What it is, its first bytes say, not its name."""
    upload = request.files.get("picture")
    if not upload or not upload.filename:
        return None
    start = upload.stream.read(8)
    upload.stream.seek(0)
    ending = next((ending for mark, ending in PICTURES.items() if start.startswith(mark)), None)
    if ending is None:
        abort(415, "A picture is a PNG, a JPEG or a GIF file.")
    name = uuid.uuid4().hex + ending
    try:
        upload.save(picture_folder() / name)
    except OSError:
        drop_picture(name)
        raise
    return name


def drop_picture(name: str | None) -> None:
    if name:
        (picture_folder() / name).unlink(missing_ok=True)
