// Every task once, whatever the number of threads; loops of all sizes, with gaps longer and shorter than the
// spin.
#include "core/thread_pool.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "check.h"

TEST(thread_pool_runs_every_task_once) {
  for (int threads : {1, 2, 3, 8}) {
    cdlm::ThreadPool pool(threads);
    for (int round = 0; round < 3000; ++round) {
      const int tasks = round % 41;
      std::vector<int> seen(static_cast<size_t>(tasks), 0);  // not atomic: a data race would be a finding
      std::atomic<int> bad{0};
      pool.run(tasks, [&](int64_t task, int worker) {
        ++seen[static_cast<size_t>(task)];
        if (worker < 0 || worker >= threads) ++bad;
      });
      for (int count : seen) CHECK(count == 1);
      CHECK(bad == 0);
      if (round % 500 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      if (round % 50 == 0) std::this_thread::sleep_for(std::chrono::microseconds(25));
    }
  }
}

TEST(thread_pool_begins_and_ends) {
  for (int i = 0; i < 200; ++i) {
    cdlm::ThreadPool pool(1 + i % 4);
    std::atomic<int> sum{0};
    if (i % 3 != 0) pool.run(10, [&](int64_t task, int) { sum += int(task); });
    CHECK(sum == (i % 3 != 0 ? 45 : 0));
  }
}

// Long tasks: the caller sleeps while it waits.
TEST(thread_pool_waits_for_long_tasks) {
  cdlm::ThreadPool pool(3);
  for (int i = 0; i < 20; ++i) {
    std::atomic<int> done{0};
    pool.run(3, [&](int64_t task, int) {
      std::this_thread::sleep_for(std::chrono::milliseconds(task));
      ++done;
    });
    CHECK(done == 3);
  }
}
