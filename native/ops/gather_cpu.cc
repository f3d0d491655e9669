#include "ops/columns.h"
#include "ops/gather.h"
#include "ops/loops.h"

namespace cdlm {
namespace CDLM_LEVEL {
namespace {

// A part of the table that one task owns: entries and columns.
struct TablePart {
  int64_t entry0, entry1, column0, column1;
};

void clear(const TablePart& part, float* y, int64_t d) {
  for (int64_t entry = part.entry0; entry < part.entry1; entry++)
    std::memset(y + entry * d + part.column0, 0,
                static_cast<size_t>(part.column1 - part.column0) * sizeof(float));
}

// Adds the rows that belong to it, in the order of the batch.
void scatter_into(const TablePart& part, const float* x, const int32_t* ids, float* y, int64_t rows,
                  int64_t d) {
  const int64_t width = part.column1 - part.column0;
  for (int64_t row = 0; row < rows; row++) {
    if (ids[row] < part.entry0 || ids[row] >= part.entry1) continue;
    const float* from = x + row * d + part.column0;
    float* to = y + ids[row] * d + part.column0;
    each_column(width, [=](int64_t j, auto lanes) {
      store(to + j, load(to + j, lanes) + load(from + j, lanes), lanes);
    });
  }
}

}  // namespace

void gather(const Device& device, const float* table, const int32_t* ids, float* y, int64_t rows, int64_t d) {
  for_blocks(device, rows, task_rows(d), [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; row++)
      std::memcpy(y + row * d, table + ids[row] * d, static_cast<size_t>(d) * sizeof(float));
  });
}

void scatter_rows(const Device& device, const float* x, const int32_t* ids, float* y, int64_t rows,
                  int64_t entries, int64_t d, bool accumulates) {
  // Every task reads all ids, so tables are cut into few parts; small tables are cut by columns instead.
  const bool by_columns = entries < 512;
  const int64_t part_entries = by_columns ? larger(1, entries) : larger(task_rows(d), blocks_of(entries, 64));
  const bool small = (rows + entries) * d <= kTaskElements;
  const int64_t part_columns = by_columns && !small ? 64 : larger(1, d);
  const int64_t column_parts = blocks_of(d, part_columns);
  device.pool.run(blocks_of(entries, part_entries) * column_parts, [&](int64_t task, int) {
    const int64_t entry = task / column_parts * part_entries, column = task % column_parts * part_columns;
    const TablePart part{entry, smaller(entries, entry + part_entries), column,
                         smaller(d, column + part_columns)};
    if (!accumulates) clear(part, y, d);
    scatter_into(part, x, ids, y, rows, d);
  });
}

}  // namespace CDLM_LEVEL
}  // namespace cdlm
