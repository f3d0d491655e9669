// A fixed pool of threads that split one loop at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace cdlm {

// A non-owning reference to a callable `void(int64_t task, int worker)`; valid while the callable lives.
class TaskRef {
 public:
  template <typename F>
  TaskRef(const F& f)  // NOLINT: implicit so that lambdas can be passed
      : object_(&f), call_([](const void* object, int64_t task, int worker) {
          (*static_cast<const F*>(object))(task, worker);
        }) {}
  void operator()(int64_t task, int worker) const { call_(object_, task, worker); }

 private:
  const void* object_;
  void (*call_)(const void*, int64_t, int);
};

// `threads` workers, the calling thread included. Tasks are claimed one by one from a shared counter, so a
// worker whose core is taken by another process costs at most its current task. How a loop is cut into tasks
// must depend on shapes only, never on the number of threads: then results have the same bits for any number
// of threads.
class ThreadPool {
 public:
  // Throws Error OUT_OF_MEMORY if the system does not give so many threads.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  // Runs task(0..tasks-1, worker in 0..threads-1) and returns when all are done. Calls must not be nested and
  // come from one thread at a time. Tasks must not throw.
  void run(int64_t tasks, TaskRef task);

 private:
  struct Shared;
  int threads_;
  std::unique_ptr<Shared> shared_;
};

}  // namespace cdlm
