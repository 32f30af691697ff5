import fc from 'fast-check'
import type { EventBody, RunEvent } from '../../src/protocol/events.ts'
import type { Layer } from '../../src/protocol/layer.ts'
import type { Measurement } from '../../src/protocol/measurement.ts'
import { plainText } from '../../src/protocol/plainText.ts'
import type { Override } from '../../src/protocol/overrides.ts'
import { TOLERANCES } from '../../src/protocol/proof.ts'

const count = fc.nat(1_000_000)
const real = fc.double({ noNaN: true, noDefaultInfinity: true })
const realOrNull = fc.option(real)
const probeScore = fc.record({
  value: realOrNull,
  interval: fc.tuple(realOrNull, realOrNull),
  chunks: fc.array(realOrNull, { maxLength: 3 }),
})
/** Any string that users may have, including names that objects inherit, and all kinds of line ends. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('toString', 'valueOf', 'a\u2028b', '\n', '\r\n', '"', '\\', '\ud800', 'dense_1'),
)
/** The same as events have it: harmless to show. */
const text = anyText.map(plainText)
const share = fc.double({ min: 0, minExcluded: true, max: 1, noNaN: true })
const time = fc.double({ min: 0, max: 8.64e15, noNaN: true })
const id = fc.constantFrom('conv', 'dense', 'dense_1', 'output')
const split = fc.constantFrom('train' as const, 'eval' as const)

const described: fc.Arbitrary<Layer> = fc.record({
  id,
  name: text,
  kind: text,
  site: fc.option(fc.record({ file: anyText, line: count, column: count })),
  width: fc.option(count),
  widthProperty: fc.option(fc.constantFrom('units' as const, 'filters' as const, 'outputDim' as const)),
  outputShape: fc.option(fc.array(fc.option(count), { maxLength: 4 })),
  parameters: count,
  activation: fc.option(text),
  inbound: fc.array(id, { maxLength: 2 }),
  isOutput: fc.boolean(),
  notMeasured: fc.option(text),
})

/** What a layer's event has in addition, where it is known. */
const optional: fc.Arbitrary<Partial<Layer>> = fc.record(
  {
    limit: fc.record({
      count,
      by: fc.constantFrom('inputs' as const, 'classes' as const, 'vocabulary' as const, 'layer' as const),
      layer: fc.option(id),
    }),
    measuredBehind: id,
    reachesLoss: fc.boolean(),
    sourceWidth: count,
    input: fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1, maxLength: 3 }),
    positions: fc.oneof(
      fc.constantFrom('same' as const, 'all' as const),
      fc.record({
        kernel: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
        strides: fc.array(fc.constantFrom(0.5, 1, 2), { maxLength: 3 }),
        dilation: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
        padding: fc.oneof(
          fc.constantFrom('same' as const, 'valid' as const),
          fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 3 }),
        ),
      }),
    ),
    group: fc.record(
      {
        id,
        given: fc.option(fc.constantFrom('data' as const, 'constant' as const, 'weights' as const)),
        unknown: fc.option(text),
        multiple: fc.integer({ min: 1, max: 1000 }),
        offset: count,
      },
      { requiredKeys: ['id', 'given', 'unknown'] },
    ),
  },
  { requiredKeys: [] },
)

const layer: fc.Arbitrary<Layer> = fc.tuple(described, optional).map(([always, known]) => ({ ...always, ...known }))

const exact: fc.Arbitrary<Measurement> = fc.record({
  layer: id,
  split,
  width: fc.integer({ min: 1, max: 512 }),
  observations: count,
  seen: count,
  k: fc.nat(512),
  delta: share,
  trace: realOrNull,
  status: fc.constantFrom('ok' as const, 'constant' as const, 'tooFew' as const, 'nonFinite' as const),
  rejected: count,
  spectrum: fc.record({
    head: fc.array(real, { maxLength: 4 }),
    tail: fc.array(fc.record({ count, sum: real }), { maxLength: 2 }),
  }),
})

const measurement: fc.Arbitrary<Measurement> = fc.oneof(
  exact,
  fc.tuple(exact, fc.double({ min: 0, max: 1e9, noNaN: true })).map(([known, effective]) => ({ ...known, effective })),
  fc.tuple(exact, fc.record({ low: count, high: count })).map(([known, bounds]) => ({ ...known, bounds })),
)

const override: fc.Arbitrary<Override> = fc.record({
  layer: anyText,
  property: anyText,
  value: fc.oneof(fc.boolean(), real, anyText, fc.array(count, { maxLength: 3 })),
})

