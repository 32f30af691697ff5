import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-node'

const text = readFileSync(new URL('./data/sonnets.txt', import.meta.url), 'utf8')

/** All characters of the text, in a fixed order. */
export const alphabet = [...new Set(text)].sort()

/** Loads windows of `length` characters as numbers, each with the character that follows it. */
export function loadText(length) {
  const codes = [...text].map((character) => alphabet.indexOf(character))
  const starts = Array.from({ length: codes.length - length }, (_, i) => i)
  return {
    inputs: tf.tensor2d(starts.map((start) => codes.slice(start, start + length))),
    next: tf.tensor1d(starts.map((start) => codes[start + length])),
  }
}
