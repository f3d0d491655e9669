// Matrix registers, for kernel files only: 2 × 2 of them hold sums (16 × 16 floats each), two hold rows of A
// (16 × 16 words) and two columns of B (16 words along K × 16). With CDLM_AMX the processor's, else portable
// twins, on which the same loops are tested. R and C, 0 or 1, say which of the two rows and columns; strides
// are in floats.
#pragma once

#include "cpu/bf16.h"
#include "cpu/gemm_kernels.h"

#if CDLM_AMX
#include "cpu/matrix_registers_amx.h"
#else
#include "cpu/matrix_registers_plain.h"
#endif

namespace cdlm {
namespace CDLM_LEVEL {

// The registers of this thread are ready from here to the end of the scope. Between uses they are released,
// so that a change of threads need not save them.
struct MatrixScope {
  MatrixScope() { MatrixRegisters::configure(); }
  ~MatrixScope() { MatrixRegisters::release(); }
  MatrixScope(const MatrixScope&) = delete;
  MatrixScope& operator=(const MatrixScope&) = delete;
};

}  // namespace CDLM_LEVEL
}  // namespace cdlm
