// Matrix registers in portable C++. Included by matrix_registers.h alone.
#pragma once

namespace cdlm {
namespace CDLM_LEVEL {

struct MatrixRegisters {
  static constexpr int kSide = 16;  // rows, and words of a row
  using Register = float[kSide][kSide];

  static void configure() {}
  static void release() {}
  static void fence() {}

  template <int R, int C>
  void clear() {
    for (auto& row : sums[R][C])
      for (float& value : row) value = 0.0f;
  }
  template <int R, int C>
  void load_sums(const float* from, int64_t stride) {
    load_register(sums[R][C], from, stride);
  }
  template <int R, int C>
  void store_sums(float* to, int64_t stride) const {
    for (int i = 0; i < kSide; ++i) std::memcpy(to + i * stride, sums[R][C][i], sizeof sums[R][C][i]);
  }
  template <int R>
  void load_a(const float* from, int64_t stride) {
    load_register(a[R], from, stride);
  }
  template <int C>
  void load_b(const float* from, int64_t stride) {
    load_register(b[C], from, stride);
  }
  // As the processor adds: even and odd steps of K apart, then to the sum.
  template <int R, int C>
  void multiply_add() {
    for (int i = 0; i < kSide; ++i)
      for (int j = 0; j < kSide; ++j) {
        float even = 0.0f, odd = 0.0f;
        for (int k = 0; k < kSide; ++k) {
          even += low(a[R][i][k]) * low(b[C][k][j]);
          odd += high(a[R][i][k]) * high(b[C][k][j]);
        }
        sums[R][C][i][j] += even + odd;
      }
  }

 private:
  static void load_register(Register& to, const float* from, int64_t stride) {
    for (int i = 0; i < kSide; ++i) std::memcpy(to[i], from + i * stride, sizeof to[i]);
  }
  static uint32_t bits(float word) {
    uint32_t r;
    std::memcpy(&r, &word, sizeof r);
    return r;
  }
  static float value(uint32_t word) {
    float r;
    std::memcpy(&r, &word, sizeof r);
    return r;
  }
  static float low(float word) { return value(bits(word) << 16); }
  static float high(float word) { return value(bits(word) & 0xFFFF0000u); }

  Register sums[2][2], a[2], b[2];
};

}  // namespace CDLM_LEVEL
}  // namespace cdlm
