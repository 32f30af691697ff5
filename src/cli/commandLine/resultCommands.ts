import type { Command } from 'commander'
import { exactScript, type ExactFlags } from '../afterTraining/exact.ts'
import { probeScript, type ProbeFlags } from '../afterTraining/probe.ts'
import { projectScript, type ProjectFlags } from '../afterTraining/project.ts'
import { proveScript, type ProveFlags } from '../afterTraining/prove.ts'
import type { RightsizeFlags } from '../rightsize/flags.ts'
import { rightsizeScript } from '../rightsize/rightsize.ts'
import type { SweepFlags } from '../sweep/flags.ts'
import { relayTrial } from '../sweep/ray/relay.ts'
import { findResolution, type ResolutionFlags } from '../sweep/resolution.ts'
import { sweepScript } from '../sweep/sweep.ts'
import { tryScript, type TryFlags } from '../try/try.ts'
import { end } from './end.ts'
import { afterTraining, checkScript, ofOneRun, study, trained } from './scriptCommand.ts'
import { axes, points, sizes, texts, whole } from './values.ts'

/** Adds the commands that train with a script, once or often, and have a result. */
export function addResultCommands(program: Command): void {
  ofOneRun(
    afterTraining(program, 'project', 'evaluate the trained model while its layers are projected onto eigenspaces'),
  )
    .option('--html <file>', 'write the chart and the table there')
    .option('--tolerance <points>', 'points that the accuracy, or another share, may lose', points, 0.5)
    .option('--relative-tolerance <percent>', 'per cent that the loss may rise where no share is known', points, 1)
    .action((script: string, args: string[], flags: ProjectFlags) => {
      checkScript(program, script)
      return end(projectScript(script, args, flags))
    })

  ofOneRun(
    afterTraining(program, 'prove', 'try narrower networks in the trained one: which widths keep what was learned'),
  )
    .option('--parameters <n>', 'a further plan, with so many parameters at most', whole)
    .option('--flops <n>', 'a further plan, with so many FLOPs for each example at most', whole)
    .action((script: string, args: string[], flags: ProveFlags) => {
      checkScript(program, script)
      return end(proveScript(script, args, flags))
    })

  ofOneRun(
    afterTraining(
      program,
      'probe',
      'train linear probes on its layers: which of them contribute, and which are the tail',
    ),
  )
    .option('--html <file>', 'write the chart and the table there')
    .option('--remove-tail', 'then train without the tail, and compare')
    .action((script: string, args: string[], flags: ProbeFlags) => {
      checkScript(program, script)
      return end(probeScript(script, args, flags))
    })

  ofOneRun(
    afterTraining(program, 'exact', 'compare the online covariance of a layer with the exact one at the last weights'),
  )
    .requiredOption('--layer <name>', 'the layer, or several by a pattern: conv*')
    .option('--html <file>', 'write the chart and the table there')
    .action((script: string, args: string[], flags: ExactFlags) => {
      checkScript(program, script)
      return end(exactScript(script, args, flags))
    })

  afterTraining(program, 'rightsize', 'train networks of other widths that inherit, and recommend one')
    .option('--dir <folder>', 'folder for logs and weights; .saturation/rightsize/SCRIPT when left out')
    .option('--metric <name>', 'metric to compare by, as the epochs report it: val_acc, val_loss')
    .option('--from-scratch', 'train the recommended network from scratch as well')
    .option('--from <run>', 'train no wide network again: begin from an earlier run of the script, given by its log')
    .option('--early', 'narrow the network after a fifth of its epochs, and train it to the end')
    .option('--full', 'search with several trainings, also where the wide network was trained before')
    .option('--repeat-baseline', 'train the wide network twice, to see how much two trainings differ by chance')
    .option('--epochs <n>', 'epochs of the whole training, for --early where no baseline is known', whole)
    .action((script: string, args: string[], flags: RightsizeFlags) => {
      checkScript(program, script)
      return end(rightsizeScript(script, args, flags))
    })

  trained(program, 'try', 'train with other layers than the source has, and compare with the script as it is')
    .option('--candidate <overrides>', 'overrides of one network, comma between; repeat it for several', texts)
    .option('--seeds <n>', 'how many times each network is trained, to see what chance does', whole, 1)
    .option('--from-scratch', 'train each candidate from scratch as well')
    .option('--inherit <run>', 'an earlier run of the script to inherit from and compare with, in place of a training')
    .option('--dir <folder>', 'folder for logs and weights; .saturation/try/SCRIPT when left out')
    .option('--metric <name>', 'metric to compare by, as the runs report it: val_acc, val_loss')
    .action((script: string, args: string[], flags: TryFlags) => {
      checkScript(program, script)
      return end(tryScript(script, args, flags))
    })

  study(program, 'sweep', 'train with many settings, several trainings at a time, and compare saturation and metric')
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
      checkScript(program, script)
      return end(sweepScript(script, args, flags))
    })

  study(program, 'resolution', 'train with inputs of several sizes, and recommend one')
    .option('--sizes <n>', 'heights of the input, comma between; those that suit the model when left out', sizes)
    .action((script: string, args: string[], flags: ResolutionFlags) => {
      checkScript(program, script)
      return end(findResolution(script, args, flags))
    })

  // What an engine runs on its nodes; people have no use for it.
  program
    .command('relay', { hidden: true })
    .argument('<trial>')
    .action((trial: string) => end(relayTrial(trial)))
}
