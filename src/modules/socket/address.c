/* Addresses, and the functions that look hosts and services up. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "modules/socket/socket_priv.h"
#include "object/buffer.h"
#include "object/fs_text.h"

Value raise_gai_error(Thread *t, int error) {
    if (error == EAI_SYSTEM) return err_raise_errno(t, errno, VNULL, VNULL);
    Value text = str_from_cstr(t, gai_strerror(error)), e = is_null(text) ? VNULL : call_2(t, SOCKET_STATE(t)->gaierror, v_smallint(error), text);
    decref_maybe(t, text);
    if (is_null(e)) return VNULL;
    err_raise_value(t, e);
    decref(t, e);
    return VNULL;
}

bool host_resolve(Thread *t, const char *host, int family, SocketAddress *out) {
    memset(out, 0, sizeof *out);
    if (*host == 0 || strcmp(host, "<broadcast>") == 0) {
        if (*host != 0) {
            if (family != AF_INET && family != AF_UNSPEC) return err_fail(t, T_OSError, "address family mismatched");
            out->in = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = INADDR_BROADCAST};
            out->length = sizeof out->in;
        } else if (family == AF_INET6) {
            out->in6.sin6_family = AF_INET6;
            out->length = sizeof out->in6;
        } else {
            out->in.sin_family = AF_INET;
            out->length = sizeof out->in;
        }
        return true;
    }
    if (family != AF_INET6 && inet_pton(AF_INET, host, &out->in.sin_addr) == 1) {
        out->in.sin_family = AF_INET;
        out->length = sizeof out->in;
        return true;
    }
    if (family != AF_INET && !strchr(host, '%') && inet_pton(AF_INET6, host, &out->in6.sin6_addr) == 1) {
        out->in6.sin6_family = AF_INET6;
        out->length = sizeof out->in6;
        return true;
    }
    struct addrinfo hints = {.ai_family = family}, *found = NULL;
    int error;
    ALLOW_THREADS(t, error = getaddrinfo(host, NULL, &hints, &found));
    if (error) {
        raise_gai_error(t, error);
        return false;
    }
    memcpy(&out->room, found->ai_addr, found->ai_addrlen);
    out->length = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

/* A host argument: str (IDNA where it is not ASCII), bytes or bytearray. */
static const char *host_text(Thread *t, Value v, Value *keep) {
    *keep = VNULL;
    if (is_str(t, v)) {
        if (str_is_ascii(V_AS(Str, v))) return str_cstr(t, v, keep);
        *keep = t->hooks->encode(t, v, "idna", NULL);
        return is_null(*keep) ? NULL : V_AS(Bytes, *keep)->data;
    }
    if (is_bytes(t, v)) return V_AS(Bytes, v)->data;
    if (IS_A(t, v, bytearray)) return bytearray_data(V_AS(ByteArray, v));
    err_raise(t, T_TypeError, "str, bytes or bytearray expected, not %T", v);
    return NULL;
}

static bool parse_inet(Thread *t, int family, Value v, SocketAddress *out, const char *caller) {
    const char *name = family == AF_INET ? "AF_INET" : "AF_INET6";
    if (!is_tuple(t, v)) return err_fail(t, T_TypeError, "%s(): %s address must be tuple, not %T", caller, name, v);
    int64_t n = tuple_len(v);
    if (family == AF_INET ? n != 2 : n < 2 || n > 4)
        return err_fail(t, T_TypeError, family == AF_INET ? "%s(): AF_INET address must be a pair (host, port)" : "%s(): AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])", caller);
    Value keep;
    const char *host = host_text(t, tuple_at(v, 0), &keep);
    bool done = host != NULL && host_resolve(t, host, family, out);
    decref_maybe(t, keep);
    if (!done) return false;
    int64_t port;
    if (!has_index(t, tuple_at(v, 1))) return err_fail(t, T_TypeError, "'%T' object cannot be interpreted as an integer", tuple_at(v, 1));
    if (!number_to_index(t, tuple_at(v, 1), &port, T_INVALID)) return false;
    if (port < 0 || port > 0xffff) return err_fail(t, T_OverflowError, "%s(): port must be 0-65535.", caller);
    if (family == AF_INET) {
        out->in.sin_port = htons((uint16_t)port);
        return true;
    }
    out->in6.sin6_port = htons((uint16_t)port);
    uint32_t flow = 0, scope = 0;
    if ((n > 2 && !arg_u32(t, tuple_at(v, 2), &flow)) || (n > 3 && !arg_u32(t, tuple_at(v, 3), &scope))) return false;
    if (flow > 0xfffff) return err_fail(t, T_OverflowError, "%s(): flowinfo must be 0-1048575.", caller);
    out->in6.sin6_flowinfo = htonl(flow);
    if (n > 3) out->in6.sin6_scope_id = scope;
    return true;
}

