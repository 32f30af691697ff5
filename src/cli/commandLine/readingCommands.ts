import { Option, type Command } from 'commander'
import { BORDER_RULES } from '../../model/receptiveField/border.ts'
import { checkLog, type CheckFlags } from '../check/check.ts'
import { checkSetup } from '../checkSetup.ts'
import { compareLogs, type CompareFlags } from '../compare/compare.ts'
import { serveAssistants } from '../mcp.ts'
import { measureFiles, type MeasureFlags } from '../measure/measure.ts'
import { mergeLogs, type MergeFlags } from '../merge/merge.ts'
import { describeModels, type ModelFlags } from '../model/model.ts'
import { reportLog } from '../report/report.ts'
import { end } from './end.ts'
import { share, shares, whole, wholeOrNone } from './values.ts'

/** Adds the commands that read what is there: logs, arrays, code, a project. They train nothing. */
export function addReadingCommands(program: Command): void {
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
    .description(
      'answer an assistant’s questions about recorded runs, over the Model Context Protocol; changes nothing',
    )
    .argument('[folder]', 'the folder with the logs; runs of the editor’s history are known as well', '.')
    .action((folder: string) => end(serveAssistants(folder)))
}
