"""A super object that was never initialised; CPython crashes when it is bound."""
bare = super.__new__(super)
for f in (lambda: bare.__get__(len, float), lambda: bare.__get__(5), lambda: bare.__get__(None, int), lambda: bare.__thisclass__, lambda: bare.x):
    try:
        print(f())
    except AttributeError as e:
        print(e)
