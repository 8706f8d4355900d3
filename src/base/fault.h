/* Lets the nth call of something fail, for tests: of an allocation, above all.
 *
 *     N              the nth call fails
 *     FROM-TO/STEP   each STEPth call from FROM to TO fails, each in a process of its own (without TO: up to the last there is; STEP is 1)
 *     ...xCOUNT      and the COUNT - 1 calls after it as well; COUNT 0: all of them
 *
 * A sweep, the second form, runs the program once: at each of its points it forks, the call fails in the child, and the child goes on from
 * there to its own end. So a point costs what comes after the failure, and no start-up. Children are few at a time, are killed when they take
 * too long, and write nowhere; when the program ends, the counts go to standard error, with a line before for each child that did not end
 * well: died of a signal, did not end, was reported by a sanitizer, or failed without a word. A child has one thread only, as fork
 * makes it, so a sweep is for programs that have started no other.
 */
#ifndef KRAIT_BASE_FAULT_H
#define KRAIT_BASE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Fault Fault;

/* `what` names the calls in messages and lives as long as the process. NULL: `plan` is none, or there is no memory. */
Fault *fault_new(const char *plan, const char *what);
void fault_free(Fault *f); /* NULL is nothing */
/* Counts a call; true: it is to fail. Never true again once the plan is carried out. */
bool fault_now(Fault *f);

#endif
