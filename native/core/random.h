// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): random numbers as a
// function of (key, counter), so that any element of any stream can be had alone, in any order and on any
// device.
#pragma once

#include <cstdint>

namespace cdlm {

struct PhiloxWords {
  uint32_t word[4];
};

constexpr uint32_t kPhiloxMultiplier0 = 0xD2511F53u, kPhiloxMultiplier1 = 0xCD9E8D57u;
constexpr uint32_t kPhiloxWeyl0 = 0x9E3779B9u, kPhiloxWeyl1 = 0xBB67AE85u;
constexpr int kPhiloxRounds = 10;

constexpr PhiloxWords philox(PhiloxWords counter, uint32_t key0, uint32_t key1) {
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const uint64_t product0 = uint64_t(kPhiloxMultiplier0) * counter.word[0];
    const uint64_t product1 = uint64_t(kPhiloxMultiplier1) * counter.word[2];
    counter = PhiloxWords{{uint32_t(product1 >> 32) ^ counter.word[1] ^ key0, uint32_t(product1),
                           uint32_t(product0 >> 32) ^ counter.word[3] ^ key1, uint32_t(product0)}};
    key0 += kPhiloxWeyl0;
    key1 += kPhiloxWeyl1;
  }
  return counter;
}

// How rows of random numbers are laid over counters. 64 columns make a block of 16 counters; column r of
// block b is word r/16 of counter (16·b + r%16, row, stream, 0): a vector of up to 16 consecutive columns is
// the same word of consecutive counters, so every vector width yields the same numbers without a shuffle.
constexpr int kRandomBlock = 64, kRandomCounters = 16;

// Element `column` of `row` of the stream; the same number as random_row of native/cpu/random_vec.h yields.
constexpr uint32_t random_at(uint32_t key0, uint32_t key1, uint32_t stream, uint32_t row, uint32_t column) {
  const uint32_t block = column / kRandomBlock, rest = column % kRandomBlock;
  const PhiloxWords counter{{block * kRandomCounters + rest % kRandomCounters, row, stream, 0}};
  return philox(counter, key0, key1).word[rest / kRandomCounters];
}

}  // namespace cdlm
