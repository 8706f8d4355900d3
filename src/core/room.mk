# names.inc: core/names.def in order, without duplicates.
GENERATED += build/gen/core/names.inc
build/gen/core/names.inc: src/core/names.def
	@mkdir -p $(@D)
	@grep '^NAME(' $< | LC_ALL=C sort -u > $@
