/* What the tf_... functions were called with. */
#ifndef KRAIT_CTYPES_TEST_LIBRARY_H
#define KRAIT_CTYPES_TEST_LIBRARY_H

extern long long last_tf_arg_s;
extern unsigned long long last_tf_arg_u;

#endif
