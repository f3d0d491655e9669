#include "runtime/optimizer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"

namespace cdlm {
namespace {

int64_t gradient_elements(const Parameter& p) {
  return p.by_rows ? static_cast<int64_t>(p.row_gradient.rows().size()) * p.row_length() : p.elements;
}

const float* gradient_data(const Parameter& p) {
  return p.by_rows ? p.row_gradient.values() : p.data(Slot::gradient);
}

// n elements from `offset` on, with their gradient.
Stretch stretch_of(const Parameter& parameter, const float* g, int64_t offset, int64_t n) {
  float* v = parameter.data(Slot::moment2);
  return {parameter.data(Slot::value) + offset, g, parameter.data(Slot::moment1) + offset,
          v == nullptr ? nullptr : v + offset, n};
}

}  // namespace

Optimizer::Optimizer(ParameterStore& store, OptimizerOptions options, int64_t steps_done)
    : store_(store),
      options_(std::move(options)),
      steps_done_(steps_done),
      history_start_(steps_done),
      adamw_(options_.groups.size()),
      sgd_(options_.groups.size()),
      sums_(store.memory()),
      arrived_(store.memory().staging()) {
  if (steps_done < 0 || steps_done > std::numeric_limits<int32_t>::max() / 2)  // rows count theirs in 32 bits
    throw Error("INTERNAL", "impossible number of steps done", "0 to 2^30", std::to_string(steps_done));
  for (const auto& group : options_.groups)
    for (const std::string& name : group.parameters) store_.get(name);  // before anything is changed
  // Also of parameters that this optimiser leaves alone: their rows do not lag behind it.
  for (auto& [name, parameter] : store_.all()) parameter.row_steps.clear();
  for (size_t group = 0; group < options_.groups.size(); group++)
    for (const std::string& name : options_.groups[group].parameters) {
      Parameter& parameter = store_.get(name);
      parameter.group = static_cast<int>(group);
      ParameterStore::allocate(parameter, Slot::moment1);
      if (options_.rule == Rule::adamw) ParameterStore::allocate(parameter, Slot::moment2);
    }
}

void Optimizer::queue_norm(const Device& device) {
  std::vector<Span> spans;
  for (const auto& group : options_.groups)
    for (const std::string& name : group.parameters) {
      const Parameter& parameter = store_.get(name);
      if (gradient_data(parameter) != nullptr)
        spans.push_back({gradient_data(parameter), gradient_elements(parameter)});
    }
  norm_parts_ = spans.size();
  const size_t bytes = norm_parts_ * sizeof(double);
  auto* sums = static_cast<double*>(sums_.reserve(bytes));
  CDLM_CALL(device.level, sums_of_squares(device, spans.data(), static_cast<int64_t>(norm_parts_), sums));
  device.memory().queue_download(arrived_.reserve(bytes), sums, bytes);
  norm_queued_ = true;
}

double Optimizer::gradient_norm(const Device& device, double scale) {
  if (!norm_queued_) {
    queue_norm(device);
    device.memory().wait();
  }
  norm_queued_ = false;
  const auto* sums = static_cast<const double*>(arrived_.data());
  return std::sqrt(std::accumulate(sums, sums + norm_parts_, 0.0)) * scale;
}

void Optimizer::push_constants(const std::vector<double>& learning_rates) {
  const double t = static_cast<double>(steps_done_ + 1);
  for (size_t group = 0; group < options_.groups.size(); group++) {
    const double rate = learning_rates[group], decay = options_.groups[group].weight_decay;
    const double correction1 = 1 - std::pow(static_cast<double>(options_.beta1), t);
    const double correction2 = 1 - std::pow(static_cast<double>(options_.beta2), t);
    if (options_.rule == Rule::adamw)
      adamw_[group].push_back({options_.beta1, options_.beta2, options_.epsilon,
                               static_cast<float>(1 - rate * decay), static_cast<float>(rate / correction1),
                               static_cast<float>(std::sqrt(correction2))});
    else
      sgd_[group].push_back({options_.momentum, static_cast<float>(decay), static_cast<float>(rate)});
  }
}

double Optimizer::step(const Device& device, const std::vector<double>& learning_rates, double scale,
                       double clip_norm) {
  if (learning_rates.size() != options_.groups.size())
    throw Error("INTERNAL", "one learning rate per group is needed");
  const double norm = gradient_norm(device, scale);
  if (!std::isfinite(norm)) return norm;
  const double shorten = clip_norm > 0 ? std::min(1.0, clip_norm / (norm + 1e-6)) : 1.0;
  push_constants(learning_rates);
  for (size_t group = 0; group < options_.groups.size(); group++)
    update(device, group, static_cast<float>(scale * shorten));
  steps_done_++;
  return norm;
}

// A device takes whole tensors and as many as it can at once; the processor's threads share parts of them.
void Optimizer::update(const Device& device, size_t group, float scale) {
  constexpr int64_t kElements = 16384;
  std::vector<Stretch> stretches;
  for (const std::string& name : options_.groups[group].parameters) {
    Parameter& parameter = store_.get(name);
    const float* g = parameter.data(Slot::gradient);
    if (parameter.by_rows) {
      update_rows(device, group, scale, parameter);
    } else if (g != nullptr) {
      settle_all(device, parameter);
      std::fill(parameter.row_steps.begin(), parameter.row_steps.end(),
                static_cast<int32_t>(steps_done_ + 1));
      const int64_t most = device.cuda ? parameter.elements : kElements;
      for (int64_t begin = 0; begin < parameter.elements; begin += most)
        stretches.push_back(
            stretch_of(parameter, g + begin, begin, std::min(most, parameter.elements - begin)));
    }
  }
  const auto count = static_cast<int64_t>(stretches.size());
  if (device.cuda) return step_stretches(device, group, scale, stretches.data(), count);
  device.pool.run(count, [&](int64_t task, int) {
    step_stretches(device, group, scale, &stretches[static_cast<size_t>(task)], 1);
  });
}

void Optimizer::step_stretches(const Device& device, size_t group, float scale, const Stretch* stretches,
                               int64_t count) const {
  if (options_.rule == Rule::adamw)
    CDLM_CALL(device.level, adamw(device, adamw_[group].back(), scale, stretches, count));
  else
    CDLM_CALL(device.level, sgd(device, sgd_[group].back(), scale, stretches, count));
}

void Optimizer::update_rows(const Device& device, size_t group, float scale, Parameter& parameter) {
  const auto& rows = parameter.row_gradient.rows();
  const int64_t d = parameter.row_length();
  if (parameter.row_steps.empty())
    parameter.row_steps.assign(static_cast<size_t>(parameter.shape[0]), static_cast<int32_t>(steps_done_));
  device.pool.run(static_cast<int64_t>(rows.size()), [&](int64_t k, int) {
    const int64_t row = rows[static_cast<size_t>(k)];
    catch_up(device, parameter, row);
    const Stretch stretch = stretch_of(parameter, parameter.row_gradient.values() + k * d, row * d, d);
    step_stretches(device, group, scale, &stretch, 1);
    parameter.row_steps[static_cast<size_t>(row)]++;
  });
}

// Steps that the row missed, up to steps_done_.
void Optimizer::catch_up(const Device& device, Parameter& parameter, int64_t row) {
  int32_t& seen = parameter.row_steps[static_cast<size_t>(row)];
  const int64_t missed = steps_done_ - seen, d = parameter.row_length();
  if (missed <= 0) return;
  const size_t group = static_cast<size_t>(parameter.group);
  const int64_t first = seen - history_start_;
  float* p = parameter.data(Slot::value) + row * d;
  float* m = parameter.data(Slot::moment1) + row * d;
  if (options_.rule == Rule::adamw) {
    float* v = parameter.data(Slot::moment2) + row * d;
    CDLM_CALL_ON_CPU(device.level,
                     adamw_idle(&adamw_[group][static_cast<size_t>(first)], missed, p, m, v, d));
  } else {
    CDLM_CALL_ON_CPU(device.level, sgd_idle(&sgd_[group][static_cast<size_t>(first)], missed, p, m, d));
  }
  seen = static_cast<int32_t>(steps_done_);
}

void Optimizer::settle(const Device& device, Parameter& parameter, const int32_t* rows, int64_t count) {
  if (parameter.row_steps.empty()) return;
  // The same row may be asked for twice: the second time has nothing to do, but must not run beside the
  // first.
  std::vector<int32_t> behind;
  for (int64_t k = 0; k < count; k++)
    if (parameter.row_steps[static_cast<size_t>(rows[k])] < steps_done_) behind.push_back(rows[k]);
  std::sort(behind.begin(), behind.end());
  behind.erase(std::unique(behind.begin(), behind.end()), behind.end());
  device.pool.run(static_cast<int64_t>(behind.size()),
                  [&](int64_t k, int) { catch_up(device, parameter, behind[static_cast<size_t>(k)]); });
}

void Optimizer::settle_all(const Device& device, Parameter& parameter) {
  if (parameter.row_steps.empty()) return;
  device.pool.run(parameter.shape[0], [&](int64_t row, int) { catch_up(device, parameter, row); });
}

void Optimizer::settle_all(const Device& device) {
  for (const auto& group : options_.groups)
    for (const std::string& name : group.parameters) settle_all(device, store_.get(name));
  history_start_ = steps_done_;
  for (auto& steps : adamw_) steps.clear();
  for (auto& steps : sgd_) steps.clear();
}

}  // namespace cdlm
