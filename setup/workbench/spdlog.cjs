// @ts-nocheck: replaces a native addon that has no types.
/**
 * Replaces `@vscode/spdlog` in our code-server. The original is C++ and would have to be compiled, which needs a
 * compiler and half a minute. Without any replacement VS Code writes no log files. A window's output channels would
 * then stay empty, because they show log files.
 */
const fs = require('node:fs')
const path = require('node:path')

/** Names of the log levels; a level is an index into this list. */
const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off']

/** Level of new loggers: info, until VS Code sets another. */
let commonLevel = 2

class Logger {
  constructor(type, name, file, maxSize, maxFiles) {
    Object.assign(this, { file, maxSize, maxFiles, level: commonLevel, raw: false })
    fs.mkdirSync(path.dirname(file), { recursive: true })
    this.descriptor = fs.openSync(file, 'a')
    this.size = fs.fstatSync(this.descriptor).size
  }

  write(level, message) {
    if (level < this.level || this.descriptor === undefined) return
    const text = this.raw ? message : `${timestamp()} [${LEVELS[level]}] ${message}\n`
    if (this.size + text.length > this.maxSize && this.size > 0) this.rotate()
    this.size += fs.writeSync(this.descriptor, text)
  }

  /** Renames the log files so that `file.log` is always the newest and `file.1.log` the one before it. */
  rotate() {
    fs.closeSync(this.descriptor)
    const { dir, name, ext } = path.parse(this.file)
    const older = (i) => (i === 0 ? this.file : path.join(dir, `${name}.${i}${ext}`))
    for (let i = this.maxFiles - 1; i > 0; i--) {
      if (fs.existsSync(older(i - 1))) fs.renameSync(older(i - 1), older(i))
    }
    this.descriptor = fs.openSync(this.file, 'w')
    this.size = 0
  }

  trace(message) {
    this.write(0, message)
  }
  debug(message) {
    this.write(1, message)
  }
  info(message) {
    this.write(2, message)
  }
  warn(message) {
    this.write(3, message)
  }
  error(message) {
    this.write(4, message)
  }
  critical(message) {
    this.write(5, message)
  }
  getLevel() {
    return this.level
  }
  setLevel(level) {
    this.level = level
  }
  setPattern() {
    this.raw = false
  }
  clearFormatters() {
    this.raw = true
  }
  flush() {} // does nothing, because every line is written immediately
  drop() {
    if (this.descriptor !== undefined) fs.closeSync(this.descriptor)
    this.descriptor = undefined
  }
}

function timestamp() {
  const now = new Date()
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 23).replace('T', ' ')
}

async function create(name, file, maxSize, maxFiles) {
  return new Logger('rotating', name, file, maxSize, maxFiles)
}

// Every export needs an assignment of its own: VS Code imports this file from an ES module, and Node recognises only
// this form of export there.
exports.version = 0
exports.Logger = Logger
exports.setLevel = (level) => void (commonLevel = level)
exports.setFlushOn = () => {}
exports.createRotatingLogger = create
exports.createAsyncRotatingLogger = create
