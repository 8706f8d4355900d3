# A million small objects of each kind cost fewer than a thousand calls of libc's malloc.
cc=${CC:-cc}
command -v "$cc" > /dev/null || { echo "SKIP: no C compiler"; exit; }
case $KRAIT in */san-*) echo "SKIP: the sanitizers have a malloc of their own"; exit ;; esac
cat > "$TMPDIR/count.c" << 'C'
#include <stdio.h>
#include <stdlib.h>
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
static unsigned long calls;
void *malloc(size_t n) { calls++; return __libc_malloc(n); }
void *calloc(size_t n, size_t m) { calls++; return __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { calls++; return __libc_realloc(p, n); }
__attribute__((destructor)) static void tell(void) { fprintf(stderr, "CALLS %lu\n", calls); }
C
"$cc" -O1 -shared -fPIC -o "$TMPDIR/count.so" "$TMPDIR/count.c" || exit 1
calls() { LD_PRELOAD="$TMPDIR/count.so" "$KRAIT" -c "$1" 2>&1 | sed -n 's/^CALLS //p'; }
base=$(calls 'class C: pass')
for make in '[C() for _ in range(n)]' '[(i, None) for i in range(n)]' '["%d" % i for i in range(n)]' '[2.0 ** 600 * i for i in range(n)]' \
    '[[i] for i in range(n)]' '[{"a": i} for i in range(n)]' '[2 ** 70 + i for i in range(n)]'; do
    now=$(calls "class C: pass
n = 1000000
kept = $make")
    [ $((now - base)) -lt 1000 ] && echo "few: $make" || echo "$((now - base)) calls: $make"
done
