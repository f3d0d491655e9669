// One thread that runs jobs in the order they were submitted.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace cdlm {

class JobThread {
 public:
  JobThread() : thread_([this] { work(); }) {}
  ~JobThread() { stop(); }
  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;

  // False if the thread is stopping; the job is then not taken.
  bool submit(std::function<void()> job);

  // Lets the jobs that are there end and joins. Safe to call twice.
  void stop();

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;  // last: it starts when everything else is there
};

}  // namespace cdlm
