"""PyTorch's side of the epoch trial: python torch_epoch.py ENCODER TRAIN_FILE THREADS.

One epoch of training on a column file, as one would write it with padding: batches of like lengths, each padded to its
longest sentence. A request {"bf16": false, "batch": 16} is answered with {"ms": [milliseconds of the epoch]}.
"""
import json
import random
import sys
import time

import torch
import torch.nn as nn
from tokenizers import Tokenizer
from transformers import AutoModel

from torch_step import optimizer_of

POOL = 20  # batches whose sentences are sorted by length together


def read_columns(path):
    sentences = [[]]
    for line in open(path, encoding="utf-8"):
        columns = line.split()
        if columns:
            sentences[-1].append((columns[0], columns[-1]))
        elif sentences[-1]:
            sentences.append([])
    return [sentence for sentence in sentences if sentence]


def encode(tokenizer, sentence, tags):
    encoding = tokenizer.encode([word for word, _ in sentence], is_pretokenized=True)
    first = {}
    for piece, word in enumerate(encoding.word_ids):
        if word is not None:
            first.setdefault(word, piece)
    return encoding.ids, [(piece, tags[sentence[word][1]]) for word, piece in first.items()]


def make_batches(items, size, rng):
    order = list(range(len(items)))
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), size * POOL):
        pool = sorted(order[start : start + size * POOL], key=lambda i: len(items[i][0]))
        batches += [pool[i : i + size] for i in range(0, len(pool), size)]
    rng.shuffle(batches)
    return [[items[i] for i in batch] for batch in batches]


def collate(batch):
    longest = max(len(ids) for ids, _ in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, (pieces, _) in enumerate(batch):
        ids[row, : len(pieces)] = torch.tensor(pieces)
        mask[row, : len(pieces)] = 1
    words = [(row * longest + piece, tag) for row, (_, firsts) in enumerate(batch) for piece, tag in firsts]
    return ids, mask, torch.tensor([w for w, _ in words]), torch.tensor([t for _, t in words])


class Tagger(nn.Module):
    def __init__(self, folder, tags):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder, attn_implementation="sdpa")
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(self.encoder.config.hidden_size, tags)

    def forward(self, ids, mask, words):
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return self.head(self.dropout(hidden.flatten(0, 1)[words]))


def epoch(model, optimizer, batches, bf16):
    for batch in batches:
        ids, mask, words, gold = collate(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = model(ids, mask, words)
        loss = nn.functional.cross_entropy(logits.float(), gold)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


def main():
    folder, file, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    sentences = read_columns(file)
    names = sorted({tag for sentence in sentences for _, tag in sentence})
    tags = {name: index for index, name in enumerate(names)}
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    items = [encode(tokenizer, sentence, tags) for sentence in sentences]
    items = [item for item in items if len(item[0]) <= 512]
    model = Tagger(folder, len(tags)).train()
    optimizer = optimizer_of(model)
    rng = random.Random(0)
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        ask = json.loads(line)
        batches = make_batches(items, ask["batch"], rng)
        start = time.perf_counter()
        epoch(model, optimizer, batches, ask["bf16"])
        print(json.dumps({"ms": [1000 * (time.perf_counter() - start)]}), flush=True)


if __name__ == "__main__":
    main()
