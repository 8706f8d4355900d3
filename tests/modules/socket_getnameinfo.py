# getnameinfo takes addresses written as numbers and looks no host up.
import socket
flags = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
for address in (("127.0.0.1", 80), ("::1", 80), ("localhost", 80), ("host.invalid", 1), ("127.0.0.1", -1), ("127.0.0.1", "x"), ("127.0.0.1", 70000),
                ("127.0.0.1", 80, 0), ("::1", 80, 1 << 20), ("::1", 80, 3, 1), ("::1", 80, "x"), ("::1", 80, 1, 2, 3), ("127.0.0.1",), (1, 2),
                ["127.0.0.1", 80], ("127.0.0.1", 1 << 40), ("127.0.0.1", 8.5), ("", 80), ("::ffff:1.2.3.4", 0)):
    try: print(address, socket.getnameinfo(address, flags))
    except Exception as e: print(address, type(e).__name__, e)
