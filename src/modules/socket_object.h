/* Sockets as other modules see them. */
#ifndef KRAIT_MODULES_SOCKET_OBJECT_H
#define KRAIT_MODULES_SOCKET_OBJECT_H

#include "modules/module.h"

/* Of an instance of T_socket: its descriptor (-1: closed), and the nanoseconds that operations may wait (-1: for ever). */
int socket_fd(Value socket);
int64_t socket_timeout(Value socket);

#endif
