/** What to do where TensorFlow's native library is missing or broken. */
export const PROVIDE_LIBRARY =
  'Saturation: Check Set-up in VS Code, or saturation check in a terminal, provides the native library.'

/** What to do where a script asks for a package of TensorFlow.js that is not there. */
export function howToInstall(name: string): string {
  const run = (flags: string) => `Run npm install ${flags}${name} in the script’s folder.`
  // The install script of tfjs-node fails where its download is out of reach, and nothing would be installed.
  return name === '@tensorflow/tfjs-node' ? `${run('--ignore-scripts ')} ${PROVIDE_LIBRARY}` : run('')
}

/** What to do where Yarn's Plug'n'Play finds that a package asks for another one without saying so in its package.json. */
export function howToDeclare(by: string, dependency: string): string {
  return `Say so in .yarnrc.yml, then run yarn install: packageExtensions: { '${by}@*': { dependencies: { ${JSON.stringify(dependency)}: '*' } } }`
}
