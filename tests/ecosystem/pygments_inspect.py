"""pygments highlights the standard library's inspect.py to HTML."""
import inspect
import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
with open(inspect.__file__, encoding="utf-8") as f: source = f.read()
print(pygments.highlight(source, PythonLexer(), HtmlFormatter(full=True, linenos=True, title="inspect.py")))
