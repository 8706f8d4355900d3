/* The module _socket: its functions and constants. */
#include "modules/socket/socket_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <unistd.h>

#include "modules/posix/posix_priv.h"
#include "modules/sys.h"
#include "modules/time_value.h"

static Value os_error(Thread *t) { return err_raise_errno(t, errno, VNULL, VNULL); }

static Value m_close(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t fd;
    int failed;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    ALLOW_THREADS(t, failed = close(fd));
    return failed && errno != ECONNRESET ? os_error(t) : V_NONE;
}
static Value m_dup(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t fd;
    if (!arg_i32(t, args[0], &fd)) return VNULL;
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? os_error(t) : v_smallint(copy);
}
static Value m_socketpair(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int32_t options[3] = {AF_UNIX, SOCK_STREAM, 0};
    for (int i = 0; i < 3; i++)
        if (!is_null(args[i]) && !arg_i32(t, args[i], &options[i])) return VNULL;
    int fds[2], failed;
    ALLOW_THREADS(t, failed = socketpair(options[0], options[1] | SOCK_CLOEXEC, options[2], fds));
    if (failed) return os_error(t);
    Type *type = builtin_type(t, T_socket);
    Value parts[2] = {socket_make(t, type, fds[0], options[0], options[1], options[2]), socket_make(t, type, fds[1], options[0], options[1], options[2])};
    return tuple_take(t, parts, 2);
}
static Value m_gethostname(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    char name[256];
    if (!sys_audit_values(t, "socket.gethostname", 0)) return VNULL;
    return gethostname(name, sizeof name) == 0 ? str_from_cstr(t, name) : os_error(t);
}
/* Text or a path as the system's bytes, without a NUL in them; owned. */
static Value fs_bytes(Thread *t, Value v) {
    Value path = path_fspath(t, v);
    if (is_null(path)) return VNULL;
    Value bytes = is_bytes(t, path) ? new_ref(path) : fs_encode(t, path);
    decref(t, path);
    if (!is_null(bytes) && memchr(V_AS(Bytes, bytes)->data, 0, (size_t)V_AS(Bytes, bytes)->length)) {
        slot_clear(t, &bytes);
        return err_raise(t, T_ValueError, "embedded null byte");
    }
    return bytes;
}
static Value m_sethostname(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value name = is_bytes(t, args[0]) ? new_ref(args[0]) : fs_bytes(t, args[0]);
    if (is_null(name)) return VNULL;
    int failed = sethostname(V_AS(Bytes, name)->data, (size_t)V_AS(Bytes, name)->length), error = errno;
    decref(t, name);
    errno = error;
    return failed ? os_error(t) : V_NONE;
}

/* A number that the network knows as one of so many bits, as C names it. */
static bool unsigned_of(Thread *t, Value v, int bits, const char *type, int64_t *n) {
    if (!is_int(t, v)) return err_fail(t, T_TypeError, "'%T' object cannot be interpreted as an integer", v);
    *n = int_clamp_i64(v);
    if (*n < 0) return err_fail(t, T_ValueError, "Cannot convert negative int");
    return *n < (INT64_C(1) << bits) || err_fail(t, T_OverflowError, "Python int too large for C %s", type);
}
static Value swap_16(Thread *t, Value v) {
    int64_t n;
    return unsigned_of(t, v, 16, "uint16_t", &n) ? v_smallint(__builtin_bswap16((uint16_t)n)) : VNULL;
}
static Value swap_32(Thread *t, Value v) {
    int64_t n;
    return unsigned_of(t, v, 32, "uint32_t", &n) ? v_smallint(__builtin_bswap32((uint32_t)n)) : VNULL;
}
static Value m_ntohs(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return swap_16(t, args[0]); }
static Value m_htons(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return swap_16(t, args[0]); }
static Value m_ntohl(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return swap_32(t, args[0]); }
static Value m_htonl(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return swap_32(t, args[0]); }

