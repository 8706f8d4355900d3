"""markdown renders pages with all of its extensions."""
import sys
import markdown
page = """# Title\n\nSome *text* with **strong** words, `code`, and a [link](http://example.org "t").\n\n[TOC]\n\n* one\n* two\n    1. a\n    2. b\n\n> quote\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n```python\nprint("x")\n```\n\nTerm\n:   Definition[^1]\n\n[^1]: A note.\n\n*[HTML]: Hyper\n\nHTML rocks. {#id .cls}\n\n![image](a.png)\n\n<div markdown="1">*inner*</div>\n\n---\n\nLast &copy; line  \nbroken.\n"""
for i in range(30):
    m = markdown.Markdown(extensions=["extra", "toc", "codehilite", "admonition", "sane_lists", "smarty", "meta", "nl2br", "wikilinks"])
    print(m.convert(page.replace("Title", f"Title {i}") + "\n!!! note\n    text [[Wiki Page]]\n"))
