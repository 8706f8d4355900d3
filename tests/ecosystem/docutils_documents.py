"""docutils turns its own documents to HTML."""
import glob, os, sys
import docutils
from docutils.core import publish_string
folder = os.path.join(os.environ["DOCUMENTS"], "docs")
for pattern in ("ref/rst/*.rst", "user/rst/*.rst", "ref/rst/*.txt", "user/rst/*.txt"):
    for path in sorted(glob.glob(os.path.join(folder, pattern))):
        with open(path, encoding="utf-8") as f: text = f.read()
        print("==", os.path.basename(path))
        out = publish_string(text, source_path=path, writer="html5", settings_overrides={"datestamp": None, "generator": None, "report_level": 5, "stylesheet_path": "", "embed_stylesheet": False})
        print(out.decode())
