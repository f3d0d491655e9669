// The threads of a block as fibers of one thread: each runs until it waits, then another does.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "context.h"
#include "cuda_runtime.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace emulated {
namespace {

constexpr size_t kStack = 128 * 1024;
constexpr unsigned kLanes = 32;

// A stack that runs one thread of the block after another, until one of them waits.
struct Fiber {
  std::unique_ptr<char[]> stack{new char[kStack]};
  Context place;
  bool begun = false;
  unsigned thread = 0;
};

struct Warp {
  unsigned arrived = 0, turn = 0;
  uint64_t slots[2][kLanes];  // two sets take turns: an early lane must not overwrite what others still read
  std::vector<Fiber*> waiting;
};

class Block {
 public:
  void run(dim3 index, unsigned threads, uint64_t seed, const std::function<void()>& body);
  void wait_for_block();
  uint64_t wait_for_warp(uint64_t bits, unsigned from);
  void live();

  Position position;
  std::vector<double> shared;

 private:
  void resume(Fiber* fiber);
  void leave();
  void shuffle(std::vector<unsigned>& items);
  void release(std::vector<Fiber*>& waiting);
  unsigned random(unsigned below);

  std::vector<std::unique_ptr<Fiber>> all_;
  std::vector<Fiber*> idle_, ready_, at_barrier_;
  std::vector<unsigned> order_;
  std::vector<Warp> warps_;
  const std::function<void()>* body_ = nullptr;
  Fiber* current_ = nullptr;
  size_t begun_ = 0, ended_ = 0;
  uint64_t state_ = 0;
  Context scheduler_;
#if defined(__SANITIZE_ADDRESS__)
  void* fake_stack_ = nullptr;
  const void* main_bottom_ = nullptr;
  size_t main_size_ = 0;
#endif
};

thread_local Block block;

unsigned Block::random(unsigned below) {
  state_ = state_ * 6364136223846793005u + 1442695040888963407u;
  return static_cast<unsigned>((state_ >> 33) % below);
}

void Block::shuffle(std::vector<unsigned>& items) {
  for (size_t i = items.size(); i > 1; i--) std::swap(items[i - 1], items[random(static_cast<unsigned>(i))]);
}

void Block::release(std::vector<Fiber*>& waiting) {
  ready_.insert(ready_.end(), waiting.begin(), waiting.end());
  waiting.clear();
}

void enter() { block.live(); }

// The life of a fiber: threads that have not begun, then idleness.
void Block::live() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &main_bottom_, &main_size_);
#endif
  for (;;) {
    while (begun_ < order_.size()) {
      current_->thread = order_[begun_++];
      position.thread.x = current_->thread;
      (*body_)();
      ended_++;
    }
    idle_.push_back(current_);
    leave();
  }
}

// From the running fiber back to the scheduler; returns when the fiber is resumed.
void Block::leave() {
  Fiber* fiber = current_;
#if defined(__SANITIZE_ADDRESS__)
  void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, main_bottom_, main_size_);
#endif
  change_to(scheduler_, fiber->place);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_stack, &main_bottom_, &main_size_);
#endif
  position.thread.x = fiber->thread;
}

void Block::resume(Fiber* fiber) {
  current_ = fiber;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(&fake_stack_, fiber->stack.get(), kStack);
#endif
  if (fiber->begun) {
    change_to(fiber->place, scheduler_);
  } else {
    fiber->begun = true;
    begin_on(fiber->stack.get(), kStack, enter, scheduler_);
  }
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_stack_, nullptr, nullptr);
#endif
}

void Block::run(dim3 index, unsigned threads, uint64_t seed, const std::function<void()>& body) {
  position.block = index;
  state_ = seed;
  body_ = &body;
  begun_ = ended_ = 0;
  order_.resize(threads);
  for (unsigned k = 0; k < threads; k++) order_[k] = k;
  shuffle(order_);
  warps_.assign((threads + kLanes - 1) / kLanes, Warp());
  while (ended_ < threads) {
    if (ready_.empty() && begun_ == threads && at_barrier_.size() == threads - ended_) release(at_barrier_);
    Fiber* next = nullptr;
    if (begun_ < threads) {
      if (idle_.empty()) {
        all_.push_back(std::make_unique<Fiber>());
        idle_.push_back(all_.back().get());
      }
      next = idle_.back();
      idle_.pop_back();
    } else if (!ready_.empty()) {
      std::swap(ready_.back(), ready_[random(static_cast<unsigned>(ready_.size()))]);
      next = ready_.back();
      ready_.pop_back();
    } else {
      std::fprintf(stderr, "emulated CUDA: a barrier or shuffle waits for threads that will not come\n");
      std::abort();
    }
    resume(next);
  }
}

void Block::wait_for_block() {
  at_barrier_.push_back(current_);
  leave();
}

uint64_t Block::wait_for_warp(uint64_t bits, unsigned from) {
  const unsigned thread = current_->thread;
  Warp& warp = warps_[thread / kLanes];
  const unsigned turn = warp.turn % 2;
  warp.slots[turn][thread % kLanes] = bits;
  if (++warp.arrived == kLanes) {
    warp.arrived = 0;
    warp.turn++;
    release(warp.waiting);
  } else {
    warp.waiting.push_back(current_);
    leave();
  }
  return warps_[thread / kLanes].slots[turn][from];
}

}  // namespace

Position& here() { return block.position; }
double* dynamic_shared() { return block.shared.data(); }
void block_barrier() { block.wait_for_block(); }
uint64_t exchange(uint64_t bits, unsigned from) { return block.wait_for_warp(bits, from); }

void run_grid(dim3 blocks, dim3 threads, size_t shared_bytes, const std::function<void()>& body) {
  static std::atomic<uint64_t> launches{0};
  const uint64_t launch = ++launches * 2862933555777941757u;
  std::vector<double>(shared_bytes / sizeof(double), NAN).swap(block.shared);  // its size exactly, for ASan
  // The order of the blocks: begins somewhere, and goes up or down.
  const unsigned first = static_cast<unsigned>(launch >> 33) % blocks.x;
  for (unsigned k = 0; k < blocks.x; k++) {
    const unsigned index = launch & 1 << 20 ? (first + k) % blocks.x : (first + blocks.x - k) % blocks.x;
    block.run(dim3(index), threads.x, launch + index, body);
  }
}

}  // namespace emulated
