import {
  convolution,
  depthwise,
  einsum,
  matrixProduct,
  pooling,
  resizing,
  transposedConvolution,
} from './contractionRows.ts'
import { elementwise, made, reduction, select, unknown } from './elementwiseRows.ts'
import { gather, oneHot, stack, topK, unstack } from './indexRows.ts'
import { concatenation, pad, slice, split, tile } from './partRows.ts'
import { reshape, transpose } from './shapeRows.ts'
import type { Row } from '../ties.ts'

/** The kernels of a row, by name. */
const rows = (row: Row, ...kernels: string[]): [string, Row][] =>
  kernels.flatMap((list) => list.split(' ').map((kernel): [string, Row] => [kernel, row]))

/** The kernels of TensorFlow.js that the forward pass of a step runs. A new kernel is one word here, or one row. */
const KERNEL_ROWS: ReadonlyMap<string, Row> = new Map([
  ...rows(
    elementwise,
    'Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil ClipByValue Cos Cosh Cumprod Cumsum Elu Erf Exp Expm1 Floor',
    'Identity IsFinite IsInf IsNan LeakyRelu Log Log1p LogSoftmax LogicalNot LRN Neg OnesLike Reciprocal Relu Relu6',
    'Reverse Round Rsqrt Selu Sigmoid Sign Sin Sinh Softmax Softplus Sqrt Square Step Tan Tanh ZerosLike FlipLeftRight',
    'Add AddN Atan2 BroadcastTo Equal FloorDiv FusedBatchNorm Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr',
    'LogicalXor Maximum Minimum Mod Multiply NotEqual Pow Prelu RealDiv SquaredDifference Sub',
  ),
  ...rows(select, 'Select'),
  ...rows(reduction, 'All Any ArgMax ArgMin Max Mean Min Prod Sum'),
  ...rows(made, 'Fill LinSpace Range Multinomial'),
  ...rows(matrixProduct, 'BatchMatMul _FusedMatMul'),
  ...rows(convolution, 'Conv2D FusedConv2D Conv3D'),
  ...rows(transposedConvolution, 'Conv2DBackpropInput Conv3DBackpropInputV2'),
  ...rows(depthwise, 'DepthwiseConv2dNative FusedDepthwiseConv2D'),
  ...rows(pooling, 'AvgPool AvgPool3D MaxPool MaxPool3D'),
  ...rows(resizing, 'ResizeBilinear ResizeNearestNeighbor BatchToSpaceND SpaceToBatchND'),
  ...rows(einsum, 'Einsum'),
  ...rows(reshape, 'Reshape ExpandDims'),
  ...rows(transpose, 'Transpose'),
  ...rows(concatenation, 'Concat'),
  ...rows(split, 'SplitV'),
  ...rows(slice, 'Slice StridedSlice'),
  ...rows(pad, 'PadV2 MirrorPad'),
  ...rows(tile, 'Tile'),
  ...rows(gather, 'GatherV2'),
  ...rows(oneHot, 'OneHot'),
  ...rows(stack, 'Pack'),
  ...rows(unstack, 'Unpack'),
  ...rows(topK, 'TopK'),
])

/** Returns a kernel's row; for a kernel without one, that which takes every size to be needed. */
export function kernelRow(kernel: string): Row {
  return KERNEL_ROWS.get(kernel) ?? unknown
}

/** Names of functions of TensorFlow.js that differ from their kernel's by more than the first letter. */
const FUNCTION_NAMES: Readonly<Record<string, string>> = {
  BatchMatMul: 'matMul',
  Conv2DBackpropInput: 'conv2dTranspose',
  Conv3DBackpropInputV2: 'conv3dTranspose',
  Conv2D: 'conv2d',
  Conv3D: 'conv3d',
  DepthwiseConv2dNative: 'depthwiseConv2d',
  FusedConv2D: 'conv2d',
  FusedDepthwiseConv2D: 'depthwiseConv2d',
  GatherV2: 'gather',
  GatherNd: 'gatherND',
  Pack: 'stack',
  PadV2: 'pad',
  RealDiv: 'div',
  ScatterNd: 'scatterND',
  SplitV: 'split',
  TopK: 'topk',
  Unpack: 'unstack',
  FFT: 'fft',
  _FusedMatMul: 'matMul',
}

/** Returns the name of the function that runs a kernel, as the user's code has it. */
export function functionName(kernel: string): string {
  return FUNCTION_NAMES[kernel] ?? kernel.charAt(0).toLowerCase() + kernel.slice(1)
}
