// Compiled with AMX, in a namespace of its own.
#include "cpu/gemm_tiles.h"
