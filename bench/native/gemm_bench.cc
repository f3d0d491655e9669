// Speed of the matrix product on the shapes of BERT-size encoders, as a part of the measured peak of the
// level's fp32 multiply-add (kernels of bf16 may exceed it).
//   cdlm_native_bench [LEVEL|KERNELS|all] [THREADS|0 = 1 and 2] [ROUNDS|0 = the peak alone] [ROWS]
// A level stands for its fp32 kernels; others are named whole, such as "avx512bf16 pairs".
// Rounds take each shape once, so that what happens on a shared machine meets all alike: one product to warm
// up, then three, each between two measures of the peak. The median over undisturbed products is printed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "cpu/device.h"
#include "cpu/gemm.h"
#include "cpu/gemm_kernels.h"
#include "peak.h"

namespace {

using cdlm::Device;
using cdlm::Gemm;
using cdlm::Level;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

// Operations per second of the register loop on all threads at once.
double measure_peak(const Device& device) {
  std::vector<double> operations(size_t(device.pool.threads()) * 64, 0.0);
  const double begin = now();
  device.pool.run(device.pool.threads(), [&](int64_t task, int) {
    float sink = 0.0f;
    CDLM_CALL_ON_CPU(device.level, multiply_add_registers(400000, &operations[size_t(task) * 64], &sink));
  });
  const double seconds = now() - begin;
  double all = 0;
  for (double each : operations) all += each;
  return all / seconds;
}

struct Trial {
  std::string name;
  Gemm gemm;
  cdlm::AlignedBuffer a, b, c, bias, pre;
  std::vector<double> speed, part;

  Trial(const std::string& name_, int64_t m, int64_t n, int64_t k, bool ta, bool tb) : name(name_) {
    gemm.a = fill(&a, m * k);
    gemm.b = fill(&b, k * n);
    gemm.c = fill(&c, m * n);
    gemm.m = m, gemm.n = n, gemm.k = k;
    gemm.lda = ta ? m : k, gemm.transpose_a = ta;
    gemm.ldb = tb ? k : n, gemm.transpose_b = tb;
    gemm.ldc = n;
  }
  static float* fill(cdlm::AlignedBuffer* buffer, int64_t count) {
    float* values = buffer->reserve_floats(size_t(count));
    for (int64_t i = 0; i < count; ++i) values[i] = float(i * 7919 % 1000 - 500) / 500;
    return values;
  }
  double operations() const { return 2.0 * double(gemm.m) * double(gemm.n) * double(gemm.k); }
  double seconds(const Device& device) {
    const double begin = now();
    cdlm::gemm(device, gemm);
    return now() - begin;
  }
};

std::vector<Trial> make_trials(int64_t rows) {
  const int64_t layers[][2] = {{384, 384}, {1152, 384}, {1536, 384}, {384, 1536},
                               {768, 768}, {2304, 768}, {3072, 768}, {768, 3072}};
  std::vector<Trial> trials;
  trials.reserve(40);
  for (const auto& layer : layers) {
    const int64_t n = layer[0], k = layer[1];
    const std::string shape = "(" + std::to_string(n) + "," + std::to_string(k) + ") ";
    trials.emplace_back(shape + "forward  X.W^T", rows, n, k, false, true);
    trials.emplace_back(shape + "input    dY.W ", rows, k, n, false, false);
    trials.emplace_back(shape + "weight dY^T.X ", n, k, rows, true, false);
  }
  trials.emplace_back("(1536,384) forward + bias + gelu", rows, 1536, 384, false, true);
  Trial& fused = trials.back();
  fused.gemm.epilogue.bias = Trial::fill(&fused.bias, 1536);
  fused.gemm.epilogue.activation = cdlm::Activation::gelu;
  fused.gemm.epilogue.pre_activation = Trial::fill(&fused.pre, rows * 1536);
  return trials;
}

// A product counts if the peak right before and right after it is near the best one seen: otherwise somebody
// else had a core. If the threads together never reach what one reaches alone, times their number, nothing is
// judged: a part of such a peak would say nothing about that many cores.
void bench(Level level, const cdlm::GemmKernels& kernels, int threads, int rounds, int64_t rows) {
  const Device alone(level, 1), device(level, threads, kernels);
  std::vector<Trial> trials = make_trials(rows);
  double best = 0, best_alone = 0;
  for (int i = 0; i < 100; ++i) {
    best_alone = std::max(best_alone, measure_peak(alone));
    best = std::max(best, measure_peak(device));
  }
  if (best < 0.9 * threads * best_alone) {
    std::printf("%s, %d thread(s): not judged, peak %.1f GFLOP/s against %.1f on one: the machine is busy\n",
                kernels.name, threads, best * 1e-9, best_alone * 1e-9);
    return;
  }
  for (int round = 0; round < 6 * rounds; ++round) {
    for (Trial& trial : trials) {
      if (int(trial.part.size()) >= 3 * rounds) continue;
      trial.seconds(device);
      for (int i = 0; i < 3; ++i) {
        const double before = measure_peak(device), speed = trial.operations() / trial.seconds(device);
        const double after = measure_peak(device);
        best = std::max(best, std::max(before, after));
        if (std::min(before, after) < 0.93 * best) continue;
        trial.speed.push_back(speed);
        trial.part.push_back(speed / (0.5 * (before + after)));
      }
    }
  }
  std::printf("%s, %d thread(s), %d rows: measured peak %.1f GFLOP/s\n", kernels.name, threads, int(rows),
              best * 1e-9);
  if (rounds == 0) return;
  double lowest = 1e9;
  for (const Trial& trial : trials) {
    if (trial.part.empty()) {
      std::printf("  %-34s never undisturbed\n", trial.name.c_str());
      continue;
    }
    std::printf("  %-34s %7.1f GFLOP/s  %5.1f %%  (%d products)\n", trial.name.c_str(),
                median(trial.speed) * 1e-9, median(trial.part) * 100, int(trial.part.size()));
    lowest = std::min(lowest, median(trial.part));
  }
  std::printf("  lowest %.1f %%\n", lowest * 100);
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string wanted = count > 1 ? arguments[1] : "all";
  const int threads = count > 2 ? std::atoi(arguments[2]) : 0,
            rounds = count > 3 ? std::atoi(arguments[3]) : 15;
  const int64_t rows = count > 4 ? std::atoll(arguments[4]) : 512;
  for (Level level : {Level::avx512, Level::avx2, Level::neon, Level::plain}) {
    if (!cdlm::level_available(level)) continue;
    for (const cdlm::GemmKernels* kernels : cdlm::all_products(level)) {
      if (wanted != "all" && wanted != kernels->name) continue;
      for (int t = 1; t <= 2; ++t) {
        if (threads == 0 || threads == t) bench(level, *kernels, t, rounds, rows);
      }
    }
  }
  return 0;
}
