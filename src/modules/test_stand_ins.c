/* Two modules of CPython's own tests, empty: the library's test suite asks only whether they are there before it runs
 * tests that do not use them. */
#include "core/def.h"

const ModuleDef module__testlimitedcapi = {.name = "_testlimitedcapi"};
const ModuleDef module__testmultiphase = {.name = "_testmultiphase"};
