import { Command, InvalidArgumentError, Option } from 'commander'
import { MAX_EMBEDDED_ROWS } from '../protocol/measureOptions.ts'
import { parseOverride, type Override } from '../protocol/overrides.ts'
import { LaunchError } from '../runner/launch/launchError.ts'
import { parseAxis, type Axis } from '../experiments/sweep/axes.ts'
import { checkLog, type CheckFlags } from './check/check.ts'
import { checkSetup } from './checkSetup.ts'
import { compareLogs, type CompareFlags } from './compare/compare.ts'
import { UsageError } from './console/usageError.ts'
import { BORDER_RULES } from '../model/receptiveField/border.ts'
import { mergeLogs, type MergeFlags } from './merge/merge.ts'
import { describeModels, type ModelFlags } from './model/model.ts'
import { serveAssistants } from './mcp.ts'
import { measureFiles, type MeasureFlags } from './measure/measure.ts'
import { DEFAULT_SECONDS } from '../protocol/task.ts'
import { projectScript, type ProjectFlags } from './afterTraining/project.ts'
import { exactScript, type ExactFlags } from './afterTraining/exact.ts'
import { probeScript, type ProbeFlags } from './afterTraining/probe.ts'
import { proveScript, type ProveFlags } from './afterTraining/prove.ts'
import { reportLog } from './report/report.ts'
import type { RightsizeFlags } from './rightsize/flags.ts'
import { rightsizeScript } from './rightsize/rightsize.ts'
import { engineAddress } from './sweep/ray/rayJobs.ts'
import { relayTrial } from './sweep/ray/relay.ts'
import { findResolution, type ResolutionFlags } from './sweep/resolution.ts'
import type { SweepFlags } from './sweep/flags.ts'
import { sweepScript } from './sweep/sweep.ts'
import { tryScript, type TryFlags } from './try/try.ts'
import { runScript, type RunFlags } from './run/run.ts'
import { printLine } from './console/terminalText.ts'

declare const PRODUCT_VERSION: string

/** Exit code for mistakes that the user can correct: a missing file, a wrong option. A script's own exit code passes through. */
const USAGE_EXIT_CODE = 2

const program = new Command('saturation')
  .description('How much of each layer of a TensorFlow.js model is used while it trains.')
  .version(PRODUCT_VERSION)
  .enablePositionalOptions()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'saturation:')) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE_EXIT_CODE))

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
    new Option('--window <which>', 'what a number covers: the epoch so far, the run, or the latest with fading weights')
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
    checkScript(script)
    return end(runScript(script, args, flags))
  })

ofOneRun(afterTraining('project', 'evaluate the trained model while its layers are projected onto eigenspaces'))
  .option('--tolerance <points>', 'points that the accuracy, or another share, may lose', points, 0.5)
  .option('--relative-tolerance <percent>', 'per cent that the loss may rise where no share is known', points, 1)
  .action((script: string, args: string[], flags: ProjectFlags) => {
    checkScript(script)
    return end(projectScript(script, args, flags))
  })

ofOneRun(afterTraining('prove', 'try narrower networks in the trained one: which widths keep what was learned'))
  .option('--parameters <n>', 'a further plan, with so many parameters at most', whole)
  .option('--flops <n>', 'a further plan, with so many FLOPs for each example at most', whole)
  .action((script: string, args: string[], flags: ProveFlags) => {
    checkScript(script)
    return end(proveScript(script, args, flags))
  })

ofOneRun(afterTraining('probe', 'train linear probes on its layers: which of them contribute, and which are the tail'))
  .option('--html <file>', 'write the chart and the table there')
  .option('--remove-tail', 'then train without the tail, and compare')
  .action((script: string, args: string[], flags: ProbeFlags) => {
    checkScript(script)
    return end(probeScript(script, args, flags))
  })

ofOneRun(afterTraining('exact', 'compare the online covariance of a layer with the exact one at the last weights'))
  .requiredOption('--layer <name>', 'the layer, or several by a pattern: conv*')
  .action((script: string, args: string[], flags: ExactFlags) => {
    checkScript(script)
    return end(exactScript(script, args, flags))
  })

