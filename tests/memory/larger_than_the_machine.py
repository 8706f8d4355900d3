"""What is larger than the machine's memory is refused when it is asked for, not when the memory is used up."""
CASES = (lambda n: bytes(n), lambda n: bytearray(n), lambda n: [0] * n, lambda n: (1,) * n, lambda n: b'a' * n, lambda n: [1].__imul__(n),
         lambda n: bytearray(b'x').__imul__(n), lambda n: '\u1234'.center(n), lambda n: 'a'.zfill(n), lambda n: bytearray(5).ljust(n))


def careful():
    """A machine may be set up to promise any memory."""
    try:
        with open('/proc/sys/vm/overcommit_memory') as f:
            return f.read().strip() == '1'
    except OSError:
        return True


for case in CASES:
    try:
        if careful():
            raise MemoryError
        case((1 << 40) - 100)
        print('there is such a machine')
    except MemoryError:
        print('MemoryError')
