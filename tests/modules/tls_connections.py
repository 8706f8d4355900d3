"""_ssl and ssl: handshakes over memory and sockets, certificates, sessions, callbacks, timeouts, errors."""
import os
import pickle
import re
import socket
import ssl
import _ssl
import tempfile
import threading
import warnings

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "tls_")
ca, server_pem, client_pem, locked_pem = (here + n + ".pem" for n in ("ca", "server", "client", "locked"))
warnings.simplefilter("ignore")


def error(function, *args, **keywords):
    try:
        result = function(*args, **keywords)
        print("fine", result if isinstance(result, (int, str, bytes, type(None))) else type(result).__name__)
    except ssl.SSLError as e:
        print(type(e).__name__, re.sub(r"_ssl\.c:\d+", "_ssl.c", str(e)), getattr(e, "library", None), getattr(e, "reason", None), getattr(e, "verify_code", None),
              getattr(e, "verify_message", None))
    except Exception as e:
        print(type(e).__name__, re.sub(r"_ssl\.c:\d+", "_ssl.c", str(e)))


def contexts(version=None, client_cert=False):
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client.load_verify_locations(ca)
    server.load_cert_chain(server_pem)
    if version:
        client.minimum_version = client.maximum_version = version
    if client_cert:
        server.verify_mode = ssl.CERT_REQUIRED
        server.load_verify_locations(ca)
        client.load_cert_chain(client_pem)
    return client, server


def pair(client, server, hostname="server.example", session=None):
    a, b = ssl.MemoryBIO(), ssl.MemoryBIO()
    c = client.wrap_bio(a, b, server_hostname=hostname, session=session)
    s = server.wrap_bio(b, a, server_side=True)
    return c, s


def shake(c, s, rounds=10):
    """Runs both handshakes; the failure of one side is raised."""
    waiting = [c, s]
    for _ in range(rounds):
        for side in waiting[:]:
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                pass
        if not waiting:
            return
    raise RuntimeError("no end")


for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
    client, server = contexts(version, client_cert=True)
    client.set_alpn_protocols(["two", "one"])
    server.set_alpn_protocols(["one", "two"])
    c, s = pair(client, server)
    print(c.version(), c.cipher(), c.getpeercert.__name__)
    error(c.getpeercert)
    shake(c, s)
    print(c.version(), c.cipher() == s.cipher(), c.selected_alpn_protocol(), s.selected_alpn_protocol(), c.compression(), c.pending(), s.server_side, c.server_hostname)
    print(len(s.shared_ciphers()) > 0, c.shared_ciphers(), (c.get_channel_binding() or b"") == (s.get_channel_binding() or b""))
    cert = c.getpeercert()
    print({k: v for k, v in cert.items() if k not in ("notBefore", "notAfter")})
    print(s.getpeercert()["subject"], len(c.getpeercert(True)) > 300, ssl.DER_cert_to_PEM_cert(c.getpeercert(True)) in open(server_pem).read().replace("\r", ""))
    chain = c._sslobj.get_verified_chain()
    print(chain, [x.get_info()["subject"][-1] for x in chain], chain[0] == c._sslobj.get_unverified_chain()[0], len(s.get_unverified_chain()), hash(chain[0]) == hash(chain[0]))
    print(chain[0].public_bytes(_ssl.ENCODING_DER) == c.getpeercert(True), chain[0].public_bytes().startswith("-----BEGIN CERTIFICATE-----\n"))
    error(chain[0].public_bytes, 99)
    for data in b"hello", b"x" * 100000, b"":
        print(c.write(data), end=" ")
        got = b""
        while len(got) < len(data):
            got += s.read(30000)
        print(got == data)
    error(s.read, 10)
    s.write(b"there")
    buffer = bytearray(10)
    print(c.read(10, buffer), bytes(buffer), c.read(0))
    error(c.read, -1)
    error(c._sslobj.read)
    error(c._sslobj.read, 5, b"x")
    session = c.session
    print(type(session).__name__, len(session.id), session.timeout > 0, session.time > 0, session == c.session, session != c.session, session == 5)
    error(hash, session)
    c2, s2 = pair(client, server, session=session)
    shake(c2, s2)
    s2.write(b"!")
    print(c2.read(1), c2.session_reused, s2.session_reused)
    error(setattr, c2, "session", session)
    error(pair, contexts()[0], server, session=session)
    error(c.unwrap)
    error(s.unwrap)
    error(c.unwrap)
    error(s.read, 5)
    error(c.write, b"x")