afterTraining('rightsize', 'train networks of other widths that inherit, and recommend one')
  .option('--dir <folder>', 'folder for logs and weights; .saturation/rightsize/SCRIPT when left out')
  .option('--metric <name>', 'metric to compare by, as the epochs report it: val_acc, val_loss')
  .option('--from-scratch', 'train the recommended network from scratch as well')
  .option('--from <run>', 'train no wide network again: begin from an earlier run of the script, given by its log')
  .option('--early', 'narrow the network after a fifth of its epochs, and train it to the end')
  .option('--full', 'search with several trainings, also where the wide network was trained before')
  .option('--repeat-baseline', 'train the wide network twice, to see how much two trainings differ by chance')
  .option('--epochs <n>', 'epochs of the whole training, for --early where no baseline is known', whole)
  .action((script: string, args: string[], flags: RightsizeFlags) => {
    checkScript(script)
    return end(rightsizeScript(script, args, flags))
  })

trained('try', 'train with other layers than the source has, and compare with the script as it is')
  .option('--candidate <overrides>', 'overrides of one network, comma between; repeat it for several', texts)
  .option('--seeds <n>', 'how many times each network is trained, to see what chance does', whole, 1)
  .option('--from-scratch', 'train each candidate from scratch as well')
  .option('--inherit <run>', 'an earlier run of the script to inherit from and compare with, in place of a training')
  .option('--dir <folder>', 'folder for logs and weights; .saturation/try/SCRIPT when left out')
  .option('--metric <name>', 'metric to compare by, as the runs report it: val_acc, val_loss')
  .action((script: string, args: string[], flags: TryFlags) => {
    checkScript(script)
    return end(tryScript(script, args, flags))
  })

study('sweep', 'train with many settings, several trainings at a time, and compare saturation and metric')
  .option(
    '--vary <values>',
    "LAYER.property=values: 'conv*.filters=8,16,32', input.size=16..32:8, 'block3*.repeat=0,1,2'; repeat it for several",
    axes,
  )
  .option('--grid', 'train all combinations of what is varied, which is the default')
  .option('--random <n>', 'train so many combinations, chosen at random', whole)
  .option('--random-seed <n>', 'seed of that choice', whole, 1)
  .option('--list <file>', 'train the networks of a file: overrides with commas between, one network a line')
  .option('--no-early-stop', 'also train networks to the end whose metric cannot come back to the script as it is')
  .option('--resume', 'go on with the latest study in the folder')
  .action((script: string, args: string[], flags: SweepFlags) => {
    checkScript(script)
    return end(sweepScript(script, args, flags))
  })

study('resolution', 'train with inputs of several sizes, and recommend one')
  .option('--sizes <n>', 'heights of the input, comma between; those that suit the model when left out', sizes)
  .action((script: string, args: string[], flags: ResolutionFlags) => {
    checkScript(script)
    return end(findResolution(script, args, flags))
  })

// What an engine runs on its nodes; people have no use for it.
program
  .command('relay', { hidden: true })
  .argument('<trial>')
  .action((trial: string) => end(relayTrial(trial)))

program
  .command('report')
  .description('the layers of a recorded run')
  .argument('<log>', 'a log written by `saturation run --log`, or by the editor')
  .option('--json', 'print JSON')
  .action((log: string, flags: { json?: true }) => end(reportLog(log, flags)))

program
  .command('merge')
  .description(
    'the layers of several processes that trained one network on parts of the data, as if one had seen it all',
  )
  .argument('<log...>', 'two logs or more, written by `saturation run --keep-covariances --log`')
  .option('--log <file>', 'write the result there, for `saturation report` and further merges')
  .option('--json', 'print JSON')
  .action((logs: string[], flags: MergeFlags) => end(mergeLogs(logs, flags)))

program
  .command('compare')
  .description('what changed from the first of several runs to the others: metric, parameters, time, and each layer')
  .argument(
    '<network...>',
    'logs of runs, two or more; logs of one network that was trained repeatedly: a.jsonl,b.jsonl',
  )
  .option('--metric <name>', 'metric to compare by, as the runs report it: val_acc, val_loss')
  .option('--json', 'print JSON')
  .option('--markdown <file>', 'append a summary in Markdown there, for a pull request')
  .action((networks: string[], flags: CompareFlags) => {
    if (networks.length < 2) program.error('error: two runs or more are compared; only one was given')
    return end(compareLogs(networks, flags))
  })

