"""Writes the tagger of torch_step.py as an ONNX graph: python export_onnx.py FOLDER FILE. Batch and length are free."""
import sys

import torch

from torch_step import Tagger

folder, file = sys.argv[1:]
torch.manual_seed(0)
model = Tagger(folder).eval()
ids = torch.randint(1000, 20000, (2, 64))
batch, length = torch.export.Dim("batch", min=1, max=512), torch.export.Dim("length", min=3, max=512)
torch.onnx.export(
    model,
    (ids, torch.ones_like(ids)),
    file,
    input_names=["ids", "mask"],
    output_names=["logits"],
    dynamic_shapes=({0: batch, 1: length}, {0: batch, 1: length}),
    dynamo=True,
    external_data=False,
)
