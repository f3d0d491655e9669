// What another library (cublas/) knows of an emulated stream: that work can be queued on it.
#pragma once

#include <functional>

namespace emulated {

enum class Work { kernel, copy, clear };

class Queue {
 public:
  virtual ~Queue() = default;
  virtual void push(Work kind, std::function<void()> work) = 0;
};

}  // namespace emulated