program
  .command('model')
  .description('what the code of a script tells of its models, without running it')
  .argument('<file>', 'a file that makes models by tf.sequential or tf.model')
  .addOption(
    new Option('--border <rule>', 'the rule by which layers are predicted to add little (docs/receptive-fields.md)')
      .choices(BORDER_RULES)
      .default('strict'),
  )
  .option('--json', 'print JSON')
  .action((file: string, flags: ModelFlags) => end(Promise.resolve().then(() => describeModels(file, flags))))

program
  .command('measure')
  .description('saturation of dumped activations: float16, float32 or float64 arrays, features on the last axis')
  .argument('<file...>', 'npy files, as numpy.save writes them')
  .option(
    '--delta <share>',
    'share of variance that the counted dimensions have to hold; repeat it for several',
    shares,
  )
  .option('--k-only', 'leave out the effective rank: finds k of wide layers in less time, as exactly')
  .option(
    '--embedding <file>',
    'write the observations there, centred and projected on the leading eigenvectors: .npy or .csv; reads the file twice',
  )
  .option('--components <n>', 'eigenvectors to project on', whole, 2)
  .option('--json', 'print JSON')
  .action((files: string[], flags: MeasureFlags) => {
    process.exitCode = measureFiles(files, flags)
  })

program
  .command('check')
  .description('whether a recorded run keeps limits, for continuous integration: exit code 0 if all hold, 1 if not')
  .argument('<log>', 'a log written by `saturation run --log`, or by the editor')
  .option('--max-underused <n>', 'underused layers at most', wholeOrNone)
  .option('--max-crowded <n>', 'crowded layers at most', wholeOrNone)
  .option('--max-dead <n>', 'layers at most that do not vary, or have NaN or infinity', wholeOrNone)
  .option(
    '--min-saturation <share>',
    'saturation of each layer at least; outputs and limited layers do not count',
    share,
  )
  .option('--max-parameters <n>', 'parameters at most', whole)
  .option('--json', 'print JSON')
  .option('--markdown <file>', 'append a summary in Markdown there, for a pull request')
  .action((log: string, flags: CheckFlags) => end(checkLog(log, flags)))

program
  .command('check-setup')
  .description('look whether everything a training needs is there, and repair TensorFlow’s native library')
  .argument('[folder]', 'the project', '.')
  .option('--node <path>', 'the node that runs its scripts', 'node')
  .action((folder: string, { node }: { node: string }) => end(checkSetup(folder, node)))

program
  .command('mcp')
  .description('answer an assistant’s questions about recorded runs, over the Model Context Protocol; changes nothing')
  .argument('[folder]', 'the folder with the logs; runs of the editor’s history are known as well', '.')
  .action((folder: string) => end(serveAssistants(folder)))

/** Whole numbers above 0, comma between. */
function sizes(text: string): number[] {
  return text.split(',').map((size) => whole(size.trim()))
}

/** One more axis of an option that may be repeated. */
function axes(text: string, before: Axis[] = []): Axis[] {
  const parsed = parseAxis(text)
  if ('malformed' in parsed) throw new InvalidArgumentError(parsed.malformed)
  return [...before, parsed.axis]
}

/** One more text of an option that may be repeated. */
function texts(text: string, before: string[] = []): string[] {
  return [...before, text]
}

/** A command that does something with a model when an unchanged script has trained it. */
function afterTraining(name: string, description: string): Command {
  return trained(name, `train with an unchanged script, then ${description}`).option(
    '--seconds <n>',
    'seconds after which what is left is left out',
    whole,
    DEFAULT_SECONDS,
  )
}

/** A command that trains many networks of an unchanged script. */
function study(name: 'sweep' | 'resolution', description: string): Command {
  return (
    trained(name, description)
      .option('--seeds <n>', 'how many times each network is trained, to see what chance does', whole, 1)
      .option('--engine <address>', 'train on a Ray cluster, given by its dashboard: ray://HOST:8265', engine)
      .option(
        '--workers <n>',
        'trainings at once at most; half as many as there are cores when left out, on an engine as many as processors',
        whole,
      )
      .option(
        '--memory <MB>',
        'megabytes of memory of all trainings at once; 80 % of the machine’s when left out',
        megabytes,
      )
      .option('--metric <name>', 'metric to compare by, as the runs report it: val_acc, val_loss')
      .option('--dir <folder>', `folder for logs and results; .saturation/${name}/SCRIPT when left out`)
      .option('--html <file>', 'write a page with tables and charts there, anew after each training')
      // The editor gives it.
      .addOption(new Option('--history <folder>', 'folder of an editor’s runs, to list the trials there').hideHelp())
  )
}