print("--- failures")
client, server = contexts()
for name in "other.example", "127.0.0.2", "a.wild.example", "a.b.wild.example", "127.0.0.1", "::1", "", ".x", "x" * 300, "a\0b", "\xe9.example":
    error(lambda: shake(*pair(client, server, name)))
client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
c, s = pair(client, server)
error(shake, c, s)
error(s.do_handshake)
client, server = contexts()
server.verify_mode = ssl.CERT_REQUIRED
client.maximum_version = ssl.TLSVersion.TLSv1_2
error(lambda: shake(*pair(client, server)))
client, server = contexts()
client.minimum_version = ssl.TLSVersion.TLSv1_3
server.maximum_version = ssl.TLSVersion.TLSv1_2
error(lambda: shake(*pair(client, server)))
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
c = contexts()[0].wrap_bio(incoming, outgoing, server_hostname="server.example")
error(c.do_handshake)
incoming.write(b"HTTP/1.0 400 no TLS here\r\n\r\n")
error(c.do_handshake)
c = contexts()[0].wrap_bio(incoming := ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="server.example")
incoming.write_eof()
error(c.do_handshake)

print("--- callbacks")
client, server = contexts()
other = contexts()[1]
asked = []


def sni(connection, name, context):
    asked.append((type(connection).__name__, name, context is server))
    connection.context = other
    return {"deny": ssl.ALERT_DESCRIPTION_ACCESS_DENIED, "odd": "text"}.get(name)


server.sni_callback = sni
client.check_hostname = False
for name in "server.example", "deny", None:
    c, s = pair(client, server, name)
    error(shake, c, s)
    print(asked, s.context is other)
error(setattr, client, "sni_callback", sni)
client, server = contexts()
seen = []
client._msg_callback = lambda connection, direction, version, kind, message, data: seen.append((direction, version, kind, message, len(data) > 0))
shake(*pair(client, server))
print(seen[:3], len(seen) > 8)
client._msg_callback = lambda *args: 1 / 0
error(lambda: shake(*pair(client, server)))
client._msg_callback = None
for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
    client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    client.maximum_version = server.maximum_version = version
    client.minimum_version = server.minimum_version = version
    client.set_ciphers("PSK")
    server.set_ciphers("PSK")
    client.set_psk_client_callback(lambda hint: print("hint", hint) or ("who", b"key" * 8))
    server.set_psk_server_callback(lambda identity: print("identity", identity) or b"key" * 8, "a hint")
    c, s = pair(client, server, None)
    shake(c, s)
    c.write(b"over psk")
    print(s.read(100), c.getpeercert())
with tempfile.TemporaryDirectory() as folder:
    client, server = contexts()
    client.keylog_filename = os.path.join(folder, "keys")
    shake(*pair(client, server))
    lines = open(client.keylog_filename).read().splitlines()
    print(lines[0], sorted({line.split()[0] for line in lines[1:]}))
    error(setattr, client, "keylog_filename", 5)
    print(client.keylog_filename)

print("--- contexts")
client, server = contexts()
for name in "verify_mode", "verify_flags", "check_hostname", "minimum_version", "maximum_version", "num_tickets", "options", "protocol", "sni_callback", "post_handshake_auth":
    for value in "x", -5, None, 99:
        error(setattr, server, name, value)
    error(delattr, server, name)
error(setattr, contexts()[0], "verify_mode", ssl.CERT_NONE)
error(setattr, contexts()[0], "num_tickets", 1)
print(client.cert_store_stats(), [c["subject"] for c in client.get_ca_certs()], len(client.get_ca_certs(True)), client.session_stats()["connect"])
print(sorted(client.get_ciphers()[0]), client.security_level)
for arguments in (client_pem,), ("/no/such/file",), (ca,), (server_pem, client_pem), (server_pem, 5), (5,), (None,), (locked_pem, None, "wrong"), (locked_pem, None, "secret"), \
        (locked_pem, None, b"secret"), (locked_pem, None, bytearray(b"secret")), (locked_pem, None, lambda: "secret"), (locked_pem, None, lambda: 5), \
        (locked_pem, None, lambda: 1 / 0), (locked_pem, None, "x" * 2000), (locked_pem, None, 5):
    error(server.load_cert_chain, *arguments)
