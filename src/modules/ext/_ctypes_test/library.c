/* The functions of the library _ctypes_test.  Their names and what they do are what the tests expect; nothing here knows of Python.
 *
 * This file alone has mutable globals: the tests write to exported variables, and read what a function was called with.
 */
#include "modules/ext/_ctypes_test/library.h"

#include <complex.h>
#undef I /* a name below */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* --- Numbers: tf_X takes an X as the only argument, tf_bX behind a byte; a third is the answer ------------------------------------------------------ */

long long last_tf_arg_s;
unsigned long long last_tf_arg_u;

#define NUMBER(code, T, last)                                                     \
    T tf_##code(T c) { return last = c, (T)(c / 3); }                              \
    T tf_b##code(signed char x, T c) { return (void)x, last = c, (T)(c / 3); }
NUMBER(b, signed char, last_tf_arg_s)
NUMBER(B, unsigned char, last_tf_arg_u)
NUMBER(h, short, last_tf_arg_s)
NUMBER(H, unsigned short, last_tf_arg_u)
NUMBER(i, int, last_tf_arg_s)
NUMBER(I, unsigned, last_tf_arg_u)
NUMBER(l, long, last_tf_arg_s)
NUMBER(L, unsigned long, last_tf_arg_u)
NUMBER(q, long long, last_tf_arg_s)
NUMBER(Q, unsigned long long, last_tf_arg_u)
NUMBER(f, float, last_tf_arg_s)
NUMBER(d, double, last_tf_arg_s)
NUMBER(D, long double, last_tf_arg_s)
void tv_i(int c) { last_tf_arg_s = c; }

#define SUM(name, R, Last) \
    R _testfunc_##name(signed char b, short h, int i, long l, float f, Last d) { return (R)(b + h + i + l + f + d); }
SUM(i_bhilfd, int, double)
SUM(f_bhilfd, float, double)
SUM(d_bhilfd, double, double)
SUM(D_bhilfD, long double, long double)
SUM(q_bhilfd, long long, double)
long long _testfunc_q_bhilfdq(signed char b, short h, int i, long l, float f, double d, long long q) { return (long long)(b + h + i + l + f + d + q); }

double my_sqrt(double x) { return sqrt(x); }
double complex my_csqrt(double complex x) { return csqrt(x); }
float complex my_csqrtf(float complex x) { return csqrtf(x); }
long double complex my_csqrtl(long double complex x) { return csqrtl(x); }

/* --- Variables, pointers, text ----------------------------------------------------------------------------------------------------------------------------- */

int an_integer = 42;
int get_an_integer(void) { return an_integer; }

int myprintf(const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vprintf(format, args);
    va_end(args);
    return n;
}

void _testfunc_v(int a, int b, int *sum) { *sum = a + b; }
void *_testfunc_p_p(void *p) { return p; }
void *_testfunc_c_p_p(int *count, char **texts) { return texts[*count - 1]; }
int *_testfunc_ai8(int a[8]) { return a; }

char *my_strtok(char *text, const char *delimiters) { return strtok(text, delimiters); }
char *my_strchr(const char *text, int c) { return strchr(text, c); }
char *my_strdup(const char *text) { return strdup(text); }
wchar_t *my_wcsdup(const wchar_t *text) { return wcsdup(text); }
size_t my_wcslen(const wchar_t *text) { return wcslen(text); }
void my_free(void *p) { free(p); }
void *get_strchr(void) { return (void *)my_strchr; }
void my_qsort(void *base, size_t n, size_t width, int (*compare)(const void *, const void *)) { qsort(base, n, width, compare); }

/* --- Callbacks --------------------------------------------------------------------------------------------------------------------------------------------- */