static Value m_getdefaulttimeout(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t ns = SOCKET_STATE(t)->default_timeout - 1;
    return ns < 0 ? V_NONE : float_from_double(t, (double)ns / 1e9);
}
static Value m_setdefaulttimeout(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t ns = -1;
    if (!is_none(args[0])) {
        if (!time_seconds_to_ns(t, args[0], TIME_UP, &ns)) return VNULL;
        if (ns < 0) return err_raise(t, T_ValueError, "Timeout value out of range");
    }
    SOCKET_STATE(t)->default_timeout = ns + 1;
    return V_NONE;
}

static Value m_if_nameindex(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    struct if_nameindex *all = if_nameindex();
    if (all == NULL) return os_error(t);
    Value list = list_new(t, 4);
    for (struct if_nameindex *i = all; !is_null(list) && i->if_index != 0; i++) {
        Value parts[2] = {v_smallint(i->if_index), str_from_cstr(t, i->if_name)}, item = is_null(parts[1]) ? VNULL : tuple_take(t, parts, 2);
        if (is_null(item) || !list_append_take(t, V_AS(List, list), item)) slot_clear(t, &list);
    }
    if_freenameindex(all);
    return list;
}
static Value m_if_nametoindex(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    Value name = fs_bytes(t, args[0]);
    if (is_null(name)) return VNULL;
    unsigned index = if_nametoindex(V_AS(Bytes, name)->data);
    int error = errno;
    decref(t, name);
    errno = error;
    return index ? v_smallint(index) : os_error(t);
}
static Value m_if_indextoname(Thread *t, Value *args, uint32_t nargs, Value kwnames) {
    int64_t index;
    char name[IF_NAMESIZE];
    if (!unsigned_of(t, args[0], 32, "unsigned int", &index)) return VNULL;
    return if_indextoname((unsigned)index, name) ? str_from_cstr(t, name) : os_error(t);
}

static Value cmsg_size(Thread *t, const char *name, Value v, bool space) {
    int64_t n;
    if (!arg_size(t, v, &n)) return VNULL;
    if (n < 0 || n > (int64_t)(INT32_MAX - (space ? CMSG_SPACE(1) : CMSG_LEN(0)))) return err_raise(t, T_OverflowError, "%s() argument out of range", name);
    return v_smallint((int64_t)(space ? CMSG_SPACE((size_t)n) : CMSG_LEN((size_t)n)));
}
static Value m_cmsg_len(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return cmsg_size(t, "CMSG_LEN", args[0], false); }
static Value m_cmsg_space(Thread *t, Value *args, uint32_t nargs, Value kwnames) { return cmsg_size(t, "CMSG_SPACE", args[0], true); }

