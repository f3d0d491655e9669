// AdamW and SGD over a parameter store, equal to the dense ones bit for bit though tables are updated by
// rows.
//
// More than half of a small encoder's parameters are embedding rows that a batch does not touch. A row
// remembers how many steps it has seen; the steps it missed (decay and fading moments, each with its own
// learning rate) are made up for before the row is read, saved or updated.
#pragma once

#include <string>
#include <vector>

#include "ops/update.h"
#include "runtime/parameter_store.h"

namespace cdlm {

enum class Rule : int { adamw = 0, sgd = 1 };

struct OptimizerOptions {
  Rule rule = Rule::adamw;
  float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
  float momentum = 0.0f;  // SGD
  struct Group {
    float weight_decay = 0.0f;
    std::vector<std::string> parameters;
  };
  std::vector<Group> groups;
};

class Optimizer {
 public:
  // `steps_done` is > 0 when a checkpoint is resumed. Throws Error INTERNAL for unknown names and
  // impossible numbers.
  Optimizer(ParameterStore& store, OptimizerOptions options, int64_t steps_done);

  // One step with a learning rate per group. The gradients are multiplied by `scale` and, if clip_norm > 0,
  // shortened to that global norm. Returns the norm after scaling, before clipping; if it is not finite
  // nothing is changed.
  double step(const Device& device, const std::vector<double>& learning_rates, double scale,
              double clip_norm);

  // Queues what step() needs for the norm, so that a device has it when the outputs of a run arrive and is
  // waited for once. Void when gradients change.
  void queue_norm(const Device& device);
  void forget_norm() { norm_queued_ = false; }

  // Brings rows (all rows of all tables) to the current step.
  void settle(const Device& device, Parameter& parameter, const int32_t* rows, int64_t count);
  void settle_all(const Device& device);
  void settle_all(const Device& device, Parameter& parameter);

 private:
  double gradient_norm(const Device& device, double scale);
  void push_constants(const std::vector<double>& learning_rates);
  void update(const Device& device, size_t group, float scale);
  void update_rows(const Device& device, size_t group, float scale, Parameter& parameter);
  void step_stretches(const Device& device, size_t group, float scale, const Stretch* stretches,
                      int64_t count) const;
  void catch_up(const Device& device, Parameter& parameter, int64_t row);

  ParameterStore& store_;
  OptimizerOptions options_;
  int64_t steps_done_;
  int64_t history_start_;                      // steps before this one are not kept: every row has seen them
  std::vector<std::vector<AdamWStep>> adamw_;  // by group, one entry per step since history_start_
  std::vector<std::vector<SgdStep>> sgd_;

  bool norm_queued_ = false;
  size_t norm_parts_ = 0;
  AlignedBuffer sums_, arrived_;  // squares by tensor, [norm_parts_] doubles: there, and on the host
};

}  // namespace cdlm
