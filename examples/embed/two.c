/* Two interpreters in one process: one after the other, side by side on one thread, and at the same time on two.
 *
 *     cc two.c $(pkg-config --cflags --libs krait) -o two
 */
#include <krait.h>
#include <pthread.h>
#include <stdio.h>

static Krait *start(const char *name) {
    Krait *k = krait_start(NULL);
    if (k == NULL) return NULL;
    KraitRef main_module = krait_main(k), text = krait_str(k, name);
    if (krait_is_error(main_module) || krait_is_error(text) || !krait_set(k, krait_lend(main_module), "who", krait_lend(text))) krait_print_error(k);
    krait_drop(k, text);
    krait_drop(k, main_module);
    return k;
}

static void run(Krait *k, const char *source) {
    if (!krait_run(k, source, NULL)) krait_print_error(k);
}

/* Nothing is left of the first when the second begins. */
static void one_after_another(void) {
    static const char *const names[] = {"first", "second"};
    for (int i = 0; i < 2; i++) {
        Krait *k = start(names[i]);
        if (k == NULL) return;
        run(k, "import sys, collections\n"
               "print(who, hasattr(sys, 'mark'), collections.Counter('abca').most_common(1))\n"
               "sys.mark = 1\n"
               "import threading\n"
               "threading.Thread(target=lambda: print(who, 'in a thread')).start() # krait_end waits for it\n");
        krait_end(k);
    }
}

/* Each has modules, classes and builtins of its own. */
static void side_by_side(void) {
    Krait *a = start("a"), *b = start("b");
    if (a == NULL || b == NULL) return;
    run(a, "import builtins, sys\nbuiltins.len = lambda x: 'patched'\nclass C: pass\nseen = [who]\n");
    run(b, "import sys\nseen = [who]\ntry: C\nexcept NameError as e: print(e)\nprint(len('abc'), sys.getrefcount(seen) > 0)\n");
    for (int i = 0; i < 3; i++) {
        run(a, "seen.append(len(seen))\n");
        run(b, "seen.append(len(seen))\n");
    }
    run(a, "print(seen)\n");
    run(b, "print(seen, flush=True)\n");
    krait_end(a); /* the older one first */
    run(b, "print('b goes on'); del seen\n");
    krait_end(b);
}

static void *work(void *argument) {
    Krait *k = start(argument);
    if (k == NULL) return NULL;
    run(k, "total = sum(i * i % 7 for i in range(200000))\n");
    KraitRef total = krait_eval(k, "f'{total}'");
    if (krait_is_error(total)) krait_print_error(k);
    KraitRef keep;
    const char *text = krait_is_error(total) ? NULL : krait_as_str(k, krait_lend(total), NULL, &keep);
    if (text != NULL) printf("total %s\n", text);
    krait_drop(k, keep);
    krait_drop(k, total);
    krait_end(k);
    return NULL;
}

/* Two threads, each with an interpreter: no lock is shared. */
static void at_the_same_time(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, work, "worker");
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    fflush(stdout);
}

static void *visit(void *argument) {
    Krait *k = krait_attach(argument); /* another thread of the same interpreter */
    if (k == NULL) return NULL;
    run(k, "import threading\nprint('visitor', threading.current_thread() is not threading.main_thread(), flush=True)\n");
    krait_detach(k);
    return NULL;
}

static void visitors(void) {
    Krait *k = start("host");
    if (k == NULL) return;
    pthread_t thread;
    pthread_create(&thread, NULL, visit, k);
    krait_release_gil(k); /* while we wait, the other may run */
    pthread_join(thread, NULL);
    krait_acquire_gil(k);
    krait_end(k);
}

int main(void) {
    one_after_another();
    side_by_side();
    at_the_same_time();
    visitors();
    return 0;
}