static bool parse_unix(Thread *t, Value v, SocketAddress *out) {
    Value bytes = is_str(t, v) ? fs_encode(t, v) : VNULL;
    if (is_null(bytes)) {
        if (err_pending(t)) return false;
        Buffer view;
        if (!buffer_get(t, v, &view, BUF_SIMPLE)) return false;
        bytes = bytes_new(t, view.data, view.length);
        buffer_release(t, &view);
        if (is_null(bytes)) return false;
    }
    Bytes *b = V_AS(Bytes, bytes);
    bool abstract = b->length == 0 || b->data[0] == 0, done = true; /* for an empty name the system chooses one */
    memset(out, 0, sizeof *out);
    out->un.sun_family = AF_UNIX;
    if (b->length + !abstract > (int64_t)sizeof out->un.sun_path) done = err_fail(t, T_OSError, "AF_UNIX path too long");
    else memcpy(out->un.sun_path, b->data, (size_t)b->length);
    out->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)b->length + !abstract);
    decref(t, bytes);
    return done;
}

bool address_parse(Thread *t, int family, Value v, SocketAddress *out, const char *caller) {
    switch (family) {
    case AF_INET: case AF_INET6: return parse_inet(t, family, v, out, caller);
    case AF_UNIX: return parse_unix(t, v, out);
    default: return err_fail(t, T_OSError, "%s(): bad family", caller);
    }
}

static Value host_of(Thread *t, const SocketAddress *a) {
    char text[INET6_ADDRSTRLEN + IF_NAMESIZE + 2];
    if (a->any.sa_family == AF_INET) inet_ntop(AF_INET, &a->in.sin_addr, text, sizeof text);
    else inet_ntop(AF_INET6, &a->in6.sin6_addr, text, sizeof text);
    return str_from_cstr(t, text);
}

Value address_make(Thread *t, const SocketAddress *a) {
    if (a->length == 0) return V_NONE;
    switch (a->any.sa_family) {
    case AF_INET: {
        Value parts[2] = {host_of(t, a), v_smallint(ntohs(a->in.sin_port))};
        return is_null(parts[0]) ? VNULL : tuple_take(t, parts, 2);
    }
    case AF_INET6: {
        Value parts[4] = {host_of(t, a), v_smallint(ntohs(a->in6.sin6_port)), v_smallint(ntohl(a->in6.sin6_flowinfo)), v_smallint(a->in6.sin6_scope_id)};
        return is_null(parts[0]) ? VNULL : tuple_take(t, parts, 4);
    }
    case AF_UNIX: {
        size_t room = a->length - offsetof(struct sockaddr_un, sun_path);
        if (a->length <= offsetof(struct sockaddr_un, sun_path)) return new_ref(t->interp->empty_str);
        if (a->un.sun_path[0] == 0) return bytes_new(t, a->un.sun_path, (int64_t)room);
        return fs_decode(t, a->un.sun_path, (int64_t)strnlen(a->un.sun_path, room));
    }
    default: {
        Value parts[2] = {v_smallint(a->any.sa_family), bytes_new(t, a->any.sa_data, (int64_t)(a->length - offsetof(struct sockaddr, sa_data)))};
        return is_null(parts[1]) ? VNULL : tuple_take(t, parts, 2);
    }
    }
}

