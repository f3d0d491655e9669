/** Every op there is. A new op is a file in this folder, a line here, and its kernel in native/ops. */
import type { Op } from "../op.js";
import { addOp } from "./add.js";
import { addBiasOp } from "./add-bias.js";
import { attentionGradientOp, attentionOp } from "./attention.js";
import { binaryCrossEntropyGradientOp, binaryCrossEntropyOp } from "./binary-cross-entropy.js";
import { concatColumnsOp, splitColumnsOp } from "./concat-columns.js";
import { counterfactualEffectOp } from "./counterfactual-effect.js";
import { crfLossGradientOp, crfLossOp } from "./crf-loss.js";
import { crfMarginalsOp } from "./crf-marginals.js";
import { crfSpanPosteriorOp } from "./crf-span-posterior.js";
import { crossEntropyGradientOp, crossEntropyOp } from "./cross-entropy.js";
import { detachOp } from "./detach.js";
import { dropoutOp } from "./dropout.js";
import { expandOp } from "./expand.js";
import { expandRowsOp } from "./expand-rows.js";
import { fillOp } from "./fill.js";
import { gatherOp, scatterRowsOp } from "./gather.js";
import { geluGradientOp, geluOp } from "./gelu.js";
import { graphMixGradientOp, graphMixOp } from "./graph-mix.js";
import { gromovWassersteinPlanOp } from "./gromov-wasserstein.js";
import { gromovWassersteinGradientOp, gromovWassersteinValueOp } from "./gromov-wasserstein-value.js";
import { groupMeanGradientOp, groupMeanOp } from "./group-mean.js";
import { layerNormGradientOp, layerNormOp } from "./layer-norm.js";
import { linearGeluOp, linearOp, matmulAddOp, matmulGeluGradientOp } from "./linear.js";
import { lstmGradientOp, lstmOp } from "./lstm.js";
import { matmulOp } from "./matmul.js";
import { movingAverageGradientOp, movingAverageOp } from "./moving-average.js";
import { multiplyOp } from "./multiply.js";
import { normalisedAdjacencyOp } from "./normalised-adjacency.js";
import { offDiagonalNormaliseGradientOp, offDiagonalNormaliseOp } from "./off-diagonal-normalise.js";
import { pairwiseDistanceGradientOp, pairwiseDistanceOp } from "./pairwise-distance.js";
import { residualNormOp } from "./residual-norm.js";
import { rowDotsOp, scaleRowsOp } from "./row-factors.js";
import { rowMaxGradientOp, rowMaxOp } from "./row-max.js";
import { scaleOp } from "./scale.js";
import { segmentExpandOp, segmentMatmulOp, segmentScoresOp } from "./segment-products.js";
import { segmentSoftmaxGradientOp, segmentSoftmaxOp } from "./segment-softmax.js";
import { sigmoidGradientOp, sigmoidOp } from "./sigmoid.js";
import { sinkhornOp } from "./sinkhorn.js";
import { softCrossEntropyGradientOp, softCrossEntropyOp } from "./soft-cross-entropy.js";
import { softmaxGradientOp, softmaxOp } from "./softmax.js";
import { sumOp } from "./sum.js";
import { sumRowsOp } from "./sum-rows.js";
import { uniformKlGradientOp, uniformKlOp } from "./uniform-kl.js";
import { unlikelihoodGradientOp, unlikelihoodOp } from "./unlikelihood.js";
import { viterbiOp } from "./viterbi.js";

export const primitiveOps: readonly Op[] = [
  addOp,
  addBiasOp,
  attentionOp,
  attentionGradientOp,
  binaryCrossEntropyOp,
  binaryCrossEntropyGradientOp,
  concatColumnsOp,
  splitColumnsOp,
  counterfactualEffectOp,
  crfLossOp,
  crfLossGradientOp,
  crfMarginalsOp,
  crfSpanPosteriorOp,
  crossEntropyOp,
  crossEntropyGradientOp,
  detachOp,
  dropoutOp,
  expandOp,
  expandRowsOp,
  fillOp,
  gatherOp,
  scatterRowsOp,
  geluOp,
  geluGradientOp,
  graphMixOp,
  graphMixGradientOp,
  gromovWassersteinPlanOp,
  gromovWassersteinValueOp,
  gromovWassersteinGradientOp,
  groupMeanOp,
  groupMeanGradientOp,
  layerNormOp,
  layerNormGradientOp,
  lstmOp,
  lstmGradientOp,
  matmulOp,
  movingAverageOp,
  movingAverageGradientOp,
  multiplyOp,
  normalisedAdjacencyOp,
  offDiagonalNormaliseOp,
  offDiagonalNormaliseGradientOp,
  pairwiseDistanceOp,
  pairwiseDistanceGradientOp,
  rowDotsOp,
  rowMaxOp,
  rowMaxGradientOp,
  scaleRowsOp,
  scaleOp,
  segmentExpandOp,
  segmentMatmulOp,
  segmentScoresOp,
  segmentSoftmaxOp,
  segmentSoftmaxGradientOp,
  sigmoidOp,
  sigmoidGradientOp,
  sinkhornOp,
  softCrossEntropyOp,
  softCrossEntropyGradientOp,
  softmaxOp,
  softmaxGradientOp,
  sumOp,
  sumRowsOp,
  uniformKlOp,
  uniformKlGradientOp,
  unlikelihoodOp,
  unlikelihoodGradientOp,
  viterbiOp,
];

/** Ops that only the planner makes (lib/graph/fuse.ts). */
export const fusedOps: readonly Op[] = [
  linearOp,
  linearGeluOp,
  matmulAddOp,
  matmulGeluGradientOp,
  residualNormOp,
];