/** Any event, before its author adds `seq`, `by` and `time`. */
export const body: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record({
    type: fc.constant('run started' as const),
    protocol: fc.constant(1 as const),
    script: anyText,
    args: fc.array(anyText, { maxLength: 3 }),
    cwd: anyText,
    overrides: fc.array(override, { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant('earlier widths' as const),
    layers: fc.array(fc.record({ layer: id, width: count, estimate: fc.option(count) }), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('measured before' as const),
    from: text,
    layers: fc.array(
      fc.record({
        measurement,
        windows: fc.array(
          fc.record({
            step: count,
            epoch: fc.option(count),
            epochs: count,
            width: count,
            k: count,
            low: fc.option(count, { nil: undefined }),
            k99: count,
            loss: realOrNull,
          }),
          { maxLength: 2 },
        ),
      }),
      { maxLength: 2 },
    ),
  }),
  fc.record(
    {
      type: fc.constant('attached' as const),
      pid: count,
      delta: share,
      versions: fc.dictionary(fc.constantFrom('node', 'tfjs-core', 'toString'), text),
      backend: text,
      overrides: fc.array(override, { maxLength: 2 }),
      trains: fc.boolean(),
    },
    { requiredKeys: ['type', 'pid', 'delta', 'versions', 'backend'] },
  ),
  fc.record(
    {
      type: fc.constant('model' as const),
      layers: fc.uniqueArray(layer, { selector: (l) => l.id }),
      flops: fc.double({ min: 0, max: 1e15, noNaN: true }),
    },
    { requiredKeys: ['type', 'layers'] },
  ),
  fc.record({
    type: fc.constant('step' as const),
    step: count,
    epoch: fc.option(count),
    epochs: fc.option(count),
    stepInEpoch: fc.option(count),
    stepsPerEpoch: fc.option(count),
    loss: realOrNull,
  }),
  fc.record({
    type: fc.constant('step' as const),
    step: count,
    epoch: count,
    epochs: fc.option(count),
    stepInEpoch: fc.option(count),
    stepsPerEpoch: fc.option(count),
    fit: count,
    validates: fc.boolean(),
    ago: count,
    loss: realOrNull,
  }),
  fc.record({
    type: fc.constant('saturation' as const),
    step: count,
    epoch: fc.option(count),
    endOfEpoch: fc.boolean(),
    layers: fc.array(measurement, { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('epoch' as const),
    epoch: count,
    step: count,
    metrics: fc.dictionary(fc.constantFrom('loss', 'acc', 'toString', 'hasOwnProperty'), realOrNull),
  }),
  fc.record(
    {
      type: fc.constant('problem' as const),
      layer: fc.option(id),
      message: text,
      advice: text,
      withdrawn: fc.constant(true),
    },
    { requiredKeys: ['type', 'layer', 'message', 'advice'] },
  ),
  fc.record({
    type: fc.constant('embedding' as const),
    layer: id,
    split,
    step: count,
    epoch: fc.option(count),
    held: fc.array(real, { maxLength: 2 }),
    points: fc.array(fc.array(real, { maxLength: 2 }), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('projection' as const),
    model: text,
    metric: text,
    better: fc.constantFrom('higher' as const, 'lower' as const),
    isShare: fc.boolean(),
    source: fc.constantFrom('validation' as const, 'evaluate' as const, 'inputs' as const),
    examples: fc.record({ deciding: count, reporting: count, moments: count }),
    tolerance: real,
    plain: fc.record({ metric: realOrNull, loss: realOrNull }),
    curves: fc.array(
      fc.record({
        layer: fc.option(text),
        basis: fc.constantFrom('eigenspace' as const, 'uncentred' as const, 'random' as const),
        features: count,
        points: fc.array(
          fc.record({
            delta: real,
            dimensions: count,
            metric: realOrNull,
            loss: realOrNull,
            interval: fc.tuple(realOrNull, realOrNull),
            within: fc.boolean(),
          }),
          { maxLength: 3 },
        ),
        smallest: realOrNull,
      }),
      { maxLength: 2 },
    ),
    notes: fc.array(text, { maxLength: 2 }),
    seconds: real,
    done: fc.boolean(),
  }),
  fc.record(
    {
      type: fc.constant('exact' as const),
      model: text,
      source: fc.constantFrom('training' as const, 'validation' as const, 'evaluate' as const),
      examples: count,
      given: count,
      delta: share,
      layers: fc.array(
        fc.record({
          layer: id,
          name: text,
          width: count,
          observations: count,
          k: count,
          band: fc.option(fc.record({ low: count, high: count })),
          blocks: count,
          replicates: count,
        }),
        { maxLength: 2 },
      ),
      notes: fc.array(text, { maxLength: 2 }),
      seconds: real,
      running: fc.record({ name: text, done: count, of: count, secondsLeft: realOrNull }),
    },
    { requiredKeys: ['type', 'model', 'source', 'examples', 'given', 'delta', 'layers', 'notes', 'seconds'] },
  ),
  fc.record({
    type: fc.constant('probe' as const),
    model: text,
    metric: fc.constantFrom('accuracy' as const, 'R²' as const),
    outputs: count,
    source: fc.constantFrom('validation' as const, 'evaluate' as const, 'inputs' as const),
    examples: fc.record({ training: count, testing: count }),
    chance: realOrNull,
    own: fc.option(probeScore),
    chunkSizes: fc.array(count, { maxLength: 3 }),
    layers: fc.array(
      fc
        .record({
          layer: id,
          name: text,
          features: count,
          pooling: fc.constantFrom('whole' as const, 'time' as const, 'positions' as const),
          windows: fc.array(count, { maxLength: 2 }),
          examples: count,
          penalty: real,
          iterations: count,
          gradient: realOrNull,
          converged: fc.boolean(),
          seconds: real,
        })
        .chain((layer) => probeScore.map((score) => ({ ...layer, ...score }))),
      { maxLength: 3 },
    ),
    late: fc.array(text, { maxLength: 2 }),
    running: fc.option(fc.record({ name: text, done: count, of: count, secondsLeft: realOrNull })),
    tolerance: real,
    fingerprint: text,
    notes: fc.array(text, { maxLength: 2 }),
    seconds: real,
    done: fc.boolean(),
  }),
  fc.record(
    {
      type: fc.constant('proof' as const),
      metric: text,
      better: fc.constantFrom('higher' as const, 'lower' as const),
      isShare: fc.boolean(),
      source: fc.constantFrom('validation' as const, 'evaluate' as const, 'inputs' as const),
      examples: fc.record({ deciding: count, reporting: count }),
      recalibrated: fc.array(text, { maxLength: 2 }),
      parameters: count,
      value: realOrNull,
      groups: fc.array(
        fc.record({
          layers: fc.array(id, { maxLength: 2 }),
          width: count,
          kept: fc.option(text),
          curve: fc.array(fc.record({ width: count, value: realOrNull }), { maxLength: 3 }),
        }),
        { maxLength: 2 },
      ),
      plans: fc.array(
        fc.record({
          tolerance: fc.constantFrom(...TOLERANCES),
          limit: realOrNull,
          widths: fc.dictionary(id, count),
          parameters: count,
          value: realOrNull,
          interval: fc.tuple(realOrNull, realOrNull),
        }),
        { maxLength: 2 },
      ),
      evaluations: count,
      seconds: real,
      phase: fc.constantFrom('running' as const, 'done' as const, 'out of time' as const, 'cancelled' as const),
      progress: fc.record({
        stage: fc.constantFrom('path' as const, 'alone' as const),
        groups: count,
        of: count,
        secondsLeft: real,
      }),
      basis: fc.record({ weights: text, estimates: text, examples: text }),
      tried: fc.array(fc.record({ widths: fc.array(count, { maxLength: 2 }), loss: realOrNull, value: realOrNull }), {
        maxLength: 2,
      }),
      continued: count,
      weights: fc.array(
        fc.record({
          layer: id,
          rest: count,
          flopsEach: fc.option(count, { nil: undefined }),
          axes: fc.array(
            fc.record({ fixed: count, groups: fc.array(fc.record({ group: count, each: count }), { maxLength: 2 }) }),
            { maxLength: 2 },
          ),
        }),
        { maxLength: 2 },
      ),
      notes: fc.array(text, { maxLength: 2 }),
    },
    {
      requiredKeys: [
        'type',
        'metric',
        'better',
        'isShare',
        'source',
        'examples',
        'recalibrated',
        'parameters',
        'value',
        'groups',
        'plans',
        'evaluations',
        'seconds',
        'phase',
      ],
    },
  ),
  fc.record({
    type: fc.constant('overhead' as const),
    share: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    monitorMs: real,
    trainingMs: real,
    solverMs: real,
    solverTakenMs: real,
  }),
  fc.record({
    type: fc.constant('inherited' as const),
    from: text,
    layers: fc.array(
      fc.record({
        layer: id,
        how: fc.constantFrom('copied' as const, 'narrowed' as const, 'grown' as const, 'left' as const),
        reason: fc.option(text),
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record({ type: fc.constant('weights kept' as const), step: count, bytes: count }),
  fc.record({ type: fc.constant('model saved' as const), folder: anyText }),
  fc.record({
    type: fc.constant('run ended' as const),
    how: fc.constantFrom('completed', 'failed', 'stopped', 'killed', 'lost'),
    exitCode: realOrNull,
    signal: fc.option(text),
    message: text,
  }),
)

/** The events of a run as its log holds them: numbered for each author from 0 without gaps. */
export const history: fc.Arbitrary<RunEvent[]> = fc
  .array(fc.tuple(body, fc.constantFrom('trainer' as const, 'session' as const), time), { maxLength: 40 })
  .map((items) => {
    const next = { trainer: 0, session: 0 }
    return items.map(([event, by, time]) => ({ ...event, by, time, seq: next[by]++ }))
  })
