/* The module itertools. */
#include "modules/itertools/itertools_priv.h"

static const MethodDef functions[] = {
    {"tee", "($module, iterable, n=2, /)", "A tuple of n independent iterators over one iterable.", itertools_tee},
    {NULL},
};

static bool exec(Thread *t, Value module) {
    static const struct {
        enum TypeId id;
        const TypeDef *def;
    } types[] = {
        {T_accumulate, &typedef_accumulate}, {T_batched, &typedef_batched}, {T_chain, &typedef_chain}, {T_combinations, &typedef_combinations},
        {T_combinations_with_replacement, &typedef_combinations_with_replacement}, {T_compress, &typedef_compress}, {T_count, &typedef_count},
        {T_cycle, &typedef_cycle}, {T_dropwhile, &typedef_dropwhile}, {T_filterfalse, &typedef_filterfalse}, {T_groupby, &typedef_groupby},
        {T_grouper, &typedef_grouper}, {T_islice, &typedef_islice}, {T_pairwise, &typedef_pairwise}, {T_permutations, &typedef_permutations},
        {T_product, &typedef_product}, {T_repeat, &typedef_repeat}, {T_starmap, &typedef_starmap}, {T_takewhile, &typedef_takewhile},
        {T_tee, &typedef_tee}, {T_tee_data, &typedef_tee_data}, {T_zip_longest, &typedef_zip_longest},
    };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (!module_add_type(t, module, types[i].id, types[i].def)) return false;
    return true;
}

const ModuleDef module_itertools = {
    .name = "itertools",
    .doc = "Building blocks for iterators.\n\n"
           "Without end: count, cycle, repeat.\n"
           "Until the shortest input ends: accumulate, batched, chain, compress, dropwhile, filterfalse, groupby, islice, pairwise, starmap,\n"
           "takewhile, tee, zip_longest.\n"
           "Combinatoric: product, permutations, combinations, combinations_with_replacement.\n",
    .functions = functions,
    .exec = exec,
};
