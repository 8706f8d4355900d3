# Classes, properties, exceptions, context managers, decorators and generators in one small simulation.
import functools


class BankError(Exception):
    """Whatever the bank refuses."""


class Insufficient(BankError):
    def __init__(self, account, amount):
        super().__init__(f"{account.owner} has {account.balance}, not {amount}")
        self.account, self.amount = account, amount


def audited(method):
    @functools.wraps(method)
    def wrapper(self, *args):
        before = self.balance
        try:
            result = method(self, *args)
        except BankError as e:
            self.log.append((method.__name__, args, "refused"))
            e.add_note(f"in {method.__name__}{args}")
            raise
        self.log.append((method.__name__, args, self.balance - before))
        return result
    return wrapper


class Account:
    _next = 1000
    limit = 0

    def __init_subclass__(cls, /, limit=0, **kw):
        super().__init_subclass__(**kw)
        cls.limit = limit

    def __init__(self, owner, balance=0):
        Account._next += 1
        self.number, self.owner, self._balance, self.log = Account._next, owner, balance, []

    @property
    def balance(self):
        return self._balance

    @balance.setter
    def balance(self, value):
        if value < -self.limit:
            raise Insufficient(self, self._balance - value)
        self._balance = value

    @audited
    def deposit(self, amount):
        if amount <= 0:
            raise BankError(f"cannot deposit {amount}")
        self.balance += amount
        return self

    @audited
    def withdraw(self, amount):
        self.balance -= amount
        return self

    def __repr__(self):
        return f"<{type(self).__name__} {self.number} {self.owner}: {self.balance:+,}>"

    def __lt__(self, other):
        return self.balance < other.balance


class Gold(Account, limit=500):
    pass


class Transaction:
    def __init__(self, *accounts):
        self.accounts = accounts

    def __enter__(self):
        self.saved = [a.balance for a in self.accounts]
        return self

    def __exit__(self, kind, error, tb):
        if error is not None:
            for a, b in zip(self.accounts, self.saved):
                a._balance = b
            print("rolled back:", error, getattr(error, "__notes__", []))
        return isinstance(error, BankError)


def transfer(a, b, amount):
    with Transaction(a, b):
        b.deposit(amount)
        a.withdraw(amount)


ann, bob, cy = Account("Ann", 100), Gold("Bob"), Account("Cy", 10_000)
transfer(ann, bob, 30)
transfer(ann, bob, 300)
transfer(bob, ann, 400)
transfer(bob, ann, 400)
transfer(cy, ann, -5)
print(ann, bob, cy, sep="\n")
print(sorted([ann, bob, cy]), max([ann, bob, cy]), Gold.limit, Account.limit)
for a in (ann, bob, cy):
    for entry in a.log:
        print(a.owner, *entry)
try:
    ann.withdraw("x")
except TypeError as e:
    print("TypeError", e)
try:
    ann.withdraw(10 ** 9)
except Insufficient as e:
    print(type(e).__mro__[1].__name__, e, e.account is ann, e.amount, e.__notes__)


def interest(rate):
    total = 0
    while True:
        account = yield total
        if account is None:
            return total
        gain = round(account.balance * rate, 2)
        account._balance += gain
        total += gain


payer = interest(0.05)
next(payer)
print([payer.send(a) for a in (ann, bob, cy)])
try:
    payer.send(None)
except StopIteration as e:
    print("paid", e.value)
print(f"{sum(a.balance for a in (ann, bob, cy)):.2f}", Account.withdraw.__name__, Account._next)
