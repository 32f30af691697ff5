import { Option, type Command } from 'commander'
import { DEFAULT_SECONDS } from '../../protocol/task.ts'
import { engine, megabytes, overrides, whole } from './values.ts'

/** A command that does something with a model when an unchanged script has trained it. */
export function afterTraining(program: Command, name: string, description: string): Command {
  return trained(program, name, `train with an unchanged script, then ${description}`).option(
    '--seconds <n>',
    'seconds after which what is left is left out',
    whole,
    DEFAULT_SECONDS,
  )
}

/** A command that trains many networks of an unchanged script. */
export function study(program: Command, name: 'sweep' | 'resolution', description: string): Command {
  return (
    trained(program, name, description)
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
export function trained(program: Command, name: string, description: string): Command {
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
export function ofOneRun(command: Command): Command {
  return command
    .option(
      '--from <run>',
      'train nothing: put in the weights of an earlier run, given by its log or its name in the history of the editor',
    )
    .option('--log <file>', "write the run's events there, for `saturation report`")
}

/** Commander would take an unknown option in front of the script for the script. */
export function checkScript(program: Command, script: string): void {
  if (script.startsWith('-') && !process.argv.includes('--')) program.error(`error: unknown option '${script}'`)
}
