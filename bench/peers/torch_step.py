"""PyTorch's side of the train-step and forward trials: one JSON line in, one out.

Started by bench/peers/torch.ts with a model folder, a number of threads and a device, "cpu" or "cuda". A request {"work": "train" | "forward",
"steps": n, "batch": b, "pieces": p, "bf16": false} is answered with {"ms": [milliseconds of each step]}.
"""
import json
import sys
import time

import torch
import torch.nn as nn
from transformers import AutoConfig, AutoModel


class Tagger(nn.Module):
    def __init__(self, folder, tags=9):
        super().__init__()
        config = AutoConfig.from_pretrained(folder)
        self.encoder = AutoModel.from_config(config, attn_implementation="sdpa")
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(config.hidden_size, tags)

    def forward(self, ids, mask):
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return self.head(self.dropout(hidden[:, 1:-1]))


def optimizer_of(model):
    decay = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim == 1]
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=1e-4, fused=True)


def train_step(model, optimizer, ids, mask, gold, bf16):
    model.train()
    with torch.autocast(ids.device.type, torch.bfloat16, enabled=bf16):
        logits = model(ids, mask)
    loss = nn.functional.cross_entropy(logits.float().flatten(0, 1), gold.flatten())
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


@torch.no_grad()
def forward(model, ids, mask, bf16):
    model.eval()
    with torch.autocast(ids.device.type, torch.bfloat16, enabled=bf16):
        model(ids, mask)


def main():
    folder, threads, device = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = Tagger(folder).to(device)
    optimizer = optimizer_of(model)
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        ask = json.loads(line)
        shape = (ask["batch"], ask["pieces"])
        ids, mask = torch.randint(1000, 20000, shape), torch.ones(shape, dtype=torch.long)
        gold = torch.randint(0, 9, (shape[0], shape[1] - 2))
        times = []
        for _ in range(ask["steps"]):
            start = time.perf_counter()
            given = [tensor.to(device) for tensor in (ids, mask, gold)]
            if ask["work"] == "train":
                train_step(model, optimizer, *given, ask["bf16"])
            else:
                forward(model, *given[:2], ask["bf16"])
            if device == "cuda":
                torch.cuda.synchronize()
            times.append(1000 * (time.perf_counter() - start))
        print(json.dumps({"ms": times}), flush=True)


if __name__ == "__main__":
    main()
