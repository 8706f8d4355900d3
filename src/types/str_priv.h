/* The methods of str, by file. */
#ifndef KRAIT_TYPES_STR_PRIV_H
#define KRAIT_TYPES_STR_PRIV_H

#include "core/def.h"
#include "core/names.h"
#include "object/list.h"
#include "object/simple.h"
#include "object/str.h"
#include "object/tuple.h"
#include "ops/call.h"
#include "ops/number.h"
#include "ops/object.h"

#define STR_METHOD(f) Value f(Thread *t, Value *args, uint32_t nargs, Value kwnames)

/* str_repr.c */
Value str_repr(Thread *t, Value v);

/* str_find.c */
STR_METHOD(str_m_count);
STR_METHOD(str_m_find);
STR_METHOD(str_m_index);
STR_METHOD(str_m_rfind);
STR_METHOD(str_m_rindex);
STR_METHOD(str_m_startswith);
STR_METHOD(str_m_endswith);
STR_METHOD(str_m_partition);
STR_METHOD(str_m_rpartition);
STR_METHOD(str_m_replace);
STR_METHOD(str_m_removeprefix);
STR_METHOD(str_m_removesuffix);

/* str_split.c */
STR_METHOD(str_m_split);
STR_METHOD(str_m_rsplit);
STR_METHOD(str_m_splitlines);
STR_METHOD(str_m_join);
STR_METHOD(str_m_strip);
STR_METHOD(str_m_lstrip);
STR_METHOD(str_m_rstrip);
STR_METHOD(str_m_center);
STR_METHOD(str_m_ljust);
STR_METHOD(str_m_rjust);
STR_METHOD(str_m_zfill);
STR_METHOD(str_m_expandtabs);

/* str_case.c */
STR_METHOD(str_m_lower);
STR_METHOD(str_m_upper);
STR_METHOD(str_m_title);
STR_METHOD(str_m_capitalize);
STR_METHOD(str_m_swapcase);
STR_METHOD(str_m_casefold);
STR_METHOD(str_m_isalnum);
STR_METHOD(str_m_isalpha);
STR_METHOD(str_m_isascii);
STR_METHOD(str_m_isdecimal);
STR_METHOD(str_m_isdigit);
STR_METHOD(str_m_isidentifier);
STR_METHOD(str_m_islower);
STR_METHOD(str_m_isnumeric);
STR_METHOD(str_m_isprintable);
STR_METHOD(str_m_isspace);
STR_METHOD(str_m_istitle);
STR_METHOD(str_m_isupper);

/* str_translate.c */
STR_METHOD(str_m_translate);
STR_METHOD(str_m_maketrans);
/* str_method_format.c */
STR_METHOD(str_m_format);
STR_METHOD(str_m_format_map);

/* start and end of a search as slices have them; VNULL or None: the default. */
bool str_search_range(Thread *t, Value start, Value end, int64_t length, int64_t *from, int64_t *to);

#endif