pem = open(ca).read()
for cafile, cadata in (None, None), ("/no/such/file", None), (5, None), (locked_pem, None), (None, pem), (None, ssl.PEM_cert_to_DER_cert(pem)), \
        (None, "x"), (None, b"x"), (None, 5), (None, ""), (None, "\xe9"):
    error(client.load_verify_locations, cafile, None, cadata)
for arguments in (client.set_ciphers, "nothing"), (client.set_ciphers, 5), (client._set_alpn_protocols, "x"), (client.set_ecdh_curve, "prime256v1"), (client.set_ecdh_curve, "none"), \
        (client.load_dh_params, "/no/such/file"), (client.load_dh_params, ca), (client.set_psk_client_callback, 5), (server.set_psk_client_callback, len), \
        (client.set_psk_server_callback, len), (server.set_psk_server_callback, len, 5), (_ssl._SSLContext,), (_ssl._SSLContext, 99), (_ssl._SSLContext, "x"), \
        (_ssl.SSLSession,), (_ssl.Certificate,), (_ssl._SSLSocket,), (_ssl.MemoryBIO, 5), (client._wrap_socket, 5, False), (client._wrap_bio, 5, 5, False), \
        (server.wrap_bio, ssl.MemoryBIO(), ssl.MemoryBIO()), (client.wrap_bio, ssl.MemoryBIO(), ssl.MemoryBIO(), True), (pickle.dumps, client), \
        (_ssl.txt2obj, "MD5"), (_ssl.txt2obj, 5), (_ssl.nid2obj, -1), (_ssl.nid2obj, 10**6), (_ssl.nid2obj, 0), (_ssl.RAND_bytes, -1), (_ssl.RAND_bytes, 1.5), \
        (_ssl._test_decode_cert, "/no/such/file"), (_ssl._test_decode_cert, 5):
    error(*arguments)
print(_ssl.txt2obj("MD5", True), _ssl.nid2obj(4), len(_ssl.RAND_bytes(5)), _ssl.RAND_status(), ssl.get_default_verify_paths()._fields)
bio = ssl.MemoryBIO()
print(bio.write(b"hello"), bio.pending, bio.read(2), bio.read(), bio.read(), bio.eof, bio.write_eof(), bio.eof)
error(bio.write, b"x")
error(bio.read, 2**40)

print("--- sockets")


def serve(listener, context, work):
    with listener:
        connection, _ = listener.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as s:
                work(s)
        except (OSError, ValueError) as e:
            pass


def start(work, context):
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve, args=(listener, context, work))
    thread.start()
    return listener.getsockname(), thread


client, server = contexts()


def echo(s):
    while data := s.recv(70000):
        s.sendall(data)


address, thread = start(echo, server)
with client.wrap_socket(socket.create_connection(address), server_hostname="server.example") as s:
    # Both directions at once, from two threads.
    big = bytes(range(256)) * 8000
    sender = threading.Thread(target=s.sendall, args=(big,))
    sender.start()
    got = b""
    while len(got) < len(big):
        got += s.recv(50000)
    sender.join()
    print(got == big, s.version(), s.selected_alpn_protocol(), s.getpeercert()["serialNumber"])
    s.settimeout(0.05)
    error(s.recv, 10)
    s.setblocking(False)
    error(s.recv, 10)
    s.setblocking(True)
    s.sendall(b"last")
    print(s.recv_into(buffer := bytearray(10)), bytes(buffer))
    s.shutdown(socket.SHUT_WR)
thread.join()
error(s.recv, 5)
print(s._sslobj)

address, thread = start(lambda s: s.unwrap().close(), server)
s = client.wrap_socket(socket.create_connection(address), server_hostname="server.example")
print(s.recv(5))
print(type(s.unwrap()).__name__)
thread.join()
s.close()

address, thread = start(lambda s: s.close(), server)
s = client.wrap_socket(socket.create_connection(address), server_hostname="server.example", suppress_ragged_eofs=False)
error(s.recv, 5)
thread.join()
s.close()

listener = socket.create_server(("127.0.0.1", 0))
s = socket.create_connection(listener.getsockname())
s.settimeout(0.05)
error(client.wrap_socket, s, server_hostname="server.example")
listener.close()
error(client.wrap_socket, socket.socket(), server_hostname="server.example", do_handshake_on_connect=True)
