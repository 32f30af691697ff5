import { expect, test } from 'vitest'
import { constructionAt } from '../../src/source/constructions.ts'
import { parseCode } from '../../src/source/parse.ts'
import { scriptsOnly } from '../../src/source/scriptBlocks.ts'

const VUE = `<template>
  <p :title="a > b">{{ units }}</p>
</template>

<script setup lang="ts">
const model: Model = make()
model.add(tf.layers.dense({ units: 3 }))
</script>
`

test('the scripts of a component keep their places, and the rest becomes spaces', () => {
  const scripts = scriptsOnly(VUE, 'a.vue')
  expect(scripts).toHaveLength(VUE.length)
  expect(scripts.split('\n').map((line) => line.trim())).toEqual([
    ...['', '', '', '', ''],
    'const model: Model = make()',
    'model.add(tf.layers.dense({ units: 3 }))',
    '',
    '',
  ])
  expect(scriptsOnly(VUE, 'a.ts')).toBe(VUE)
})

test('a construction is found in a component with TypeScript', () => {
  const parsed = parseCode(VUE, 'a.vue')
  const found = parsed && constructionAt(parsed, { line: 7, column: 21 })
  expect(found?.text).toBe('tf.layers.dense({ units: 3 })')
})
