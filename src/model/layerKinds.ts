/** A config property that sets a layer's width. */
export type WidthProperty = 'filters' | 'units' | 'outputDim'

/**
 * How one weight makes a layer's features from its inputs, by the axes of the weight. `matrix`: [inputs, features].
 * `filter`: [...positions, channels, features]. `transposedFilter`: [...positions, features, channels]. `depthwise`:
 * [...positions, channels, features of each channel]. `separable`: a depthwise filter, then a filter of one position.
 * `table`: [entries, features]. `wrapped`: as the layer within does.
 */
export type Contraction = 'matrix' | 'filter' | 'transposedFilter' | 'depthwise' | 'separable' | 'table' | 'wrapped'
/** Kind of our own layer. Its weights are moments of its input, which follow that input's width and are never trained. */
export const EIGENSPACE_PROJECTION = 'EigenspaceProjection'

/** What is true of every layer of a kind. */
export interface LayerKind {
  /** It calls other layers through `apply` during its own call; a person sees them as one layer. */
  readonly wrapper: boolean
  /** It is recurrent, and an output of rank 3 is [examples, time steps, features]. */
  readonly recurrent: boolean
  /** It convolves: an output of rank 3 or more has axes of positions. */
  readonly convolution: boolean
  /** It has weights, but only scales or shifts the features of the layer before it. */
  readonly normaliser: boolean
  /** It applies a function to each feature of the layer before it, or to all of them together (`Softmax`). */
  readonly activation: boolean
  /** How its features come from its inputs; null where no single weight makes them, as in recurrent layers. */
  readonly contraction: Contraction | null
  /** It arranges its input anew: every number that goes in comes out, in another shape. */
  readonly reshapes: boolean
  /** Its output has as many features as its input, so that a coupling behind it reaches through it. */
  readonly passesWidthOn: boolean
  /** It merges its inputs element by element, so that all of them must have the same width. */
  readonly mergesShapes: boolean
  /**
   * The property that sets the width. `any`: whichever of them equals the width, in the order of `WIDTH_PROPERTIES`.
   * null: none does, because the width follows from the input, from a wrapped layer or from several properties.
   */
  readonly widthProperty: WidthProperty | 'any' | null
}

/** All width properties, in the order in which `any` tries them. */
export const WIDTH_PROPERTIES: readonly WidthProperty[] = ['filters', 'units', 'outputDim']

const NONE: LayerKind = {
  wrapper: false,
  recurrent: false,
  convolution: false,
  normaliser: false,
  activation: false,
  contraction: null,
  reshapes: false,
  passesWidthOn: false,
  mergesShapes: false,
  widthProperty: null,
}

/** A row: the traits given, and none of the others. */
const row = (traits: Partial<LayerKind>): LayerKind => ({ ...NONE, ...traits })

const convolution = row({ convolution: true, contraction: 'filter', widthProperty: 'filters' })
const transposedConvolution = row({ ...convolution, contraction: 'transposedFilter' })
const recurrent = row({ recurrent: true, wrapper: true, widthProperty: 'units' })
const passesOn = row({ passesWidthOn: true })
const activation = row({ passesWidthOn: true, activation: true })
const normaliser = row({ passesWidthOn: true, normaliser: true })
const merge = row({ passesWidthOn: true, mergesShapes: true })
const reshaping = row({ reshapes: true })

/**
 * The layers of TensorFlow.js, by class name as `getClassName` returns it and a saved model has it. A new kind of layer
 * is one row here.
 */
export const LAYER_KINDS: ReadonlyMap<string, LayerKind> = new Map(
  Object.entries({
    // Layers that make features.
    Dense: row({ contraction: 'matrix', widthProperty: 'units' }),
    Embedding: row({ contraction: 'table', widthProperty: 'outputDim' }),
    Conv1D: convolution,
    Conv2D: convolution,
    Conv2DTranspose: transposedConvolution,
    Conv3D: convolution,
    Conv3DTranspose: transposedConvolution,
    SeparableConv2D: row({ ...convolution, contraction: 'separable' }),
    // With a depth multiplier of 1, the default.
    DepthwiseConv2D: row({ convolution: true, contraction: 'depthwise', passesWidthOn: true }),
    SimpleRNN: recurrent,
    GRU: recurrent,
    LSTM: recurrent,
    // Its cell is any of the program's choice.
    RNN: row({ recurrent: true, wrapper: true, widthProperty: 'any' }),
    // Its maps have positions, but pooling and thinning them is offered for plain convolutions only.
    ConvLSTM2D: row({ wrapper: true, widthProperty: 'filters' }),
    Bidirectional: row({ recurrent: true, wrapper: true }),
    TimeDistributed: row({ wrapper: true, contraction: 'wrapped' }),
    InputLayer: row({}),
    CategoryEncoding: row({}),
    Dot: row({}),
    Concatenate: row({}),

    // Layers that merge their inputs element by element.
    Add: merge,
    Average: merge,
    Maximum: merge,
    Minimum: merge,
    Multiply: merge,

    // Layers whose output is as wide as their input.
    BatchNormalization: normaliser,
    LayerNormalization: normaliser,
    PReLU: row({ ...normaliser, activation: true }),
    Activation: activation,
    ELU: activation,
    LeakyReLU: activation,
    ReLU: activation,
    Softmax: activation,
    ThresholdedReLU: activation,
    AlphaDropout: passesOn,
    Dropout: passesOn,
    GaussianDropout: passesOn,
    GaussianNoise: passesOn,
    SpatialDropout1D: passesOn,
    AveragePooling1D: passesOn,
    AveragePooling2D: passesOn,
    AveragePooling3D: passesOn,
    MaxPooling1D: passesOn,
    MaxPooling2D: passesOn,
    MaxPooling3D: passesOn,
    GlobalAveragePooling1D: passesOn,
    GlobalAveragePooling2D: passesOn,
    GlobalMaxPooling1D: passesOn,
    GlobalMaxPooling2D: passesOn,
    Cropping2D: passesOn,
    UpSampling2D: passesOn,
    ZeroPadding2D: passesOn,
    Masking: passesOn,
    RepeatVector: passesOn,
    CenterCrop: passesOn,
    RandomWidth: passesOn,
    Rescaling: passesOn,
    Resizing: passesOn,

    // Layers that arrange their input anew.
    Flatten: reshaping,
    Permute: reshaping,
    Reshape: reshaping,
  }),
)

const custom = row({ widthProperty: 'any' })
const customConvolution = row({ convolution: true, widthProperty: 'any' })

/**
 * Returns the row of a kind. A class of the program's own is taken for a layer that makes features and names its width
 * as TensorFlow.js does, and for a convolution where its name says so.
 */
export function layerKind(kind: string): LayerKind {
  if (kind === EIGENSPACE_PROJECTION) return normaliser
  return LAYER_KINDS.get(kind) ?? (isCalledConvolution(kind) ? customConvolution : custom)
}

function isCalledConvolution(kind: string): boolean {
  return kind.includes('Conv') && !kind.includes('LSTM')
}