int _testfunc_callback_i_if(int value, int (*callback)(int)) {
    int sum = 0;
    for (; value != 0; value /= 2) sum += callback(value);
    return sum;
}
long long _testfunc_callback_q_qf(long long value, long long (*callback)(long long)) {
    long long sum = 0;
    for (; value != 0; value /= 2) sum += callback(value);
    return sum;
}
int _testfunc_callback_with_pointer(int (*callback)(int *)) {
    int table[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    return callback(table);
}
long long _testfunc_callback_int_to_longlong(int (*callback)(void)) { return callback(); }
int _testfunc_cbk_reg_int(int a, int b, int c, int d, int e, int (*callback)(int, int, int, int, int)) { return callback(a * a, b * b, c * c, d * d, e * e); }
double _testfunc_cbk_reg_double(double a, double b, double c, double d, double e, double (*callback)(double, double, double, double, double)) {
    return callback(a * a, b * b, c * c, d * d, e * e);
}
double integrate(double from, double to, double (*f)(double), long steps) {
    double width = (to - from) / (double)steps, sum = 0;
    for (long i = 0; i < steps; i++) sum += f(from + ((double)i + 0.5) * width);
    return sum * width;
}

/* --- Structures by value --------------------------------------------------------------------------------------------------------------------------------------- */

typedef struct Pair { int x, y; } Pair;
int _testfunc_byval(Pair in, Pair *out) {
    if (out) *out = in;
    return in.x + in.y;
}

typedef struct TwoShorts { short x, y; } TwoShorts;
TwoShorts ret_2h_func(TwoShorts v) { return (TwoShorts){v.x * 2, v.y * 3}; }

typedef struct EightInts { int v[8]; } EightInts;
EightInts ret_8i_func(EightInts in) {
    for (int i = 0; i < 8; i++) in.v[i] *= i + 2;
    return in;
}

typedef struct Large { unsigned long first, second, third; } Large;
void _testfunc_large_struct_update_value(volatile Large in) { in.first = in.second = in.third = 0x0badf00d; }
void _testfunc_cbk_large_struct(Large in, void (*callback)(Large)) { callback(in); }

typedef struct InRegister { unsigned first, second; } InRegister;
static InRegister last_in_register;
void _testfunc_reg_struct_update_value(volatile InRegister in) {
    last_in_register = (InRegister){in.first, in.second};
    in.first = in.second = 0x0badf00d;
}
InRegister get_last_tfrsuv_arg(void) { return last_in_register; }

typedef struct Bytes16 { unsigned char data[16]; } Bytes16;
int _testfunc_array_in_struct2(volatile Bytes16 in) {
    int sum = 0;
    for (int i = 0; i < 16; i++) sum += in.data[i];
    memset((void *)&in, 0, sizeof in);
    return sum;
}

typedef struct Floats { float data[2], more_data[2]; } Floats;
double _testfunc_array_in_struct3A(volatile Floats in) {
    double sum = 0;
    for (int i = 0; i < 2; i++) sum += (double)in.data[i] + (double)in.more_data[i];
    memset((void *)&in, 0, sizeof in);
    return sum;
}

#define DOUBLES(letter, n)                                                        \
    typedef struct Doubles##letter { double data[n]; } Doubles##letter;            \
    double _testfunc_array_in_struct3##letter(volatile Doubles##letter in) {       \
        double sum = 0;                                                           \
        for (int i = 0; i < n; i++) sum += in.data[i];                            \
        memset((void *)&in, 0, sizeof in);                                        \
        return sum;                                                               \
    }                                                                             \
    Doubles##letter _testfunc_array_in_struct3##letter##_set_defaults(void) {      \
        Doubles##letter out;                                                      \
        for (int i = 0; i < n; i++) out.data[i] = i + 1;                          \
        return out;                                                               \
    }
DOUBLES(B, 2)
DOUBLES(C, 4)
DOUBLES(D, 8)
DOUBLES(E, 9)

typedef struct Point { long x, y; } Point;
typedef struct Rectangle { long left, top, right, bottom; } Rectangle;
long left = 10, top = 20, right = 30, bottom = 40;

int PointInRect(Rectangle *r, Point p) { return p.x >= r->left && p.x <= r->right && p.y >= r->top && p.y <= r->bottom; }

/* One of its arguments, spoilt unless all of them are what they should be. */
Rectangle ReturnRect(int which, Rectangle a, Rectangle *b, Point c, Rectangle d, Rectangle *e, Point f, Rectangle g) {
    int good = a.left + b->left + d.left + e->left + g.left == 5 * left && a.right + b->right + d.right + e->right + g.right == 5 * right &&
               a.top + b->top + d.top + e->top + g.top == 5 * top && a.bottom + b->bottom + d.bottom + e->bottom + g.bottom == 5 * bottom &&
               c.x == f.x && c.y == f.y;
    Rectangle answer = which == 0 ? a : which == 1 ? d : which == 2 ? g : *e;
    if (!good) answer.left = answer.top = answer.right = answer.bottom = -1;
    return answer;
}

/* --- Bit fields ------------------------------------------------------------------------------------------------------------------------------------------------- */

#define BIT_FIELDS \
    int A : 1, B : 2, C : 3, D : 4, E : 5, F : 6, G : 7, H : 8, I : 9; \
    short M : 1, N : 2, O : 3, P : 4, Q : 5, R : 6, S : 7;
#define UNPACK(p, c)                                                                                                              \
    switch (c) {                                                                                                                  \
    case 'A': return p->A; case 'B': return p->B; case 'C': return p->C; case 'D': return p->D; case 'E': return p->E;            \
    case 'F': return p->F; case 'G': return p->G; case 'H': return p->H; case 'I': return p->I;                                  \
    case 'M': return p->M; case 'N': return p->N; case 'O': return p->O; case 'P': return p->P; case 'Q': return p->Q;            \
    case 'R': return p->R; case 'S': return p->S;                                                                                \
    default: return 999;                                                                                                          \
    }

typedef struct Bits { BIT_FIELDS } Bits;
int unpack_bitfields(Bits *bits, char name) { UNPACK(bits, name) }

#if defined(__x86_64__) || defined(__i386__)
typedef struct __attribute__((ms_struct)) MicrosoftBits { BIT_FIELDS } MicrosoftBits;
int unpack_bitfields_msvc(MicrosoftBits *bits, char name) { UNPACK(bits, name) }
#endif
