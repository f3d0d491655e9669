// What another library (cublas/) knows of an emulated stream: that work can be queued on it.
#pragma once

#include <functional>

namespace emulated {

class Queue {
 public:
  virtual ~Queue() = default;
  virtual void push(std::function<void()> work) = 0;
};

}  // namespace emulated
