// Portable twins of the bf16 products: the same packing and loops, so that they are tested on any machine.
#if CDLM_LEVEL_PLAIN
#include "cpu/gemm_pairs.h"
#include "cpu/gemm_tiles.h"
#endif
