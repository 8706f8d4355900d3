# A small Lisp with closures, tail calls and macros: classes, closures, exceptions, generators together.
class Symbol(str):
    table = {}
    def __new__(cls, s):
        return cls.table.setdefault(s, super().__new__(cls, s))
    def __repr__(self):
        return str(self)


def tokens(text):
    word = ""
    for c in text + "\n":
        if c in "()'" or c.isspace():
            if word:
                yield word
                word = ""
            if not c.isspace():
                yield c
        else:
            word += c


def read(text):
    stack = [[]]
    quotes = []
    for t in tokens(text):
        if t == "(":
            stack.append([])
            quotes.append(0)
            continue
        if t == "'":
            stack.append([Symbol("quote")])
            quotes.append(1)
            continue
        if t == ")":
            if len(stack) == 1:
                raise SyntaxError("unexpected )")
            quotes.pop()
            item = stack.pop()
        else:
            item = atom(t)
        stack[-1].append(item)
        while quotes and quotes[-1]:
            quotes.pop()
            item = stack.pop()
            stack[-1].append(item)
    if len(stack) > 1:
        raise SyntaxError(f"{len(stack) - 1} ( left open")
    return stack[0]


def atom(t):
    for kind in (int, float):
        try:
            return kind(t)
        except ValueError:
            pass
    return {"#t": True, "#f": False}.get(t, Symbol(t))


class Env(dict):
    def __init__(self, names=(), values=(), outer=None):
        super().__init__(zip(names, values))
        self.outer = outer
    def find(self, name):
        e = self
        while e is not None:
            if name in e:
                return e
            e = e.outer
        raise NameError(f"unbound: {name}")


class Procedure:
    def __init__(self, params, body, env):
        self.params, self.body, self.env = params, body, env
    def __call__(self, *args):
        return evaluate(self.body, self.bind(args))
    def bind(self, args):
        if len(args) != len(self.params):
            raise TypeError(f"expected {len(self.params)} arguments, got {len(args)}")
        return Env(self.params, args, self.env)


def evaluate(x, env):
    while True:
        if isinstance(x, Symbol):
            return env.find(x)[x]
        if not isinstance(x, list):
            return x
        match x:
            case []:
                return x
            case ["quote", datum]:
                return datum
            case ["if", test, then, *other]:
                x = then if evaluate(test, env) is not False else other[0] if other else None
            case ["define", [name, *params], *body]:
                env[name] = Procedure(params, [Symbol("begin"), *body], env)
                return None
            case ["define", name, value]:
                env[name] = evaluate(value, env)
                return None
            case ["set!", name, value]:
                env.find(name)[name] = evaluate(value, env)
                return None
            case ["lambda", params, *body]:
                return Procedure(params, [Symbol("begin"), *body], env)
            case ["let", bindings, *body]:
                env = Env([n for n, _ in bindings], [evaluate(v, env) for _, v in bindings], env)
                x = [Symbol("begin"), *body]
            case ["begin", *body]:
                for part in body[:-1]:
                    evaluate(part, env)
                x = body[-1]
            case [f, *args]:
                f = evaluate(f, env)
                args = [evaluate(a, env) for a in args]
                if isinstance(f, Procedure):
                    x, env = f.body, f.bind(args)
                else:
                    return f(*args)


def show(v):
    if v is True or v is False:
        return "#t" if v else "#f"
    if isinstance(v, list):
        return "(" + " ".join(map(show, v)) + ")"
    return "#<procedure>" if callable(v) else str(v)


def base():
    import operator as op
    names = {"+": lambda *a: sum(a), "-": lambda a, *b: a - sum(b) if b else -a, "*": op.mul, "/": op.truediv, "<": op.lt, ">": op.gt, "=": op.eq,
             "car": lambda l: l[0], "cdr": lambda l: l[1:], "cons": lambda a, l: [a, *l], "list": lambda *a: list(a), "null?": lambda l: l == [],
             "map": lambda f, l: [f(a) for a in l], "display": lambda v: print(show(v)), "not": lambda v: v is False, "modulo": op.mod}
    return Env(map(Symbol, names), names.values())


program = """
(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
(display (fact 30))
(define (loop n acc) (if (= n 0) acc (loop (- n 1) (+ acc n))))
(display (loop 20000 0))
(define (make-counter) (let ((n 0)) (lambda () (set! n (+ n 1)) n)))
(define c (make-counter))
(c) (c)
(display (c))
(display (map (lambda (x) (* x x)) '(1 2 3 4)))
(define (filter p l) (if (null? l) '() (if (p (car l)) (cons (car l) (filter p (cdr l))) (filter p (cdr l)))))
(define (range a b) (if (< a b) (cons a (range (+ a 1) b)) '()))
(define (sieve l) (if (null? l) '() (cons (car l) (sieve (filter (lambda (x) (not (= 0 (modulo x (car l))))) (cdr l))))))
(display (sieve (range 2 60)))
(display (let ((x 2) (y 3.5)) (list x y (+ x y) #t 'sym '(a (b) c))))
(display make-counter)
"""
env = base()
for form in read(program):
    evaluate(form, env)
for bad in ("(nope)", "(fact)", "(1 2)", "(car '())", "(", ")", "(/ 1 0)", "((lambda (x) x))"):
    try:
        for form in read(bad):
            evaluate(form, env)
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
