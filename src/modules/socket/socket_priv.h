/* The module _socket, by file. */
#ifndef KRAIT_MODULES_SOCKET_PRIV_H
#define KRAIT_MODULES_SOCKET_PRIV_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "modules/module.h"

#define SOCKET_FUNCTION(f) Value f(Thread *t, Value *args, uint32_t nargs, Value kwnames)

typedef struct SocketState {
    Value gaierror, herror; /* classes, owned */
    int64_t default_timeout; /* ns, -1: blocking; stored plus one so that zeroed memory means blocking */
} SocketState;
#define SOCKET_STATE(t) MODULE_STATE(t, _socket, SocketState)

typedef struct SocketAddress {
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_un un;
        struct sockaddr_storage room;
    };
    socklen_t length;
} SocketAddress;

/* address.c: addresses as Python tuples, text and paths. */
bool address_parse(Thread *t, int family, Value v, SocketAddress *out, const char *caller) MUST_USE;
Value address_make(Thread *t, const SocketAddress *a);
Value raise_gai_error(Thread *t, int error);
/* Resolves a host name to one address of a family (AF_UNSPEC: any); may block. */
bool host_resolve(Thread *t, const char *host, int family, SocketAddress *out) MUST_USE;

SOCKET_FUNCTION(socket_getaddrinfo);
SOCKET_FUNCTION(socket_getnameinfo);
SOCKET_FUNCTION(socket_gethostbyname);
SOCKET_FUNCTION(socket_gethostbyname_ex);
SOCKET_FUNCTION(socket_gethostbyaddr);
SOCKET_FUNCTION(socket_getservbyname);
SOCKET_FUNCTION(socket_getservbyport);
SOCKET_FUNCTION(socket_getprotobyname);
SOCKET_FUNCTION(socket_inet_aton);
SOCKET_FUNCTION(socket_inet_ntoa);
SOCKET_FUNCTION(socket_inet_pton);
SOCKET_FUNCTION(socket_inet_ntop);

/* socket_type.c */
extern const TypeDef typedef_socket;
Value socket_make(Thread *t, Type *type, int fd, int family, int kind, int protocol);

#endif
