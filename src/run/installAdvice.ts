/** Advice for when TensorFlow's native library is missing or broken. */
export const PROVIDE_LIBRARY =
  'Saturation: Check Set-up in VS Code, or saturation check-setup in a terminal, provides the native library.'

/** Advice for when a script imports a package of TensorFlow.js that is not installed. */
export function howToInstall(name: string): string {
  const run = (flags: string) => `Run npm install ${flags}${name} in the script’s folder.`
  // The install script of tfjs-node fails when its download cannot be reached, and then npm installs nothing.
  return name === '@tensorflow/tfjs-node' ? `${run('--ignore-scripts ')} ${PROVIDE_LIBRARY}` : run('')
}

/** Advice for when Yarn's Plug'n'Play reports that a package imports one that its package.json does not declare. */
export function howToDeclare(by: string, dependency: string): string {
  return `Say so in .yarnrc.yml, then run yarn install: packageExtensions: { '${by}@*': { dependencies: { ${JSON.stringify(dependency)}: '*' } } }`
}