static const MethodDef functions[] = {
    {"close", "($module, fd, /)", "Close a socket's descriptor.", m_close},
    {"dup", "($module, fd, /)", "Duplicate a socket's descriptor.", m_dup},
    {"socketpair", "($module, family=<unrepresentable>, type=1, proto=0, /)", "A pair of connected sockets.", m_socketpair},
    {"gethostname", "($module, /)", "The name of this machine.", m_gethostname},
    {"sethostname", "($module, name, /)", "Set the name of this machine.", m_sethostname},
    {"getaddrinfo", "($module, /, host, port, family=0, type=0, proto=0, flags=0)", "The addresses of a host and service.", socket_getaddrinfo},
    {"getnameinfo", "($module, sockaddr, flags, /)", "The host and service of an address.", socket_getnameinfo},
    {"gethostbyname", "($module, host, /)", "The IPv4 address of a host.", socket_gethostbyname},
    {"gethostbyname_ex", "($module, host, /)", "Name, aliases and IPv4 addresses of a host.", socket_gethostbyname_ex},
    {"gethostbyaddr", "($module, host, /)", "Name, aliases and addresses of the host of an address.", socket_gethostbyaddr},
    {"getservbyname", "($module, servicename, protocolname=<unrepresentable>, /)", "The port of a service.", socket_getservbyname},
    {"getservbyport", "($module, port, protocolname=<unrepresentable>, /)", "The service of a port.", socket_getservbyport},
    {"getprotobyname", "($module, name, /)", "The number of a protocol.", socket_getprotobyname},
    {"ntohs", "($module, x, /)", "A 16-bit number from network to host order.", m_ntohs},
    {"ntohl", "($module, x, /)", "A 32-bit number from network to host order.", m_ntohl},
    {"htons", "($module, x, /)", "A 16-bit number from host to network order.", m_htons},
    {"htonl", "($module, x, /)", "A 32-bit number from host to network order.", m_htonl},
    {"inet_aton", "($module, ip_addr, /)", "The packed form of an IPv4 address.", socket_inet_aton},
    {"inet_ntoa", "($module, packed_ip, /)", "The text of a packed IPv4 address.", socket_inet_ntoa},
    {"inet_pton", "($module, address_family, ip_string, /)", "The packed form of an address.", socket_inet_pton},
    {"inet_ntop", "($module, address_family, packed_ip, /)", "The text of a packed address.", socket_inet_ntop},
    {"getdefaulttimeout", "($module, /)", "The timeout of new sockets.", m_getdefaulttimeout},
    {"setdefaulttimeout", "($module, timeout, /)", "Set the timeout of new sockets.", m_setdefaulttimeout},
    {"if_nameindex", "($module, /)", "The network interfaces.", m_if_nameindex},
    {"if_nametoindex", "($module, oname, /)", "The index of an interface.", m_if_nametoindex},
    {"if_indextoname", "($module, if_index, /)", "The name of an interface.", m_if_indextoname},
    {"CMSG_LEN", "($module, length, /)", "The length of an ancillary item.", m_cmsg_len},
    {"CMSG_SPACE", "($module, length, /)", "The room that an ancillary item takes.", m_cmsg_space},
    {NULL},
};

/* A subclass of OSError; owned. */
static Value error_class(Thread *t, const char *name) {
    Value text = str_from_cstr(t, name), bases = tuple_of(t, 1, v_from(builtin_type(t, T_OSError))), dict = dict_new(t), module = str_from_cstr(t, "socket"), cls = VNULL;
    if (!is_null(text) && !is_null(bases) && !is_null(dict) && !is_null(module) && dict_set_str(t, dict, N(t, __module__), module))
        cls = call_3(t, v_from(builtin_type(t, T_type)), text, bases, dict);
    decref_maybe(t, text);
    decref_maybe(t, bases);
    decref_maybe(t, dict);
    decref_maybe(t, module);
    return cls;
}

static bool socket_exec(Thread *t, Value module) {
    static const struct { const char *name; int64_t value; } numbers[] = {
#define SOCKET_NUMBER(name, value) {#name, value},
#include "modules/socket/socket_constants.def"
#undef SOCKET_NUMBER
    };
    SocketState *state = module_state(module);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (!module_add_int(t, module, numbers[i].name, numbers[i].value)) return false;
    state->gaierror = error_class(t, "gaierror");
    state->herror = error_class(t, "herror");
    if (!module_add_cstr(t, module, "BDADDR_ANY", "00:00:00:00:00:00") || !module_add_cstr(t, module, "BDADDR_LOCAL", "00:00:00:FF:FF:FF")) return false;
    return !is_null(state->gaierror) && !is_null(state->herror) && module_add(t, module, "gaierror", new_ref(state->gaierror)) &&
           module_add(t, module, "herror", new_ref(state->herror)) && module_add(t, module, "error", ref_of(builtin_type(t, T_OSError))) &&
           module_add(t, module, "timeout", ref_of(builtin_type(t, T_TimeoutError))) && module_add(t, module, "has_ipv6", V_TRUE) &&
           module_add_type(t, module, T_socket, &typedef_socket) && module_add(t, module, "SocketType", ref_of(builtin_type(t, T_socket)));
}

const ModuleDef module__socket = {.name = "_socket", .doc = "Sockets; programs use the module socket.", .functions = functions, .state_size = sizeof(SocketState), .exec = socket_exec};
