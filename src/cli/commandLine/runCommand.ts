import { Option, type Command } from 'commander'
import { MAX_EMBEDDED_ROWS } from '../../protocol/measureOptions.ts'
import { runScript, type RunFlags } from '../run/run.ts'
import { end } from './end.ts'
import { checkScript } from './scriptCommand.ts'
import { embedded, list, megabytes, overrides, share, whole } from './values.ts'

/** Adds `saturation run`. */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('train with an unchanged script and watch its layers')
    .argument(
      '<script>',
      'the script that trains, as you would give it to node, TypeScript as well; or a command: npx tsx train.ts',
    )
    .argument('[args...]', 'arguments of the script, options included; behind -- all are the script’s')
    .option('--log <file>', "write the run's events there, for `saturation report`")
    .option('--node <path>', 'the node to run it with', 'node')
    .option('--delta <share>', 'share of variance that the counted dimensions have to hold', share, 0.99)
    .option('--budget <share>', 'share of the training time that monitoring may take', share, 0.03)
    .addOption(
      new Option(
        '--rows <which>',
        'feature vectors to measure: a sample within the budget, or all of each epoch, whatever it costs',
      )
        .choices(['sampled', 'all'])
        .default('sampled'),
    )
    .addOption(
      new Option('--conv <mode>', 'an observation of a convolution: each position, or one of the whole map')
        .choices(['channelwise', 'mean', 'max', 'median', 'flatten'])
        .default('channelwise'),
    )
    .option('--downsample <n>', 'positions kept along each axis of a convolution at most', whole)
    .addOption(
      new Option('--recurrent <which>', 'time steps of a recurrent layer that are observations')
        .choices(['steps', 'last'])
        .default('steps'),
    )
    .addOption(
      new Option(
        '--window <which>',
        'what a number covers: the epoch so far, the run, or the latest with fading weights',
      )
        .choices(['epoch', 'run', 'exponential'])
        .default('epoch'),
    )
    .option('--half-life <n>', 'observations after which weights of --window exponential have halved', whole, 10_000)
    .option('--max-observations <n>', 'observations after which a window of a layer is full', whole)
    .option('--layers <patterns>', 'names or kinds of the layers to measure, * for any letters, comma between', list)
    .option('--skip <patterns>', 'names or kinds of layers to leave out', list)
    .option('--pre-activation', 'measure before fused activations; costs these layers a second forward pass')
    .option(
      '--embedding <n>',
      `observations of each layer and window to report in the coordinates of its two leading eigenvectors, up to ${MAX_EMBEDDED_ROWS}`,
      embedded,
    )
    .option('--exact-width <n>', 'widest layer that is measured exactly; of wider ones k is estimated', whole, 4096)
    .option(
      '--set <override>',
      'LAYER.property=value: train with another value there than in the source (hidden2.units=24, conv_*.kernelSize=[5,5], model.js:12.width=24, fit.epochs=3); repeat it for several',
      overrides,
    )
    .option(
      '--inherit <run>',
      'begin with the weights of an earlier run, given by its log or its name in the history of the editor; layers are matched by name and line',
    )
    .option('--no-keep-weights', 'do not keep the trained weights beside the log')
    .option(
      '--keep-weights-limit <MB>',
      'megabytes of weights, and of covariances, that are kept at most',
      megabytes,
      256,
    )
    .option('--keep-covariances', 'keep the covariances of the last windows beside the log, for `saturation merge`')
    .option('--save-model <folder>', 'write the trained model there, as model.save does')
    .option('--no-complete-wasm', 'leave the wasm backend without the gradient kernels that it lacks')
    .option('--no-live', 'no live bars')
    .option('--npm', 'the script is one of package.json: run it by its package manager')
    // The script has options of its own, and people write our options behind it.
    .allowUnknownOption()
    .action((script: string, args: string[], flags: RunFlags) => {
      checkScript(program, script)
      return end(runScript(script, args, flags))
    })
}