/* --- Look-ups ---------------------------------------------------------------------------------- */

SOCKET_FUNCTION(socket_getaddrinfo) {
    Value keep_host = VNULL, keep_port = VNULL, list = VNULL;
    const char *host = NULL, *port = NULL;
    char number[32];
    if (!is_none(args[0]) && (host = host_text(t, args[0], &keep_host)) == NULL) return VNULL;
    if (is_int(t, args[1])) {
        int64_t n = int_clamp_i64(args[1]);
        snprintf(number, sizeof number, "%lld", (long long)n);
        port = number;
    } else if (is_str(t, args[1])) {
        port = str_cstr(t, args[1], &keep_port);
    } else if (is_bytes(t, args[1])) {
        port = V_AS(Bytes, args[1])->data;
    } else if (!is_none(args[1])) {
        err_raise(t, T_OSError, "Int or String expected");
    }
    int32_t options[4] = {AF_UNSPEC, 0, 0, 0};
    bool done = !err_pending(t);
    for (int i = 0; done && i < 4; i++) done = is_null(args[2 + i]) || arg_i32(t, args[2 + i], &options[i]);
    if (done) {
        struct addrinfo hints = {.ai_family = options[0], .ai_socktype = options[1], .ai_protocol = options[2], .ai_flags = options[3]}, *found = NULL;
        int error;
        ALLOW_THREADS(t, error = getaddrinfo(host, port, &hints, &found));
        if (error) raise_gai_error(t, error);
        else list = list_new(t, 4);
        for (struct addrinfo *a = found; !is_null(list) && a != NULL; a = a->ai_next) {
            SocketAddress address = {.length = a->ai_addrlen};
            memcpy(&address.room, a->ai_addr, a->ai_addrlen);
            Value made = address_make(t, &address), name = str_from_cstr(t, a->ai_canonname ? a->ai_canonname : "");
            Value parts[5] = {v_smallint(a->ai_family), v_smallint(a->ai_socktype), v_smallint(a->ai_protocol), name, made};
            Value item = is_null(made) || is_null(name) ? VNULL : tuple_take(t, parts, 5);
            if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
        }
        if (found) freeaddrinfo(found);
    }
    decref_maybe(t, keep_host);
    decref_maybe(t, keep_port);
    return list;
}

