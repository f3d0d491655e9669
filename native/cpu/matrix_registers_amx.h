// Matrix registers of AMX: sums in tmm0 to tmm3, A in tmm4 and 5, B in tmm6 and 7. Included by
// matrix_registers.h alone. The intrinsics take literal numbers only.
#pragma once

#include <cstddef>

#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
#endif

namespace cdlm {
namespace CDLM_LEVEL {

struct MatrixRegisters {
  static constexpr int kSide = 16;

  // ldtilecfg's operand.
  struct alignas(64) Configuration {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  };

  static CDLM_INLINE void configure() {
    Configuration c{};
    c.palette = 1;
    for (int i = 0; i < 8; ++i) c.row_bytes[i] = 64, c.rows[i] = kSide;
    fence();
    _tile_loadconfig(&c);
  }
  static CDLM_INLINE void release() { _tile_release(); }

  // GCC's tile loads do not say that they read memory: what was written before must be there.
  static CDLM_INLINE void fence() {
#if defined(_MSC_VER) && !defined(__clang__)
    _ReadWriteBarrier();
#else
    __asm__ volatile("" ::: "memory");
#endif
  }

  template <int R, int C>
  CDLM_INLINE void clear() {
    if constexpr (R == 0 && C == 0) _tile_zero(0);
    if constexpr (R == 0 && C == 1) _tile_zero(1);
    if constexpr (R == 1 && C == 0) _tile_zero(2);
    if constexpr (R == 1 && C == 1) _tile_zero(3);
  }
  template <int R, int C>
  CDLM_INLINE void load_sums(const float* from, int64_t stride) {
    if constexpr (R == 0 && C == 0) _tile_loadd(0, from, bytes(stride));
    if constexpr (R == 0 && C == 1) _tile_loadd(1, from, bytes(stride));
    if constexpr (R == 1 && C == 0) _tile_loadd(2, from, bytes(stride));
    if constexpr (R == 1 && C == 1) _tile_loadd(3, from, bytes(stride));
  }
  template <int R, int C>
  CDLM_INLINE void store_sums(float* to, int64_t stride) const {
    if constexpr (R == 0 && C == 0) _tile_stored(0, to, bytes(stride));
    if constexpr (R == 0 && C == 1) _tile_stored(1, to, bytes(stride));
    if constexpr (R == 1 && C == 0) _tile_stored(2, to, bytes(stride));
    if constexpr (R == 1 && C == 1) _tile_stored(3, to, bytes(stride));
  }
  template <int R>
  CDLM_INLINE void load_a(const float* from, int64_t stride) {
    if constexpr (R == 0) _tile_loadd(4, from, bytes(stride));
    if constexpr (R == 1) _tile_loadd(5, from, bytes(stride));
  }
  template <int C>
  CDLM_INLINE void load_b(const float* from, int64_t stride) {
    if constexpr (C == 0) _tile_loadd(6, from, bytes(stride));
    if constexpr (C == 1) _tile_loadd(7, from, bytes(stride));
  }
  template <int R, int C>
  CDLM_INLINE void multiply_add() {
    if constexpr (R == 0 && C == 0) _tile_dpbf16ps(0, 4, 6);
    if constexpr (R == 0 && C == 1) _tile_dpbf16ps(1, 4, 7);
    if constexpr (R == 1 && C == 0) _tile_dpbf16ps(2, 5, 6);
    if constexpr (R == 1 && C == 1) _tile_dpbf16ps(3, 5, 7);
  }

 private:
  static CDLM_INLINE std::ptrdiff_t bytes(int64_t floats) {
    return static_cast<std::ptrdiff_t>(floats * static_cast<int64_t>(sizeof(float)));
  }
};

}  // namespace CDLM_LEVEL
}  // namespace cdlm