/** A command that trains with an unchanged script, once or several times, and has a result. */
function trained(name: string, description: string): Command {
  return (
    program
      .command(name)
      .description(description)
      .argument('<script>', 'the script that trains, or a command, as for run')
      .argument('[args...]', 'arguments of the script, options included; behind -- all are the script’s')
      .option('--json', 'print the result as JSON; what the script prints goes to the error output')
      .option('--node <path>', 'the node to run it with', 'node')
      .option('--set <override>', 'LAYER.property=value, as for run; repeat it for several', overrides)
      .option('--no-live', 'no live bars')
      .option('--npm', 'the script is one of package.json: run it by its package manager')
      // The script has options of its own, and people write our options behind it.
      .allowUnknownOption()
  )
}

/** Options of a command that needs one run, which may be an earlier one. */
function ofOneRun(command: Command): Command {
  return command
    .option(
      '--from <run>',
      'train nothing: put in the weights of an earlier run, given by its log or its name in the history of the editor',
    )
    .option('--log <file>', "write the run's events there, for `saturation report`")
}

/** Commander would take an unknown option in front of the script for the script. */
function checkScript(script: string): void {
  if (script.startsWith('-') && !process.argv.includes('--')) program.error(`error: unknown option '${script}'`)
}

/** The address of an engine, as HTTP. */
function engine(text: string): string {
  const address = engineAddress(text)
  if (address === null) throw new InvalidArgumentError('It is the address of a Ray dashboard: ray://HOST:8265.')
  return address
}

/** A share in (0, 1]. The error for a percentage says which share it is. */
function share(text: string): number {
  const value = Number(text)
  if (value > 0 && value <= 1) return value
  const percentage = value > 1 && value <= 100 ? value : 3
  const example = `${Number((percentage / 100).toPrecision(6))} for ${percentage} %`
  throw new InvalidArgumentError(`It is a share above 0 and up to 1: ${example}.`)
}

/** A number of points or per cent, 0 or more. */
function points(text: string): number {
  const value = Number(text)
  if (!(text.trim() !== '' && value >= 0 && value <= 100))
    throw new InvalidArgumentError('It is a number from 0 to 100.')
  return value
}

/** One more share of an option that may be repeated. */
function shares(text: string, before: number[] = []): number[] {
  return [...before, share(text)]
}

/** A whole number above 0. */
function whole(text: string): number {
  const value = Number(text)
  if (!(Number.isSafeInteger(value) && value > 0)) throw new InvalidArgumentError('It is a whole number above 0.')
  return value
}

/** A whole number from 0 on. */
function wholeOrNone(text: string): number {
  return text.trim() === '0' ? 0 : whole(text)
}

/** A number of megabytes. */
function megabytes(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It is a number of megabytes above 0.')
  return value
}

/** How many observations are to be embedded. */
function embedded(text: string): number {
  const value = whole(text)
  if (value > MAX_EMBEDDED_ROWS) throw new InvalidArgumentError(`Up to ${MAX_EMBEDDED_ROWS} can be embedded.`)
  return value
}

/** One more override of an option that may be repeated. */
function overrides(text: string, before: Override[] = []): Override[] {
  const parsed = parseOverride(text)
  if ('malformed' in parsed) throw new InvalidArgumentError(parsed.malformed)
  return [...before, parsed.override]
}

function list(text: string): string[] {
  return text.split(',').flatMap((pattern) => pattern.trim() || [])
}

async function end(command: Promise<number>): Promise<void> {
  try {
    process.exitCode = await command
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof LaunchError)) throw error
    printLine(process.stderr, `saturation: ${error.message}`)
    process.exitCode = USAGE_EXIT_CODE
  }
}

// `saturation report | head` closes our output early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return
  process.once('exit', () => (process.exitCode = USAGE_EXIT_CODE))
  printLine(process.stderr, `saturation: The output cannot be written: ${error.message}`)
})
// Where nobody can be told of anything, the training goes on all the same.
process.stderr.on('error', () => {})

// CommonJS bundles have no top-level await. A bug of ours becomes an unhandled rejection, which prints its stack.
void program.parseAsync()