/* What getnameinfo is asked about: the address must be written as a number, so nothing is looked up. */
static bool parse_numeric(Thread *t, Value v, SocketAddress *out) {
    int64_t n = tuple_len(v);
    int32_t port;
    uint32_t flow = 0, scope = 0;
    if (n < 2 || n > 4 || !is_str(t, tuple_at(v, 0))) return err_fail(t, T_TypeError, "getnameinfo(): illegal sockaddr argument");
    if (!arg_i32(t, tuple_at(v, 1), &port) || (n > 2 && !arg_u32(t, tuple_at(v, 2), &flow)) || (n > 3 && !arg_u32(t, tuple_at(v, 3), &scope))) return false;
    if (flow > 0xfffff) return err_fail(t, T_OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
    Value keep;
    const char *host = str_cstr(t, tuple_at(v, 0), &keep);
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST}, *found = NULL;
    int error = host != NULL ? getaddrinfo(host, service, &hints, &found) : 0;
    decref_maybe(t, keep);
    if (host == NULL) return false;
    if (error) {
        raise_gai_error(t, error);
        return false;
    }
    bool single = found->ai_next == NULL;
    *out = (SocketAddress){.length = found->ai_addrlen};
    memcpy(&out->room, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (!single) return err_fail(t, T_OSError, "sockaddr resolved to multiple addresses");
    if (out->any.sa_family == AF_INET && n != 2) return err_fail(t, T_OSError, "IPv4 sockaddr must be 2 tuple");
    if (out->any.sa_family == AF_INET6) {
        out->in6.sin6_flowinfo = htonl(flow);
        if (n > 3) out->in6.sin6_scope_id = scope;
    }
    return true;
}

SOCKET_FUNCTION(socket_getnameinfo) {
    int32_t flags;
    if (!is_tuple(t, args[0])) return err_raise(t, T_TypeError, "getnameinfo() argument 1 must be a tuple");
    if (!arg_i32(t, args[1], &flags)) return VNULL;
    SocketAddress address;
    if (!parse_numeric(t, args[0], &address)) return VNULL;
    char name[NI_MAXHOST], service[NI_MAXSERV];
    int error;
    ALLOW_THREADS(t, error = getnameinfo(&address.any, address.length, name, sizeof name, service, sizeof service, flags));
    if (error) return raise_gai_error(t, error);
    Value parts[2] = {str_from_cstr(t, name), str_from_cstr(t, service)};
    return tuple_take(t, parts, 2);
}

SOCKET_FUNCTION(socket_gethostbyname) {
    Value keep;
    SocketAddress address;
    const char *host = host_text(t, args[0], &keep);
    bool done = host != NULL && host_resolve(t, host, AF_INET, &address);
    decref_maybe(t, keep);
    return done ? host_of(t, &address) : VNULL;
}

/* (name, aliases, addresses) by getaddrinfo and getnameinfo. */
static Value host_entry(Thread *t, Value v, bool by_address) {
    Value keep;
    SocketAddress address;
    const char *host = host_text(t, v, &keep);
    char name[NI_MAXHOST] = "";
    bool done = host != NULL && host_resolve(t, host, by_address ? AF_UNSPEC : AF_INET, &address);
    if (done && !by_address) snprintf(name, sizeof name, "%s", host);
    decref_maybe(t, keep);
    if (!done) return VNULL;
    if (by_address) {
        int error;
        ALLOW_THREADS(t, error = getnameinfo(&address.any, address.length, name, sizeof name, NULL, 0, NI_NAMEREQD));
        if (error) {
            Value text = str_from_cstr(t, "Unknown host"), e = is_null(text) ? VNULL : call_2(t, SOCKET_STATE(t)->herror, v_smallint(1), text);
            decref_maybe(t, text);
            if (!is_null(e)) {
                err_raise_value(t, e);
                decref(t, e);
            }
            return VNULL;
        }
    }
    Value text = host_of(t, &address), parts[3] = {str_from_cstr(t, name), list_new(t, 0), is_null(text) ? VNULL : list_take(t, &text, 1)};
    return tuple_take(t, parts, 3);
}
SOCKET_FUNCTION(socket_gethostbyname_ex) { return host_entry(t, args[0], false); }
SOCKET_FUNCTION(socket_gethostbyaddr) { return host_entry(t, args[0], true); }

static const char *optional_protocol(Thread *t, Value v, Value *keep) {
    *keep = VNULL;
    return is_null(v) ? NULL : str_cstr(t, v, keep);
}
SOCKET_FUNCTION(socket_getservbyname) {
    Value keep[2] = {{0}};
    if (!arg_str(t, args[0], "getservbyname", "1") || (!is_null(args[1]) && !arg_str(t, args[1], "getservbyname", "2"))) return VNULL;
    const char *name = str_cstr(t, args[0], &keep[0]), *protocol = optional_protocol(t, args[1], &keep[1]);
    struct servent entry, *found = NULL;
    char room[4096];
    if (name) getservbyname_r(name, protocol, &entry, room, sizeof room, &found);
    decref_maybe(t, keep[0]);
    decref_maybe(t, keep[1]);
    if (err_pending(t)) return VNULL;
    return found ? v_smallint(ntohs((uint16_t)found->s_port)) : err_raise(t, T_OSError, "service/proto not found");
}
SOCKET_FUNCTION(socket_getservbyport) {
    int32_t port;
    Value keep;
    if (!arg_i32(t, args[0], &port)) return VNULL;
    if (port < 0 || port > 0xffff) return err_raise(t, T_OverflowError, "getservbyport: port must be 0-65535.");
    const char *protocol = optional_protocol(t, args[1], &keep);
    struct servent entry, *found = NULL;
    char room[4096];
    getservbyport_r(htons((uint16_t)port), protocol, &entry, room, sizeof room, &found);
    decref_maybe(t, keep);
    if (err_pending(t)) return VNULL;
    return found ? str_from_cstr(t, found->s_name) : err_raise(t, T_OSError, "port/proto not found");
}
SOCKET_FUNCTION(socket_getprotobyname) {
    Value keep;
    if (!arg_str(t, args[0], "getprotobyname", "1")) return VNULL;
    const char *name = str_cstr(t, args[0], &keep);
    struct protoent entry, *found = NULL;
    char room[4096];
    if (name) getprotobyname_r(name, &entry, room, sizeof room, &found);
    decref_maybe(t, keep);
    if (err_pending(t)) return VNULL;
    return found ? v_smallint(found->p_proto) : err_raise(t, T_OSError, "protocol not found");
}

/* --- Text and packed addresses ------------------------------------------------------------------- */

SOCKET_FUNCTION(socket_inet_aton) {
    Value keep;
    struct in_addr packed;
    if (!arg_str(t, args[0], "inet_aton", "1")) return VNULL;
    const char *text = str_cstr(t, args[0], &keep);
    bool good = text != NULL && inet_aton(text, &packed);
    decref_maybe(t, keep);
    if (err_pending(t)) return VNULL;
    return good ? bytes_new(t, (const char *)&packed, 4) : err_raise(t, T_OSError, "illegal IP address string passed to inet_aton");
}
SOCKET_FUNCTION(socket_inet_ntoa) {
    Buffer view;
    if (!buffer_get(t, args[0], &view, BUF_SIMPLE)) return VNULL;
    char text[INET_ADDRSTRLEN];
    bool good = view.length == 4 && inet_ntop(AF_INET, view.data, text, sizeof text);
    buffer_release(t, &view);
    return good ? str_from_cstr(t, text) : err_raise(t, T_OSError, "packed IP wrong length");
}
SOCKET_FUNCTION(socket_inet_pton) {
    int32_t family;
    Value keep;
    if (!arg_i32(t, args[0], &family) || !arg_str(t, args[1], "inet_pton", "2")) return VNULL;
    const char *text = str_cstr(t, args[1], &keep);
    char packed[sizeof(struct in6_addr)];
    int result = text ? inet_pton(family, text, packed) : 0;
    decref_maybe(t, keep);
    if (err_pending(t)) return VNULL;
    if (result < 0) return err_raise_errno(t, errno, VNULL, VNULL);
    if (result == 0) return err_raise(t, T_OSError, "illegal IP address string passed to inet_pton");
    return bytes_new(t, packed, family == AF_INET ? 4 : 16);
}
SOCKET_FUNCTION(socket_inet_ntop) {
    int32_t family;
    Buffer view;
    if (!arg_i32(t, args[0], &family)) return VNULL;
    if (family != AF_INET && family != AF_INET6) return err_raise(t, T_ValueError, "unknown address family %d", family);
    if (!buffer_get(t, args[1], &view, BUF_SIMPLE)) return VNULL;
    char text[INET6_ADDRSTRLEN];
    bool good = view.length == (family == AF_INET ? 4 : 16) && inet_ntop(family, view.data, text, sizeof text);
    buffer_release(t, &view);
    return good ? str_from_cstr(t, text) : err_raise(t, T_ValueError, "invalid length of packed IP address string");
}
