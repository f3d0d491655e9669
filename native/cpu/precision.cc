#include "cpu/precision.h"

#include "core/error.h"
#include "cpu/gemm_kernels.h"
#include "cpu/processor.h"

namespace cdlm {
namespace {

const GemmKernels* fp32_products(Level level) {
  const GemmKernels* kernels = nullptr;
  CDLM_CALL_ON_CPU(level, get_fp32_kernels(&kernels));
  return kernels;
}

const GemmKernels* rounded_products(Level level) {
  const GemmKernels* kernels = nullptr;
  CDLM_CALL_ON_CPU(level, get_rounded_kernels(&kernels));
  return kernels;
}

// Null unless this build and this processor have the instructions.
const GemmKernels* pairs_products(Level level) {
  const GemmKernels* kernels = nullptr;
#if CDLM_X86
  if (level == Level::avx512 && has_avx512_bf16()) avx512bf16::get_pairs_kernels(&kernels);
#else
  static_cast<void>(level);
#endif
  return kernels;
}

// The fastest kernels of int8, there at every level.
const GemmKernels* int8_products(Level level) {
  const GemmKernels* kernels = nullptr;
#if CDLM_X86
  if (level == Level::avx512 && has_avx512_vnni()) {
    avx512vnni::get_quads_kernels(&kernels);
    return kernels;
  }
#endif
  CDLM_CALL_ON_CPU(level, get_whole_kernels(&kernels));
  return kernels;
}

// The same as of pairs.
const GemmKernels* tiles_products(Level level) {
  const GemmKernels* kernels = nullptr;
#if CDLM_X86
  static const bool permitted = may_use_amx();
  if (level == Level::avx512 && permitted) amx::get_tiles_kernels(&kernels);
#else
  static_cast<void>(level);
#endif
  return kernels;
}

// Kernels of bf16 that beat those of fp32, or null. Intel's bf16 dot product of vectors has half the speed of
// its fp32 multiply-add (measured on Sapphire Rapids), AMD's has twice the speed (Zen 5).
const GemmKernels* fast_bf16_products(Level level) {
  const GemmKernels* tiles = tiles_products(level);
  if (tiles) return tiles;
  return is_amd() ? pairs_products(level) : nullptr;
}

// A name for those of a device, which take nothing else from here (cuda/gemm.cu).
const GemmKernels& cuda_products(Precision precision) {
  static constexpr GemmKernels kFp32{"cuda", Precision::fp32, PackedType::f32, 0,       0,
                                     0,      nullptr,         nullptr,         nullptr, nullptr};
  static constexpr GemmKernels kBf16{"cuda bf16", Precision::bf16, PackedType::f32, 0,       0,
                                     0,           nullptr,         nullptr,         nullptr, nullptr};
  if (precision == Precision::fp32) return kFp32;
  if (precision == Precision::bf16) return kBf16;
  throw Error("INVALID_OPTION", "CUDA computes in fp32 or bf16", "fp32 or bf16", precision_name(precision));
}

}  // namespace

const char* precision_name(Precision precision) {
  if (precision == Precision::int8) return "int8";
  return precision == Precision::bf16 ? "bf16" : "fp32";
}

Precision parse_precision(const std::string& name) {
  for (Precision each : {Precision::fp32, Precision::bf16, Precision::int8}) {
    if (name == precision_name(each)) return each;
  }
  throw Error("INVALID_OPTION", "unknown precision", "fp32, bf16 or int8", name);
}

const GemmKernels& choose_products(Level level, Precision precision) {
  if (level == Level::cuda) return cuda_products(precision);
  if (precision == Precision::fp32) return *fp32_products(level);
  if (precision == Precision::int8) return *int8_products(level);
  const GemmKernels* fast = fast_bf16_products(level);
  return fast ? *fast : *rounded_products(level);
}

Precision fastest_precision(Level level) {
  return fast_bf16_products(level) ? Precision::bf16 : Precision::fp32;
}

std::vector<const GemmKernels*> all_products(Level level) {
  std::vector<const GemmKernels*> all{fp32_products(level), rounded_products(level)};
  const GemmKernels* kernels = nullptr;
  CDLM_CALL_ON_CPU(level, get_whole_kernels(&kernels));
  all.push_back(kernels);
  if (int8_products(level) != kernels) all.push_back(int8_products(level));
  kernels = tiles_products(level);
  if (kernels) all.push_back(kernels);
  kernels = pairs_products(level);
  if (kernels) all.push_back(kernels);
#if CDLM_X86
  if (kernels) {
    avx512bf16::get_tiles_kernels(&kernels);
    all.push_back(kernels);
  }
#endif
  if (level == Level::plain) {
    plain::get_pairs_kernels(&kernels);
    all.push_back(kernels);
    plain::get_tiles_kernels(&kernels);
    all.push_back(kernels);
  }
  return all;
}

}  // namespace cdlm
