/* Between scopes.c, which collects, and scopes_resolve.c. */
#ifndef KRAIT_FRONT_SCOPES_PRIV_H
#define KRAIT_FRONT_SCOPES_PRIV_H

#include "front/scopes.h"

#define CO_FUTURE_ANNOTATIONS_BIT 0x1000000u

Symbol *scope_symbol_add(Compilation *c, Scope *scope, Ident *name);
bool scopes_resolve(Compilation *c, Scopes *scopes);

#endif
