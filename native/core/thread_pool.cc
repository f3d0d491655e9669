#include "core/thread_pool.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "core/denormals.h"
#include "core/error.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif
#if defined(_MSC_VER)
#pragma warning(disable : 4324)  // padding is what alignas(64) is for
#endif

namespace cdlm {
namespace {

// A waiter polls this long before it sleeps: longer than the gap between two loops of a program, and short
// enough that a core lent to somebody else is not missed.
constexpr std::chrono::microseconds kSpin{20};

inline void pause() {
#if defined(__x86_64__) || defined(_M_X64)
  _mm_pause();
#elif defined(__aarch64__) && defined(__GNUC__)
  asm volatile("yield");
#endif
}

// Polls until ready() or until the time is over; returns the last ready().
template <typename Ready>
bool spin(const Ready& ready) {
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 16; ++i) {
      if (ready()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return ready();
}

}  // namespace

// One loop at a time. `state` holds the loop's number, whether it is open for workers to join, and how many
// have joined and not yet left. The caller closes the loop when no task is unclaimed and then waits only for
// those who joined: a worker that never woke up delays nobody.
struct ThreadPool::Shared {
  static constexpr uint64_t kActive = 1, kActiveMask = 0xFFFF, kOpen = 1 << 16, kLoop = 1 << 17;

  alignas(64) std::atomic<uint64_t> state{0};
  alignas(64) std::atomic<int64_t> next{0};
  alignas(64) std::atomic<int> sleepers{0};
  std::atomic<bool> caller_sleeps{false};
  std::atomic<bool> stop{false};
  // The loop's tasks: written while the loop is closed and nobody is active, read by those who joined.
  int64_t tasks = 0;
  const TaskRef* task = nullptr;

  std::mutex mutex;
  std::condition_variable work, done;
  std::vector<std::thread> workers;

  void claim_tasks(int worker) {
    for (int64_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < tasks;) (*task)(i, worker);
  }

  // True if the current loop is open and not number `seen`, the one this worker was in last.
  bool has_work(uint64_t seen) const {
    const uint64_t now = state.load(std::memory_order_acquire);
    return (now & kOpen) != 0 && now / kLoop != seen;
  }

  // Joins the open loop. False if it has closed meanwhile.
  bool join(uint64_t* seen) {
    uint64_t now = state.load(std::memory_order_acquire);
    while ((now & kOpen) != 0) {
      if (state.compare_exchange_weak(now, now + kActive, std::memory_order_acq_rel)) {
        *seen = now / kLoop;
        return true;
      }
    }
    return false;
  }

  // The last to leave a closed loop wakes the caller. Both sides write before they read (sequentially
  // consistent), so either the caller sees the count fall or the leaver sees the caller asleep.
  void leave() {
    const uint64_t before = state.fetch_sub(kActive, std::memory_order_seq_cst);
    if ((before & kOpen) == 0 && (before & kActiveMask) == 1 &&
        caller_sleeps.load(std::memory_order_seq_cst)) {
      std::lock_guard<std::mutex> lock(mutex);
      done.notify_one();
    }
  }

  void worker_loop(int worker) {
    flush_denormals();
    uint64_t seen = 0;
    while (!stop.load(std::memory_order_acquire)) {
      const auto ready = [&] { return has_work(seen) || stop.load(std::memory_order_acquire); };
      if (!spin(ready)) sleep_until_ready(ready);
      if (join(&seen)) {
        claim_tasks(worker);
        leave();
      }
    }
  }

  template <typename Ready>
  void sleep_until_ready(const Ready& ready) {
    std::unique_lock<std::mutex> lock(mutex);
    sleepers.fetch_add(1, std::memory_order_seq_cst);
    // A full barrier between announcing the sleep and looking for work; its partner is in open().
    state.fetch_add(0, std::memory_order_seq_cst);
    work.wait(lock, ready);
    sleepers.fetch_sub(1, std::memory_order_seq_cst);
  }

  void open(int64_t count, const TaskRef& body) {
    tasks = count;
    task = &body;
    next.store(0, std::memory_order_relaxed);
    const uint64_t loop = state.load(std::memory_order_relaxed) / kLoop + 1;
    state.exchange(loop * kLoop | kOpen, std::memory_order_seq_cst);
    const int asleep = sleepers.load(std::memory_order_seq_cst);
    if (asleep == 0) return;
    std::lock_guard<std::mutex> lock(mutex);
    if (count > asleep) {
      work.notify_all();
    } else {
      for (int64_t i = 1; i < count; ++i) work.notify_one();
    }
  }

  void close_and_wait() {
    const uint64_t before = state.fetch_and(~kOpen, std::memory_order_seq_cst);
    if ((before & kActiveMask) == 0) return;
    const auto ready = [&] { return (state.load(std::memory_order_seq_cst) & kActiveMask) == 0; };
    if (spin(ready)) return;
    std::unique_lock<std::mutex> lock(mutex);
    caller_sleeps.store(true, std::memory_order_seq_cst);
    done.wait(lock, ready);
    caller_sleeps.store(false, std::memory_order_seq_cst);
  }

  void end_workers() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      stop.store(true, std::memory_order_seq_cst);
      work.notify_all();
    }
    for (std::thread& worker : workers) worker.join();
  }
};

ThreadPool::ThreadPool(int threads) : threads_(threads < 1 ? 1 : threads), shared_(new Shared) {
  try {
    for (int worker = 1; worker < threads_; ++worker) {
      shared_->workers.emplace_back([shared = shared_.get(), worker] { shared->worker_loop(worker); });
    }
  } catch (...) {  // no more threads, or no memory to note one
    const size_t started = shared_->workers.size() + 1;
    shared_->end_workers();  // a thread that nobody joins would end the process
    throw Error("OUT_OF_MEMORY", "the system gives no more threads", std::to_string(threads_) + " threads",
                std::to_string(started));
  }
}

ThreadPool::~ThreadPool() { shared_->end_workers(); }

void ThreadPool::run(int64_t tasks, TaskRef task) {
  if (threads_ == 1 || tasks <= 1) {
    for (int64_t i = 0; i < tasks; ++i) task(i, 0);
    return;
  }
  shared_->open(tasks, task);
  shared_->claim_tasks(0);
  shared_->close_and_wait();
}

}  // namespace cdlm
